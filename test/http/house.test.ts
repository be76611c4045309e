import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createKey } from '../../src/accounts/keys.ts'
import { type Answer, call } from '../support/api.ts'
import { connectCare, createGroup } from '../support/care.ts'
import { endpointsOf } from '../support/endpoints.ts'
import { bodies, type HouseRoute, readHouseRoutes } from '../support/house.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { newTenantKey, studiesOf } from '../support/studies.ts'

const STUDIES_LIMIT = 40
// As many refusals as an address may get, too.
const KEY_LIMIT = 200
const ORIGIN = 'https://portal.example.org'

const routes = await readHouseRoutes()
let server: TestServer
let values: Record<string, string>

beforeAll(async () => {
  const environment = { RATE_LIMIT_KEY: String(KEY_LIMIT), RATE_LIMIT_STUDIES: String(STUDIES_LIMIT) }
  server = await startServer({ worker: false, environment: { ...environment, CORS_ORIGINS: ORIGIN } })
  const studies = studiesOf(server)
  await studies.createStudy()
  await studies.createBattery()
  await studies.createParticipant({ study_id: 1 })
  await studies.createSession(bodies['createSession'])
  const endpoints = endpointsOf(server)
  const { id } = await endpoints.create('https://example.com/hook')
  const { message_id } = (await endpoints.ask('POST', `/${id}/test`)).body
  values = {
    '/api/studies/{id}': '1',
    '/api/batteries/{id}': 'battery_1',
    participant_id: 'P001',
    session_id: 'sess_1',
    id,
    messageId: message_id,
  }
})
afterAll(() => server.stop())

/** Each test has a key of its own: none is too fast because of another. */
async function newKey(kind: 'secret' | 'client' = 'secret'): Promise<string> {
  const tenant = await server.context.prisma.tenant.findFirstOrThrow({ where: { environment: 'live' } })
  return createKey(server.context.prisma, { ...tenant, environment: 'live' }, kind)
}

const pathOf = ({ template }: HouseRoute) =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => (values[template] ?? values[name])!)

type More = { query?: string; json?: unknown; headers?: Record<string, string>; body?: string }

/** A request that would succeed, but for what is said. */
function ask(route: HouseRoute, key: string | undefined, { query = '', json, ...more }: More = {}): Promise<Answer> {
  const sent = more.body === undefined ? { json: json ?? bodies[route.id] } : {}
  const token = key === undefined ? {} : { token: key }
  return call(server, route.method, `${pathOf(route)}${query}`, { ...token, ...sent, ...more })
}

/** The answer's status, after a look at its form. */
function refusal({ status, headers, body }: Answer): [number, string | undefined] {
  expect(Object.keys(body)).toEqual(['error'])
  expect(body.error).toMatchObject({ code: expect.stringMatching(/^[A-Z_]+$/), message: expect.any(String) })
  expect(['code,message', 'code,message,details']).toContain(Object.keys(body.error).join())
  expect(headers.get('x-request-id')).toBeTruthy()
  expect(JSON.stringify(body)).not.toMatch(/select |insert |\.ts:|node_modules/)
  return [status, body.error.details?.field]
}

const each = (chosen: HouseRoute[]) =>
  chosen.map((route): [string, HouseRoute] => [`${route.method} ${route.template}`, route])
const lists = routes.filter(({ isList }) => isList)
const withBody = routes.filter(({ takesBody }) => takesBody)

test('there is a body for each route that takes one, and there are all the routes', () => {
  expect(Object.keys(bodies).toSorted()).toEqual(withBody.map(({ id }) => id).toSorted())
  expect(routes.length).toBeGreaterThanOrEqual(33)
  expect(lists).toHaveLength(8)
})

describe.each(each(routes))('%s', (_name, route) => {
  test('lets nobody in without a secret key or a token for all of the organization', async () => {
    expect(refusal(await ask(route, undefined))).toEqual([401, undefined])
    expect(refusal(await ask(route, 'sk_live_guess'))).toEqual([401, undefined])
    expect(refusal(await ask(route, await newKey('client')))).toEqual([403, undefined])
  })

  test('names a parameter that is not known', async () => {
    expect(refusal(await ask(route, await newKey(), { query: '?nope=1' }))).toEqual([400, 'nope'])
  })

  if (route.template.includes('{')) {
    test("does not find what is another account's", async () => {
      for (const key of [await newTenantKey(server), server.keys.sandbox]) {
        expect(refusal(await ask(route, key))[0]).toBe(404)
      }
    })
  }
})

describe.each(each(lists))('the list %s', (_name, route) => {
  test.each([
    ['page=0', 422, 'page'],
    ['page=x', 422, 'page'],
    ['per_page=101', 422, 'per_page'],
    ['sort=nope', 400, 'sort'],
    ['order=up', 422, 'order'],
    ['fields=nope', 400, 'fields'],
    ['fields=', 400, 'fields'],
    ['start_date=2026-02-30', 422, 'start_date'],
    ['end_date=today', 422, 'end_date'],
    ['start_date=2026-02-02&end_date=2026-02-01', 422, 'end_date'],
    ['page=1&page=2', 422, 'page'],
  ])('refuses %s with %i and names %s', async (query, status, field) => {
    expect(refusal(await ask(route, await newKey(), { query: `?${query}` }))).toEqual([status, field])
  })

  test('has pages, an order, and the fields that are chosen', async () => {
    const query = '?page=2&per_page=100&order=desc&start_date=2026-01-01&end_date=2026-01-01'
    const { status, body } = await ask(route, await newKey(), { query })
    expect([status, body.data]).toEqual([200, []])
    expect(Object.keys(body.pagination)).toEqual('page per_page total total_pages has_next has_prev'.split(' '))
    expect(body.pagination).toMatchObject({ page: 2, per_page: 100, has_prev: true, has_next: false })
  })
})

describe.each(each(routes.filter((route) => route.method === 'GET' && !route.isList && route.template.includes('{'))))(
  '%s',
  (_name, route) => {
    test('answers the fields that are chosen', async () => {
      const key = await newKey()
      const [first] = Object.keys((await ask(route, key)).body)
      const { status, body } = await ask(route, key, { query: `?fields=${first}` })
      expect([status, Object.keys(body)]).toEqual([200, [first]])
      expect(refusal(await ask(route, key, { query: '?fields=nope' }))).toEqual([400, 'fields'])
    })
  },
)

describe.each(each(withBody))('the body of %s', (_name, route) => {
  const send = async (more: More) => refusal(await ask(route, await newKey(), more))
  const jsonType = { 'content-type': 'application/json' }

  test('is JSON, of known members, and not too large', async () => {
    expect(await send({ json: { ...bodies[route.id], nope: 1 } })).toEqual([422, 'nope'])
    expect(await send({ body: '{"a":', headers: jsonType })).toEqual([400, undefined])
    expect(await send({ body: 'a', headers: { 'content-type': 'text/plain' } })).toEqual([415, undefined])
    const large = JSON.stringify({ nope: 'x'.repeat(300_000) })
    expect(await send({ body: large, headers: jsonType })).toEqual([413, undefined])
  })
})

describe('who is too fast', () => {
  test.each([
    ['the Studies API', '/api/v1/batteries?fields=id', STUDIES_LIMIT],
    ['the others', '/changes?limit=1', KEY_LIMIT],
  ])('is refused by all of the routes of %s, with the time to wait', async (_name, path, limit) => {
    const key = await newKey()
    const answers = []
    for (let i = 0; i < limit; i++) answers.push(await call(server, 'GET', path, { token: key }))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    const left = answers.map(({ headers }) => Number(headers.get('x-ratelimit-remaining')))
    expect(left).toEqual(Array.from({ length: limit }, (_, i) => limit - 1 - i))
    expect(answers[0]!.headers.get('x-ratelimit-limit')).toBe(String(limit))
    expect(Number(answers[0]!.headers.get('x-ratelimit-reset'))).toBeGreaterThan(0)
    const isStudies = (route: HouseRoute) => /^\/api\/(?!webhooks)/.test(route.template)
    for (const route of routes.filter((one) => isStudies(one) === path.startsWith('/api'))) {
      const answer = await ask(route, key)
      expect([route.id, ...refusal(answer)]).toEqual([route.id, 429, undefined])
      expect(answer.body.error.code).toBe('RATE_LIMITED')
      expect(answer.headers.get('x-ratelimit-limit')).toBe(String(limit))
      expect(answer.headers.get('x-ratelimit-remaining')).toBe('0')
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    }
    expect((await call(server, 'GET', path, { token: await newKey() })).status).toBe(200)
  })
})

test('an access token of all of the organization sees what its keys see; one of some groups nothing', async () => {
  const whole = await connectCare(server)
  const part = await connectCare(server, { groups: [await createGroup(whole, 'Ours')] })
  const foreign = await connectCare(server, { environment: 'sandbox' })
  const get = (path: string, token: string) => call(server, 'GET', path, { token })
  for (const path of ['/api/studies/1', '/api/webhooks', '/changes']) {
    expect((await get(path, whole.token)).body).toEqual((await get(path, await newKey())).body)
    expect(refusal(await get(path, part.token))).toEqual([403, undefined])
  }
  expect(refusal(await get('/api/studies/1', foreign.token))[0]).toBe(404)
  const beside = await call(server, 'GET', '/api/studies/1', { token: whole.token, key: 'sk_live_guess' })
  expect(beside.status).toBe(401)
})

test('the id of a request is answered, and is in each of its log lines', async () => {
  const { headers } = await call(server, 'GET', '/api/studies/1', {
    token: await newKey(),
    headers: { 'x-request-id': 'portal-17' },
  })
  expect(headers.get('x-request-id')).toBe('portal-17')
  const line = server.logged.findLast((logged) => logged.includes('"msg":"request"'))!
  expect(JSON.parse(line)).toMatchObject({ requestId: 'portal-17', route: '/api/studies/:id', status: 200 })
})

describe('pages in browsers', () => {
  const preflight = (origin: string) =>
    call(server, 'OPTIONS', '/api/sessions', {
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
    })

  test('of an origin that is configured may call, and read what they were answered', async () => {
    const { status, headers } = await preflight(ORIGIN)
    expect([status, headers.get('access-control-allow-origin'), headers.get('vary')]).toEqual([204, ORIGIN, 'origin'])
    expect(headers.get('access-control-allow-methods')).toContain('PATCH')
    for (const name of ['authorization', 'content-type', 'idempotency-key', 'x-request-id']) {
      expect(headers.get('access-control-allow-headers')).toContain(name)
    }
    for (const token of [await newKey(), 'guess']) {
      const answer = await call(server, 'GET', '/api/studies', { token, headers: { origin: ORIGIN } })
      expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN)
      expect(answer.headers.get('access-control-expose-headers')).toContain('x-ratelimit-remaining')
      expect(answer.headers.get('access-control-allow-credentials')).toBe(null)
    }
  })

  test('of any other may not', async () => {
    for (const origin of ['https://evil.example.org', `${ORIGIN}.evil.org`, 'null', `${ORIGIN}:8443`]) {
      const { status, headers } = await preflight(origin)
      expect([status, headers.get('access-control-allow-origin')]).toEqual([404, null])
    }
  })
})
