import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { contrast, type Color } from '../../widget/src/color.ts'
import { expectSound, startBrowser, visit } from '../support/browser.ts'
import { aList, type ConnectApi, startConnectApi } from '../support/connect-api.ts'

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

/** Red, green and blue of an element's text and of what it stands on. */
async function colorsOf(page: Page, selector: string): Promise<{ text: Color; background: Color }> {
  const colors = await page.evaluate<{ text: string; background: string }>(`(() => {
    const { color, backgroundColor } = getComputedStyle(document.querySelector('${selector}'))
    return { text: color, background: backgroundColor }
  })()`)
  const parse = (css: string) => css.match(/\d+/g)!.map(Number) as unknown as Color
  return { text: parse(colors.text), background: parse(colors.background) }
}

test.each(['#000', '#ffffff', 'yellow', '#336699', 'mistyrose'])('customColor %s can be read', async (color) => {
  const opened = await open(`token=t&customColor=${encodeURIComponent(color)}`)
  const { page } = opened
  await button(page, 'Connect Fitbit').waitFor()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await expect.poll(() => page.evaluate('document.documentElement.dataset.mode')).toBe(colorScheme)
    const { text, background } = await colorsOf(page, '.button.is-main')
    expect(contrast(text, background)).toBeGreaterThanOrEqual(4.5)
    await expectSound(opened, [api.url])
  }
  await opened.close()
})

test('customColor is drawn; what is no color is left out', async () => {
  const { page, complaints, close } = await open('token=t')
  const drawn = async (color: string) => {
    await page.goto(`${api.url}/widget/?token=t&customColor=${encodeURIComponent(color)}`)
    await button(page, 'Connect Fitbit').waitFor()
    return (await colorsOf(page, '.button.is-main')).background
  }
  expect(await drawn('#336699')).toEqual([0x33, 0x66, 0x99])
  expect(await drawn('#369')).toEqual([0x33, 0x66, 0x99])
  expect(await drawn('RebeccaPurple')).toEqual([0x66, 0x33, 0x99])
  const standardColor = await drawn('')
  for (const none of [
    'inherit',
    'transparent',
    '#33669900',
    '#12',
    'notacolor',
    'red;--x:1',
    'var(--bad)',
    'url(/x)',
  ]) {
    expect(await drawn(none), none).toEqual(standardColor)
  }
  expect(complaints).toEqual([])
  await close()
})

test('colorMode wins over the system', async () => {
  for (const [mode, colorScheme] of [
    ['dark', 'light'],
    ['light', 'dark'],
  ] as const) {
    const { page, close } = await open(`token=t&colorMode=${mode}`, { colorScheme })
    expect(await page.evaluate('getComputedStyle(document.documentElement).colorScheme')).toBe(mode)
    await close()
  }
})

test('letters of twice the size fit on a phone', async () => {
  const opened = await open('token=t', { viewport: { width: 360, height: 740 } })
  await button(opened.page, 'Connect Fitbit').waitFor()
  await opened.page.evaluate('document.documentElement.style.fontSize = "200%"')
  await expectSound(opened, [api.url])
  await opened.close()
})

test('nothing jumps when the list comes', async () => {
  const held = Promise.withResolvers<void>()
  api.list = () => held.promise.then(() => aList())
  const { page, close } = await open('token=t')
  const top = () => page.locator('.group .row').first().boundingBox()
  const before = await top()
  held.resolve()
  await button(page, 'Connect Fitbit').waitFor()
  expect((await top())?.y).toBe(before?.y)
  await close()
})
