import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { expectSound, keepPicture, startBrowser, visit } from '../support/browser.ts'
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

type State = {
  path: string
  title: string
  /** What must be read on the page. */
  shows: string[]
  set?: () => void
  act?: (page: Page) => Promise<void>
}

const never = () => new Promise(() => undefined)
const press = (name: string) => (page: Page) => page.getByRole('button', { name, exact: true }).click()

const states: Record<string, State> = {
  loading: { path: '?token=t', title: 'Connect your health data', shows: ['Loading'], set: () => (api.list = never) },
  list: {
    path: '?token=t',
    title: 'Connect your health data',
    shows: [
      'Connected since 3 Nov 2025',
      'Not connected',
      'Connect it in the app',
      'Dexcom cannot be connected here yet',
    ],
  },
  empty: {
    path: '?token=t&providers=nobody',
    title: 'Connect your health data',
    shows: ['There is nothing to connect'],
  },
  sandbox: {
    path: '?token=t&sandbox=true',
    title: 'Connect your health data',
    shows: ['This is a test. Nothing real is connected'],
    set: () => (api.list = () => aList({ environment: 'sandbox' })),
  },
  mismatch: {
    path: '?token=t&sandbox=true',
    title: 'Connect your health data',
    shows: ['what you connect here is real'],
  },
  confirm: {
    path: '?token=t',
    title: 'Connect your health data',
    shows: ['Disconnect Oura?', 'No new data will come from Oura'],
    act: press('Disconnect Oura'),
  },
  connected: { path: '?token=t&result=connected&provider=oura', title: 'Oura is connected', shows: ['will arrive'] },
  denied: {
    path: '?token=t&result=denied&provider=fitbit',
    title: 'Fitbit is not connected',
    shows: ['did not allow'],
  },
  failed: {
    path: '?token=t&result=failed&provider=fitbit',
    title: 'Fitbit could not be connected',
    shows: ['Something went wrong on the way'],
  },
  'attempt expired': {
    path: '?token=t&result=expired&provider=fitbit',
    title: 'Fitbit is not connected',
    shows: ['took too long or was already used'],
  },
  'link expired': {
    path: '?token=t',
    title: 'This link has expired',
    shows: ['Ask the app for a new one.'],
    set: () => (api.list = refuse(401, 'The connect token is missing, unknown or expired.')),
  },
  'connected, and the link expired': {
    path: '?token=t&result=connected&provider=oura',
    title: 'Oura is connected',
    shows: ['This link has expired', 'Ask the app for a new one.'],
    set: () => (api.list = refuse(401, 'The connect token is missing, unknown or expired.')),
  },
  'no token': { path: '', title: 'This link is not complete', shows: ['Open this page from the app'] },
  'server error': {
    path: '?token=t',
    title: 'Something went wrong',
    shows: ['Try again'],
    set: () => (api.list = refuse(500, 'Something broke.')),
  },
  'no answer': {
    path: '?token=t',
    title: 'No connection',
    shows: ['Check your internet connection', 'Try again'],
    set: () => (api.list = (_request, reply) => reply.hijack().raw.destroy()),
  },
  'rate limited': {
    path: '?token=t',
    title: 'Too many attempts',
    shows: ['Wait 42 seconds', 'Try again'],
    set: () => (api.list = refuse(429, 'Too many requests.', { 'retry-after': '42' })),
  },
  'redirect refused': {
    path: '?token=t&redirectUrl=https://evil.example',
    title: 'Connect your health data',
    shows: ['This cannot be connected', 'redirectUrl: its origin is not one'],
    set: () => (api.redirect = refuse(400, 'redirectUrl: its origin is not one that the account allows.')),
    act: press('Connect Fitbit'),
  },
  consent: {
    path: 'consent?provider=oura&state=s',
    title: 'Share your Oura data?',
    shows: ['Allow', 'Deny', 'stands in for'],
  },
  'consent to nobody': { path: 'consent?provider=bank&state=s', title: 'This link is not complete', shows: [] },
}

const looks = (['light', 'dark'] as const).flatMap((colorScheme) =>
  [
    { width: 360, height: 740 },
    { width: 1280, height: 860 },
  ].map((viewport) => ({ colorScheme, viewport })),
)

test.each(Object.entries(states))('%s: sound in light and dark, on a phone and a desk', async (name, state) => {
  state.set?.()
  const opened = await visit(browser, `${api.url}/widget/${state.path}`, { ...looks[0], reducedMotion: 'reduce' })
  const { page } = opened
  await state.act?.(page)
  for (const text of state.shows) await page.getByText(text).first().waitFor({ state: 'attached' })
  await expect.poll(() => page.title()).toBe(state.title)
  expect(await page.locator('h1').textContent()).toBe(state.title)
  for (const { colorScheme, viewport } of looks) {
    await page.setViewportSize(viewport)
    await page.emulateMedia({ colorScheme })
    await expect.poll(() => page.evaluate('document.documentElement.dataset.mode')).toBe(colorScheme)
    await keepPicture(page, `${name}-${colorScheme}-${viewport.width}`, true)
    await expectSound(opened, [api.url])
  }
  await opened.close()
})
