import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '../support/server.ts'

const ASSETS = join(import.meta.dirname, '../../widget/dist/assets')

let server: TestServer
beforeAll(async () => {
  server = await startServer({ worker: false })
})
afterAll(() => server.stop())

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${server.url}${path}`, { headers, redirect: 'manual' })

test.each(['/widget/', '/widget/?token=x&providers=oura', '/widget/consent?provider=oura&state=x'])(
  'the page %s may run its own scripts, ask its own server, and nothing else',
  async (path) => {
    const response = await get(path)
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; " +
        "trusted-types 'none'",
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex',
      'cache-control': 'no-store',
      'permissions-policy': expect.stringContaining('geolocation=()'),
    })
    const page = await response.text()
    expect(page).toContain('<html lang="en">')
    expect(page).not.toMatch(/<style|<script>| style=| on\w+=|https?:\/\//)
  },
)

test('a link without the slash leads to the page, with its parameters', async () => {
  const response = await get('/widget?token=a%26b&colorMode=dark')
  expect(response.status).toBe(308)
  expect(response.headers.get('location')).toBe('./widget/?token=a%26b&colorMode=dark')
})

test('scripts and styles are compressed, and kept for good under names that change with them', async () => {
  const files = await readdir(ASSETS)
  for (const file of files.filter((name) => /\.(?:js|css)$/.test(name))) {
    expect(file).toMatch(/-[\w-]{8}\.(?:js|css)$/)
    const plain = await get(`/widget/assets/${file}`, { 'accept-encoding': 'identity' })
    expect(Object.fromEntries(plain.headers)).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': expect.stringMatching(/^(?:application\/javascript|text\/css);/),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      vary: expect.stringContaining('accept-encoding'),
    })
    const text = await plain.text()
    for (const encoding of ['br', 'gzip']) {
      const compressed = await get(`/widget/assets/${file}`, { 'accept-encoding': encoding })
      expect(compressed.headers.get('content-encoding')).toBe(encoding)
      expect(Number(compressed.headers.get('content-length'))).toBeLessThan(text.length / 2)
      expect(await compressed.text()).toBe(text)
    }
  }
})

test.each([
  '/widget/nothing',
  '/widget/assets/',
  '/widget/assets/none.js',
  '/widget/assets/..%2findex.html',
  '/widget/assets/%2e%2e/%2e%2e/package.json',
])('%s is not there', async (path) => {
  const response = await get(path)
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ error: { code: 'NOT_FOUND' } })
})

test('a token in the address is not logged', async () => {
  await get('/widget/?token=secret-of-the-address')
  expect(server.logged.join('')).toContain('"route":"/widget/"')
  expect(server.logged.join('')).not.toContain('secret-of-the-address')
})
