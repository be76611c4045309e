import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import axe from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'

/** A page in a window of its own, without what another one stored. */
export type Visit = {
  page: Page
  /** Every address that was asked for. */
  requested: string[]
  /** What the browser complained of: errors of scripts, breaches of the content security policy. */
  complaints: string[]
  close: () => Promise<void>
}

const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The machine's own Chromium, without a window. Throws where there is none: a test that needs it must not pass. */
export function startBrowser(): Promise<Browser> {
  // Its sandbox works neither for root nor in most containers; it sees pages of ours alone.
  return chromium.launch({ executablePath: findChromium(), args: QUIET, chromiumSandbox: false })
}

function findChromium(): string {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
      try {
        accessSync(join(folder, name), constants.X_OK)
        return join(folder, name)
      } catch {
        // Not in this folder.
      }
    }
  }
  throw new Error('These tests need Chromium on the PATH. On Debian: apt-get install chromium')
}

export async function visit(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ locale: 'en-GB', ...options })
  const page = await context.newPage()
  const [requested, complaints]: [string[], string[]] = [[], []]
  page.on('request', (request) => requested.push(request.url()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    // The browser says of every 4xx that it failed to load; the pages show it.
    const isRefusal = message.text().startsWith('Failed to load resource')
    if (['error', 'warning'].includes(message.type()) && !isRefusal) complaints.push(message.text())
  })
  await page.goto(url)
  return { page, requested, complaints, close: () => context.close() }
}

/** Keeps what is seen now in the folder PICTURES, where that is set: to look at. */
export async function keepPicture(page: Page, name: string, fullPage = false): Promise<void> {
  const folder = process.env['PICTURES']
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`), fullPage })
}

/** That a page can be used by everybody, fits its window, and has asked nobody but `origins` for anything. */
export async function expectSound({ page, requested, complaints }: Visit, origins: string[]): Promise<void> {
  expect(complaints).toEqual([])
  expect([...new Set(requested.map((url) => new URL(url).origin))].filter((it) => !origins.includes(it))).toEqual([])
  const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
  expect(overflow, 'wider than its window').toBeLessThanOrEqual(0)
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe.source)
  const { violations } = (await page.evaluate('axe.run()')) as axe.AxeResults
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
}
