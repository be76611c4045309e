import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startBrowser, visit } from '../support/browser.ts'
import { aList, type ConnectApi, refuse, startConnectApi } from '../support/connect-api.ts'

let browser: Browser
let api: ConnectApi
let standard: ConnectApi
beforeAll(async () => {
  browser = await startBrowser()
  api = await startConnectApi()
  standard = { ...api }
})
beforeEach(() => Object.assign(api, standard))
afterAll(async () => {
  await browser.close()
  await api.stop()
})

const open = (query: string, options = {}) => visit(browser, `${api.url}/widget/?${query}`, options)
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const focused = (page: Page) => page.evaluate<string>('document.activeElement.textContent')
const names = (page: Page) => page.locator('.row-name').allTextContents()

test('everything can be done with the keyboard', async () => {
  const { page, close } = await open('token=t')
  await button(page, 'Connect Fitbit').waitFor()
  await page.keyboard.press('Tab')
  expect(await focused(page)).toBe('Disconnect Oura')
  expect(await page.evaluate('document.activeElement.matches(":focus-visible")')).toBe(true)
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Disconnect Oura?' })
  await dialog.waitFor()
  expect(await focused(page)).toBe('Keep connected')
  for (let tabs = 0; tabs < 6; tabs++) {
    await page.keyboard.press('Tab')
    // Past its last button the browser's own controls come, then the first again.
    const where = `document.activeElement.closest('dialog') !== null || document.activeElement === document.body`
    expect(await page.evaluate(where)).toBe(true)
  }
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  expect(await focused(page)).toBe('Disconnect Oura')
  await page.keyboard.press('Enter')
  await dialog.waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByRole('status').getByText('Oura is disconnected.').waitFor({ state: 'attached' })
  await expect.poll(() => focused(page)).toBe('Connect Oura')
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Shift+Tab')
  expect(await focused(page)).toBe('Connect Fitbit')
  await page.keyboard.press('Enter')
  await page.waitForURL(`${api.url}/elsewhere?**`)
  await close()
})

test('groups are regions with names, and say who is in which', async () => {
  const { page, close } = await open('token=t')
  const inGroup = (name: string) =>
    page.getByRole('region', { name, exact: true }).locator('.row-name').allTextContents()
  await button(page, 'Connect Fitbit').waitFor()
  expect(await inGroup('Connected')).toEqual(['Oura'])
  expect(await inGroup('Available')).toEqual(['Fitbit', 'Google Health'])
  expect(await inGroup('In the app on your phone')).toEqual(['Apple Health'])
  expect(await inGroup('Not available yet')).toEqual(['Dexcom', 'WHOOP'])
  await close()
})

test('the token leaves the address and the history, and is sent to the server in a header alone', async () => {
  const tokens: unknown[] = []
  api.list = (request) => {
    tokens.push(request.headers['api-token'])
    return aList()
  }
  const { page, requested, close } = await open('token=secret%2Btoken&colorMode=dark')
  await button(page, 'Connect Fitbit').waitFor()
  expect(page.url()).toBe(`${api.url}/widget/?colorMode=dark`)
  expect(tokens).toEqual(['secret+token'])
  expect(requested.filter((url) => url.includes('secret'))).toHaveLength(1)
  await page.reload()
  await button(page, 'Connect Fitbit').waitFor()
  expect(tokens).toEqual(['secret+token', 'secret+token'])
  await close()
})

test('what the address says goes to the server with the request for the way to the provider, as far as it is sane', async () => {
  const queries: unknown[] = []
  const { redirect } = standard
  api.redirect = (request, reply) => {
    queries.push(request.query)
    return redirect(request, reply)
  }
  const sane =
    'token=t&redirectUrl=https%3A%2F%2Fapp.example%2F%3Fa%3D1%26b&failRedirectUrl=https%3A%2F%2Fapp.example%2Fno' +
    '&colorMode=light&customColor=%23336699&providers=oura,fitbit,bank'
  for (const query of [sane, 'token=t&customColor=url(//evil.example)&colorMode=pink&sandbox=maybe']) {
    const { page, close } = await open(query)
    await button(page, 'Connect Fitbit').click()
    await page.waitForURL(`${api.url}/elsewhere?**`)
    await close()
  }
  const redirects = { redirectUrl: 'https://app.example/?a=1&b', failRedirectUrl: 'https://app.example/no' }
  const look = { colorMode: 'light', customColor: '#336699', providers: 'oura,fitbit' }
  expect(queries).toEqual([{ provider: 'fitbit', ...redirects, ...look }, { provider: 'fitbit' }])
})

test('providers: which ones, and in which order', async () => {
  const { page, close } = await open('token=t&providers=google,%20Fitbit,bank,google,__proto__')
  await button(page, 'Connect Fitbit').waitFor()
  expect(await names(page)).toEqual(['Google Health', 'Fitbit'])
  await close()
})

test('after a failure a person can try again, and hears how it ends', async () => {
  api.list = refuse(500, 'Something broke.')
  const { page, close } = await open('token=t')
  await page.getByRole('heading', { level: 1, name: 'Something went wrong' }).waitFor()
  expect(await focused(page)).toBe('Something went wrong')
  Object.assign(api, { list: standard.list })
  await button(page, 'Try again').click()
  await button(page, 'Connect Fitbit').waitFor()
  expect(await focused(page)).toBe('Connect your health data')
  await close()
})

test('one press is one request, and a list that stays usable after a refusal', async () => {
  let presses = 0
  const held = Promise.withResolvers<void>()
  api.redirect = async (request, reply) => {
    presses++
    await held.promise
    return refuse(501, 'Fitbit cannot be connected: no client id is configured.')(request, reply)
  }
  const { page, close } = await open('token=t')
  await button(page, 'Connect Fitbit').dblclick({ force: true })
  const busy = page.getByRole('button', { name: 'Opening… Fitbit' })
  await busy.click({ force: true })
  await button(page, 'Connect Google Health').click()
  held.resolve()
  await page.getByRole('alert').getByText('no client id is configured').waitFor()
  expect(presses).toBe(1)
  await button(page, 'Connect Fitbit').waitFor()
  await close()
})

test.each(['javascript:alert(1)', 'data:text/html,x', 'not a url'])('the page does not go to %s', async (url) => {
  api.redirect = (_request, reply) => reply.type('text/plain').send(url)
  const { page, complaints, close } = await open('token=t')
  await button(page, 'Connect Fitbit').click()
  await page.getByRole('alert').getByText('Something went wrong').waitFor()
  expect(page.url()).toBe(`${api.url}/widget/`)
  expect(complaints).toEqual([])
  await close()
})

test('an address cannot make the page say that a stranger is a provider', async () => {
  const { page, close } = await open(`token=t&result=connected&provider=${encodeURIComponent('<b>Your bank</b>')}`)
  await page.getByRole('heading', { level: 1, name: 'Connect your health data' }).waitFor()
  expect(await page.locator('body').textContent()).not.toContain('bank')
  await close()
})
