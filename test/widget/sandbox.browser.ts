import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call } from '../support/api.ts'
import { expectSound, keepPicture, startBrowser, visit } from '../support/browser.ts'
import { createConnectLink } from '../support/connect-links.ts'
import { startServer, type TestServer } from '../support/server.ts'

const PHONE = { viewport: { width: 360, height: 740 } }

let server: TestServer
let browser: Browser
let partner: Server
let partnerUrl: string
beforeAll(async () => {
  partner = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>The app</title>')
  }).listen(0, '127.0.0.1')
  await once(partner, 'listening')
  partnerUrl = `http://127.0.0.1:${(partner.address() as AddressInfo).port}`
  server = await startServer({ worker: false })
  browser = await startBrowser()
  const json = { redirectOrigins: [partnerUrl] }
  const { status } = await call(server, 'PUT', '/settings/connect', { key: server.keys.sandbox, json })
  expect(status).toBe(200)
})
afterAll(async () => {
  await browser.close()
  await server.stop()
  partner.closeAllConnections()
  partner.close()
})

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor()

test('a person connects Oura and disconnects it', async () => {
  const { link, connected } = await createConnectLink(server, { colorMode: 'dark', customColor: 'rebeccapurple' })
  const opened = await visit(browser, link, PHONE)
  const { page } = opened
  await page.getByText('This is a test.').waitFor()
  expect(page.url()).not.toContain('token')
  await keepPicture(page, 'sandbox, list')
  await button(page, 'Connect Oura').click()

  await heading(page, 'Share your Oura data?')
  await keepPicture(page, 'sandbox, consent')
  expect(await page.evaluate('document.documentElement.dataset.mode')).toBe('dark')
  await expectSound(opened, [server.url])
  await page.getByRole('link', { name: 'Allow' }).click()

  await heading(page, 'Oura is connected')
  expect(await connected()).toEqual(['oura'])
  await page.getByText('Connected since').waitFor()
  await keepPicture(page, 'sandbox, connected')
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Oura is connected')
  expect(await page.evaluate('document.documentElement.dataset.mode')).toBe('dark')
  await expectSound(opened, [server.url])

  await button(page, 'Disconnect Oura').click()
  await button(page, 'Disconnect').click()
  await page.getByRole('status').getByText('Oura is disconnected.').waitFor({ state: 'attached' })
  expect(await connected()).toEqual([])
  await button(page, 'Connect Oura').waitFor()
  // The page no longer says that Oura is connected, and the focus is where the person was.
  await heading(page, 'Connect your health data')
  await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Connect Oura')
  await expectSound(opened, [server.url])
  await opened.close()
})

test('a second press of Allow does not make the page say that nothing is connected', async () => {
  const { link, connected } = await createConnectLink(server)
  const opened = await visit(browser, link)
  const { page } = opened
  await button(page, 'Connect Oura').click()
  await page.getByRole('link', { name: 'Allow' }).click()
  await heading(page, 'Oura is connected')
  await page.goBack()
  await page.getByRole('link', { name: 'Allow' }).click()
  await heading(page, 'Oura is connected')
  await page.getByText('It was connected before').waitFor()
  expect(await connected()).toEqual(['oura'])
  await expectSound(opened, [server.url])
  await opened.close()
})

test('a link cannot make the page say that something is connected which is not', async () => {
  const { link } = await createConnectLink(server, { result: 'connected', provider: 'oura' })
  const { page, close } = await visit(browser, link)
  await button(page, 'Connect Oura').waitFor()
  await heading(page, 'Connect your health data')
  await close()
})

test('somebody who denies is told so, and may try again', async () => {
  const { link, connected } = await createConnectLink(server, { providers: 'fitbit,oura' })
  const opened = await visit(browser, link)
  const { page } = opened
  await button(page, 'Connect Fitbit').click()
  await page.getByRole('link', { name: 'Deny' }).click()
  await heading(page, 'Fitbit is not connected')
  expect(await connected()).toEqual([])
  await button(page, 'Connect Fitbit').waitFor()
  expect(await page.locator('.row-name').allTextContents()).toEqual(['Fitbit', 'Oura'])
  // A reload shows the list, not the old news.
  await page.reload()
  await heading(page, 'Connect your health data')
  await opened.close()
})

test('the browser goes back to the app that sent it, with how it ended', async () => {
  const { link } = await createConnectLink(server, {
    redirectUrl: `${partnerUrl}/done?a=b`,
    failRedirectUrl: `${partnerUrl}/not-done`,
  })
  const { page, complaints, close } = await visit(browser, link)
  await button(page, 'Connect WHOOP').click()
  await page.getByRole('link', { name: 'Deny' }).click()
  await page.waitForURL(`${partnerUrl}/not-done?**`)
  expect(Object.fromEntries(new URL(page.url()).searchParams)).toMatchObject({ provider: 'whoop', status: 'failed' })
  await page.goto(link)
  await button(page, 'Connect WHOOP').click()
  await page.getByRole('link', { name: 'Allow' }).click()
  await page.waitForURL(`${partnerUrl}/done?**`)
  const query = Object.fromEntries(new URL(page.url()).searchParams)
  expect(query).toEqual({ a: 'b', provider: 'whoop', status: 'connected' })
  expect(complaints).toEqual([])
  await close()
})

test.each([
  { redirectUrl: 'https://evil.example/' },
  { failRedirectUrl: 'https://evil.example/' },
  { redirectUrl: 'javascript:alert(1)' },
  { redirectUrl: '//evil.example' },
])('a way back that the account does not allow is refused, and said plainly: %o', async (parameters) => {
  const { link, connected } = await createConnectLink(server, parameters)
  const opened = await visit(browser, link)
  const { page } = opened
  await button(page, 'Connect Oura').click()
  const alert = page.getByRole('alert')
  await alert.getByText('This cannot be connected').waitFor()
  expect(await alert.textContent()).toContain(Object.keys(parameters)[0])
  expect(new URL(page.url()).origin).toBe(server.url)
  expect(await connected()).toEqual([])
  await expectSound(opened, [server.url])
  await opened.close()
})

test('a token that the server does not know is said plainly, and not kept', async () => {
  const { page, close } = await visit(browser, `${server.url}/widget/?token=unknown`)
  await heading(page, 'This link has expired')
  await page.getByText('Ask the app for a new one.').waitFor()
  await page.reload()
  await heading(page, 'This link is not complete')
  await close()
})

test('a token that expires meanwhile is said as soon as it is used', async () => {
  const { link, userId } = await createConnectLink(server)
  const { page, close } = await visit(browser, link)
  await button(page, 'Connect Oura').waitFor()
  await server.context.prisma.connectToken.updateMany({ where: { userId }, data: { expiresAt: new Date(0) } })
  await button(page, 'Connect Oura').click()
  await heading(page, 'This link has expired')
  expect(await page.evaluate('document.activeElement.textContent')).toBe('This link has expired')
  await close()
})

test('an attempt of another browser connects nobody', async () => {
  const { link, connected } = await createConnectLink(server)
  const first = await visit(browser, link)
  await button(first.page, 'Connect Oura').click()
  await heading(first.page, 'Share your Oura data?')
  const second = await visit(browser, first.page.url())
  await second.page.getByRole('link', { name: 'Allow' }).click()
  await heading(second.page, 'Oura is not connected')
  await second.page.getByText('Open this page from the app').waitFor()
  expect(await connected()).toEqual([])
  await Promise.all([first.close(), second.close()])
})
