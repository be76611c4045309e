import { afterAll, beforeAll, expect, test } from 'vitest'
import { call } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let users = 0

beforeAll(async () => {
  server = await startServer({ worker: false })
})
afterAll(() => server.stop())

async function newToken(key = server.keys.sandbox) {
  const created = await call(server, 'POST', `/user?appUserId=person-${users++}`, { key })
  const { userId } = created.body
  const { body } = await call(server, 'GET', `/user/connect/token?userId=${userId}`, { key })
  return { userId, headers: { 'api-token': body.token } }
}

const begin = (headers: Record<string, string>, query: string) =>
  call(server, 'GET', `/connect/redirect?${query}`, { headers })

test('a person connects a provider of the sandbox, sees it, and disconnects it', async () => {
  const { userId, headers } = await newToken()
  const begun = await begin(headers, 'provider=oura&colorMode=dark&customColor=%23336699&providers=oura,fitbit')
  expect(begun.status).toBe(200)
  expect(begun.headers.get('content-type')).toContain('text/plain')
  const consent = new URL(begun.body)
  expect(consent.origin).toBe(server.url)
  expect(consent.pathname).toBe('/widget/consent')
  expect(consent.searchParams.get('provider')).toBe('oura')

  const state = consent.searchParams.get('state')!
  const back = await call(server, 'GET', `/connect/oura?state=${state}&code=sandbox`)
  expect(back.status).toBe(302)
  expect(back.headers.get('location')).toBe(
    '/widget/?result=connected&provider=oura&colorMode=dark&customColor=%23336699&providers=oura%2Cfitbit',
  )
  const list = await call(server, 'GET', '/connect/providers', { headers })
  expect(list.body).toMatchObject({ environment: 'sandbox', expires_at: expect.any(String) })
  expect(list.body.providers.every((each: any) => each.available && each.how === 'redirect')).toBe(true)
  const oura = list.body.providers.find((each: any) => each.name === 'oura')
  expect(oura).toMatchObject({ label: 'Oura', connected: true, connected_at: expect.any(String) })

  const gone = await call(server, 'DELETE', '/connect/user/providers/oura', { headers })
  expect(gone.status).toBe(200)
  const left = await call(server, 'GET', `/user/${userId}/connected-providers`, { key: server.keys.sandbox })
  expect(left.body).toEqual({ connectedProviders: [] })
  const again = await call(server, 'DELETE', '/connect/user/providers/oura', { headers })
  expect(again.status).toBe(404)
})

test('somebody who says no, and a code that is none, connect nothing', async () => {
  const { userId, headers } = await newToken()
  for (const [query, result] of [
    ['error=access_denied', 'denied'],
    ['error=server_error', 'failed'],
    ['code=forged', 'failed'],
    ['', 'failed'],
  ]) {
    const state = new URL((await begin(headers, 'provider=garmin')).body).searchParams.get('state')
    const back = await call(server, 'GET', `/connect/garmin?state=${state}&${query}`)
    expect(back.headers.get('location')).toBe(`/widget/?result=${result}&provider=garmin`)
  }
  const left = await call(server, 'GET', `/user/${userId}/connected-providers`, { key: server.keys.sandbox })
  expect(left.body).toEqual({ connectedProviders: [] })
})

test('what was not configured for the live environment says what is missing', async () => {
  const { headers } = await newToken(server.keys.live)
  const list = await call(server, 'GET', '/connect/providers', { headers })
  const byName = Object.fromEntries(list.body.providers.map((each: any) => [each.name, each]))
  expect(byName.apple).toMatchObject({ available: false, how: 'app', reason: expect.stringContaining('iPhone') })
  expect(byName.garmin).toMatchObject({ available: false, how: 'redirect', reason: expect.any(String) })
  const refused = await begin(headers, 'provider=garmin')
  expect(refused.status).toBe(409)
  expect(refused.body).toMatchObject({ name: 'CONFLICT', detail: expect.stringContaining('Garmin') })
})

test('without a good connect token nothing is said', async () => {
  for (const headers of [{}, { 'api-token': 'x'.repeat(43) }]) {
    expect((await call(server, 'GET', '/connect/providers', { headers })).status).toBe(401)
    expect((await begin(headers, 'provider=oura')).status).toBe(401)
    expect((await call(server, 'DELETE', '/connect/user/providers/oura', { headers })).status).toBe(401)
  }
})

test.each([
  ['colorMode=pink', 'colorMode'],
  ['customColor=red%3Bbackground', 'customColor'],
  ['providers=oura,nobody', 'providers'],
  ['color=red', 'color'],
])('a parameter that is not understood is named: %s', async (query, field) => {
  const { headers } = await newToken()
  const refused = await begin(headers, `provider=oura&${query}`)
  expect(refused.status).toBe(400)
  expect(refused.body.detail).toContain(field)
})
