import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectSound, startBrowser, visit } from '../support/browser.ts'
import { createConnectLink } from '../support/connect-links.ts'
import { type OuraServer, startOuraServer } from '../support/oura-server.ts'
import { startServer, type TestServer } from '../support/server.ts'

let oura: OuraServer
let server: TestServer
let browser: Browser
beforeAll(async () => {
  oura = await startOuraServer()
  const environment = {
    OURA_CLIENT_ID: oura.client.id,
    OURA_CLIENT_SECRET: oura.client.secret,
    OURA_BASE_URL: oura.url,
  }
  server = await startServer({ worker: false, environment })
  oura.oauth.redirectUris.push(`${server.url}/connect/oura`)
  browser = await startBrowser()
})
afterAll(async () => {
  await browser.close()
  await server.stop()
  await oura.stop()
})

test('a person connects Oura through its own page, and disconnects it', async () => {
  const { link, connected } = await createConnectLink(server, { key: server.keys.live })
  const opened = await visit(browser, link)
  const { page } = opened
  await page.getByText('Dexcom cannot be connected here yet.').waitFor()
  await page.getByRole('button', { name: 'Connect Oura' }).click()
  await page.waitForURL(`${oura.url}/oauth/authorize?**`)
  await page.getByRole('button', { name: 'Allow' }).click()
  await page.getByRole('heading', { level: 1, name: 'Oura is connected' }).waitFor()
  expect(await connected()).toEqual(['oura'])
  expect(oura.oauth.exchanged).toEqual(['authorization_code'])
  await expectSound(opened, [server.url, oura.url])

  await page.getByRole('button', { name: 'Disconnect Oura' }).click()
  await page.getByRole('button', { name: 'Disconnect', exact: true }).click()
  await page.getByRole('status').getByText('Oura is disconnected.').waitFor({ state: 'attached' })
  expect(await connected()).toEqual([])
  await opened.close()
})

test('a person who denies on the page of Oura is told so', async () => {
  const { link, connected } = await createConnectLink(server, { key: server.keys.live, providers: 'oura' })
  const { page, close } = await visit(browser, link)
  await page.getByRole('button', { name: 'Connect Oura' }).click()
  await page.getByRole('button', { name: 'Deny' }).click()
  await page.getByRole('heading', { level: 1, name: 'Oura is not connected' }).waitFor()
  expect(await connected()).toEqual([])
  await close()
})
