import { afterAll, beforeAll, expect, test } from 'vitest'
import { call } from '../support/api.ts'
import { begin, newConnectToken } from '../support/connecting.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let headers: Record<string, string>

const ALLOWED = ['https://allowed.example', 'https://port.example:8443', 'http://localhost:5173']

beforeAll(async () => {
  server = await startServer({ worker: false })
  await allow(ALLOWED)
  headers = (await newConnectToken(server, server.keys.sandbox)).headers
})
afterAll(() => server.stop())

const allow = (redirectOrigins: string[], key = server.keys.sandbox) =>
  call(server, 'PUT', '/settings/connect', { key, json: { redirectOrigins } })

const ask = (field: string, url: string) =>
  begin(server, headers, new URLSearchParams({ provider: 'oura', [field]: url }).toString())

async function finish(url: string, query: string): Promise<string> {
  const state = new URL(url).searchParams.get('state')!
  const back = await call(server, 'GET', `/connect/oura?state=${state}&${query}`)
  return back.headers.get('location')!
}

test.each([
  'https://allowed.example@evil.example/',
  'https://allowed.example:pass@evil.example/',
  'https://user@allowed.example/',
  '//evil.example/',
  '//allowed.example/',
  '///evil.example',
  'https:evil.example',
  'https:/evil.example',
  'https:\\\\evil.example',
  'https://evil.example\\@allowed.example',
  'https://allowed.example\\.evil.example/',
  'https://allowed.example.evil.example/',
  'https://evilallowed.example/',
  'https://sub.allowed.example/',
  'https://allowed.example./',
  'https://allowed.example:8443/',
  'https://port.example/',
  'http://allowed.example/',
  'https://allowed。example.evil.example/',
  'https://аllowed.example/',
  'https://allowed.example\r\nSet-Cookie: a=b',
  'https://allowed.example/\nLocation: https://evil.example',
  'https://allowed.example\t.evil.example',
  ' https://allowed.example/',
  'ht\ntps://allowed.example/',
  'javascript:alert(1)//https://allowed.example',
  'data:text/html,https://allowed.example',
  'file:///etc/passwd',
  'ftp://allowed.example/',
  'blob:https://allowed.example/1',
  'about:blank',
  '/connect',
  'allowed.example',
  'https://',
  '',
  'http://localhost:5174/',
  'http://127.0.0.1:5173/',
  `https://allowed.example/${'x'.repeat(2000)}`,
])('a browser is not sent to %j', async (url) => {
  for (const field of ['redirectUrl', 'failRedirectUrl']) {
    const { status, body } = await ask(field, url)
    expect(status).toBe(400)
    expect(body.detail).toContain(field)
  }
})

test.each([
  ['https://allowed.example', 'https://allowed.example/?provider=oura&status=connected'],
  ['HTTPS://ALLOWED.EXAMPLE:443/a?b=c#d', 'https://allowed.example/a?b=c&provider=oura&status=connected#d'],
  ['https://port.example:8443/%0d%0a', 'https://port.example:8443/%0d%0a?provider=oura&status=connected'],
  ['http://localhost:5173/ü?x=ü', 'http://localhost:5173/%C3%BC?x=%C3%BC&provider=oura&status=connected'],
])('a browser is sent to %j', async (url, expected) => {
  const begun = await ask('redirectUrl', url)
  expect(begun.status, JSON.stringify(begun.body)).toBe(200)
  expect(await finish(begun.body, 'code=sandbox')).toBe(expected)
})

test('what fails goes to failRedirectUrl, and says why', async () => {
  const { body } = await ask('failRedirectUrl', 'https://allowed.example/no')
  expect(await finish(body, 'error=access_denied')).toBe(
    'https://allowed.example/no?provider=oura&status=failed&error=denied',
  )
})

test('an origin that is taken back meanwhile is not gone to', async () => {
  const { body } = await ask('redirectUrl', 'https://allowed.example/')
  await allow([])
  expect(await finish(body, 'code=sandbox')).toBe('/widget/?result=connected&provider=oura')
  await allow(ALLOWED)
})

test('origins are of one environment, and are read back', async () => {
  const read = (key: string) => call(server, 'GET', '/settings/connect', { key })
  expect((await read(server.keys.sandbox)).body).toEqual({ redirectOrigins: ALLOWED })
  expect((await read(server.keys.live)).body).toEqual({ redirectOrigins: [] })
  expect((await read(server.keys.client)).status).toBe(403)
  expect((await allow(['https://a.example'], server.keys.client)).status).toBe(403)
})

test.each([
  'http://allowed.example',
  'https://allowed.example/',
  'https://allowed.example/path',
  'https://*.example',
  'https://user@allowed.example',
  'https://ALLOWED.example',
  'https://allowed.example:443',
  'null',
  '*',
  'javascript:',
])('an account cannot allow %j', async (origin) => {
  const { status, body } = await allow([origin])
  expect(status).toBe(400)
  expect(body.detail).toContain('redirectOrigins')
})
