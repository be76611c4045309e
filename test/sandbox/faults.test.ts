import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, call, createUserWithToken, send, stepSamples } from '../support/api.ts'
import { askCare, connectCare } from '../support/care.ts'
import { newConnectToken } from '../support/connecting.ts'
import { startServer, type TestServer } from '../support/server.ts'

const MOST_WAITING = 50
const ORIGIN = 'https://portal.example.org'
const STATUSES = [429, 500, 502, 503, 504]

let server: TestServer
let users = 0

beforeAll(async () => {
  server = await startServer({ worker: false, environment: { CORS_ORIGINS: ORIGIN } })
})
afterAll(() => server.stop())

const fault = (value: string) => ({ 'x-sandbox-fault': value })
const createUser = (value?: string, key = server.keys.sandbox, id = `faulty-${users++}`) =>
  call(server, 'POST', `/user?appUserId=${id}`, { key, headers: value === undefined ? {} : fault(value) })
const countUsers = async () => (await server.context.pool.query('select 1 from app_user')).rowCount

/** What each API says of a failure, and of a header that it does not take. */
const dialects: Record<string, { ask: (value: string) => Promise<Answer>; body: object; bad: [number, object] }> = {
  'the Devices API': {
    ask: createUser,
    body: { status: 503, name: 'SERVICE_UNAVAILABLE', title: 'ServiceUnavailableError', detail: expect.any(String) },
    bad: [400, { name: 'BAD_REQUEST', detail: expect.stringContaining('X-Sandbox-Fault') }],
  },
  'the house': {
    ask: (value) => call(server, 'GET', '/api/webhooks', { key: server.keys.sandbox, headers: fault(value) }),
    body: { error: { code: 'DATABASE_UNAVAILABLE', message: expect.any(String) } },
    bad: [400, { error: { code: 'INVALID_HEADER', details: { field: 'X-Sandbox-Fault' } } }],
  },
  'samples, with a user token': {
    ask: async (value) => {
      const { token } = await anyUser()
      return send(server, token, 'steps', stepSamples('2024-05-01T08:00:00Z', 3), fault(value))
    },
    body: { error: { code: 'DATABASE_UNAVAILABLE', message: expect.any(String) } },
    bad: [400, { error: { code: 'INVALID_HEADER', details: [{ field: 'X-Sandbox-Fault' }] } }],
  },
  'the Care API': {
    ask: async (value) => {
      const { token, organization } = await anyClient()
      return askCare(server, token, 'GET', `/organization/${organization}`, undefined, fault(value))
    },
    body: { meta: expect.any(Object), errors: [{ status: '503', title: 'Service Unavailable' }] },
    bad: [409, { errors: [{ status: '409', source: { parameter: 'X-Sandbox-Fault' } }] }],
  },
  'a connect token': {
    ask: async (value) => {
      const { headers } = await anyone()
      return call(server, 'GET', '/connect/providers', { headers: { ...headers, ...fault(value) } })
    },
    body: { status: 503, name: 'SERVICE_UNAVAILABLE' },
    bad: [400, { name: 'BAD_REQUEST', detail: expect.stringContaining('X-Sandbox-Fault') }],
  },
}

const once = <Made>(make: () => Promise<Made>) => {
  let made: Promise<Made> | undefined
  return () => (made ??= make())
}
const anyUser = once(() => createUserWithToken(server, 'apple', server.keys.sandbox))
const anyClient = once(() => connectCare(server, { environment: 'sandbox' }))
const anyone = once(() => newConnectToken(server, server.keys.sandbox))

describe.each(Object.entries(dialects))('%s', (_name, { ask, body, bad }) => {
  test('fails as it would in earnest', async () => {
    const failed = await ask('status=503')
    expect(failed).toMatchObject({ status: 503, body })
    expect(failed.headers.get('x-sandbox-fault')).toBe('status=503')
    expect(failed.headers.get('retry-after')).toBe('2')
    for (const status of STATUSES) expect((await ask(`status=${status}`)).status).toBe(status)
    expect((await ask('latency=1')).status).toBe(200)
  })

  test('refuses what it does not know, and names the header', async () => {
    expect(await ask('status=418')).toMatchObject({ status: bad[0], body: bad[1] })
  })
})

test('what fails has done nothing, and what fails afterwards is done', async () => {
  const before = (await countUsers())!
  expect((await createUser('status=500')).status).toBe(500)
  expect(await countUsers()).toBe(before)

  const after = await createUser('status=504, when=after', server.keys.sandbox, 'done-anyway')
  expect(after).toMatchObject({ status: 504, body: { name: 'GATEWAY_TIMEOUT' } })
  expect(after.headers.get('x-sandbox-fault')).toBe('status=504, when=after')
  expect(after.headers.get('content-type')).toContain('application/json')
  expect(await countUsers()).toBe(before + 1)
  const again = await createUser(undefined, server.keys.sandbox, 'done-anyway')
  expect(again.status).toBe(200)
  expect(await countUsers()).toBe(before + 1)

  const refused = await call(server, 'GET', '/user?userId=none&date=2024-01-01', {
    key: server.keys.sandbox,
    headers: fault('status=503, when=after'),
  })
  expect(refused.status).toBe(400)
})

test('a request that was done, but failed, gets its answer with the same Idempotency-Key', async () => {
  const json = { name: 'Sleep', start_date: '2026-01-01', end_date: '2026-06-30' }
  const create = (headers = {}) =>
    call(server, 'POST', '/api/studies', {
      key: server.keys.sandbox,
      json,
      headers: { 'idempotency-key': 'one', ...headers },
    })
  expect((await create(fault('status=502, when=after'))).status).toBe(502)
  const replayed = await create()
  expect(replayed.status).toBe(201)
  expect(replayed.headers.get('idempotent-replayed')).toBe('true')
})

test('a 429 says so in every header that clients read', async () => {
  const { status, headers } = await createUser('status=429')
  expect(status).toBe(429)
  expect(headers.get('x-ratelimit-limit')).toBe('100000')
  expect([headers.get('x-ratelimit-remaining'), headers.get('x-ratelimit-reset')]).toEqual(['0', '2'])
  expect(headers.get('retry-after')).toBe('2')
})

test('rate is how likely it is', async () => {
  const answers: Answer[] = []
  for (let i = 0; i < 5; i++) {
    const some = Array.from({ length: 40 }, () => createUser('status=503, rate=0.5', server.keys.sandbox, 'likely'))
    answers.push(...(await Promise.all(some)))
  }
  const failed = answers.filter(({ status }) => status === 503)
  // Fewer than 60 or more than 140 of 200 come once in a hundred million.
  expect(failed.length).toBeGreaterThan(60)
  expect(failed.length).toBeLessThan(140)
  for (const { status, headers } of answers) expect(headers.has('x-sandbox-fault')).toBe(status === 503)
})

test('latency comes before the answer, or before the failure', async () => {
  for (const [value, status] of [
    ['latency=300', 200],
    ['latency=300, status=503', 503],
  ] as const) {
    const begun = performance.now()
    const answer = await createUser(value)
    expect(performance.now() - begun).toBeGreaterThanOrEqual(295)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('x-sandbox-fault')).toBe(value)
  }
})

test('so many requests wait and no more; those of clients that went away make room, and are done', async () => {
  const leaving = new AbortController()
  const statuses: number[] = []
  const asked = Array.from({ length: MOST_WAITING + 3 }, async (_, i) => {
    const status = await askAndLeave(`/user?appUserId=left-${i}`, 'latency=30000', leaving.signal)
    if (status !== undefined) statuses.push(status)
    return status
  })
  await expect.poll(() => statuses).toEqual([429, 429, 429])
  const refused = await createUser('latency=1')
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
  expect(refused.headers.has('x-sandbox-fault')).toBe(false)
  expect((await createUser()).status).toBe(200)
  leaving.abort()
  expect((await Promise.all(asked)).filter((status) => status === undefined)).toHaveLength(MOST_WAITING)
  await expect.poll(async () => (await createUser('latency=1')).status).toBe(200)
  const left = () => server.context.pool.query(`select 1 from app_user where app_user_id like 'left-%'`)
  await expect.poll(async () => (await left()).rowCount).toBe(MOST_WAITING)
})

/** On a connection of its own; undefined when `signal` came before the answer. */
function askAndLeave(path: string, value: string, signal: AbortSignal): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>()
  const headers = { 'x-api-key': server.keys.sandbox, ...fault(value) }
  request(new URL(path, server.url), { method: 'POST', headers, signal, agent: false }, (response) => {
    resolve(response.resume().statusCode)
  })
    .once('error', () => resolve(undefined))
    .end()
  return promise
}

test('a stop does not wait for them', async () => {
  const stopping = await startServer({ worker: false })
  const headers = fault('latency=30000')
  const answer = call(stopping, 'POST', '/user?appUserId=last', { key: stopping.keys.sandbox, headers })
  await expect
    .poll(async () => {
      const { rows } = await stopping.context.pool.query('select 1 from api_key where last_used_at is not null')
      return rows.length
    })
    .toBe(1)
  const begun = performance.now()
  const [{ status }] = await Promise.all([answer, stopping.stop()])
  expect(status).toBe(200)
  expect(performance.now() - begun).toBeLessThan(15_000)
})

test('live credentials are refused with it', async () => {
  for (const value of ['status=503', 'latency=1', 'nonsense']) {
    const refused = await createUser(value, server.keys.live)
    expect(refused).toMatchObject({ status: 400, body: { detail: expect.stringMatching(/X-Sandbox-Fault.*live/) } })
  }
  const { token } = await createUserWithToken(server)
  const steps = stepSamples('2024-05-01T08:00:00Z', 3)
  expect((await send(server, token, 'steps', steps, fault('status=503'))).status).toBe(400)
  const care = await connectCare(server)
  const refused = await care.ask('GET', `/organization/${care.organization}`, undefined, fault('status=503'))
  expect(refused.body.errors).toMatchObject([{ status: '409', source: { parameter: 'X-Sandbox-Fault' } }])
  const { headers } = await newConnectToken(server)
  const asked = await call(server, 'GET', '/connect/providers', { headers: { ...headers, ...fault('status=503') } })
  expect(asked.status).toBe(400)
})

test('without good credentials nothing waits and nothing fails', async () => {
  const headers = fault('latency=30000, status=500')
  expect((await call(server, 'GET', '/healthz', { headers })).status).toBe(200)
  expect((await call(server, 'GET', '/openapi.json', { headers })).status).toBe(200)
  expect((await call(server, 'GET', '/nowhere', { key: server.keys.sandbox, headers })).status).toBe(404)
  expect((await call(server, 'GET', '/user', { key: `sk_test_${'x'.repeat(43)}`, headers })).status).toBe(401)
  expect((await call(server, 'GET', '/connect/providers', { headers })).status).toBe(401)
})

test.each([
  '',
  'nonsense',
  'status=200',
  'status=503, status=503',
  'latency=0',
  'latency=30001',
  'latency=-1',
  'latency=1e3',
  'latency=1;status=503',
  'status=503, rate=0',
  'status=503, rate=1.1',
  'status=503, rate=.',
  'rate=0.5',
  'when=after',
  'latency=10, when=after',
  'status=503, when=later',
  'webhook=lost',
  'webhook=late=0',
  'webhook=late=601',
  'webhook=later',
  'webhook=duplicate=2',
  'webhook=2',
  'webhook=late=3=3',
  'webhook=duplicate, status=503',
])('"%s" is refused', async (value) => {
  const refused = await createUser(value)
  expect(refused).toMatchObject({ status: 400, body: { detail: expect.stringContaining('X-Sandbox-Fault') } })
  expect(refused.headers.has('x-sandbox-fault')).toBe(false)
})

test('pages may send the header and read it', async () => {
  const preflight = await call(server, 'OPTIONS', '/user', {
    headers: { origin: ORIGIN, 'access-control-request-method': 'POST' },
  })
  expect(preflight.headers.get('access-control-allow-headers')).toContain('x-sandbox-fault')
  const failed = await call(server, 'GET', '/user', {
    key: server.keys.sandbox,
    headers: { origin: ORIGIN, ...fault('status=503') },
  })
  expect(failed.headers.get('access-control-expose-headers')).toContain('x-sandbox-fault')
})

test('the operator is not alarmed by it', () => {
  expect(server.logged.filter((line) => JSON.parse(line).level >= 50)).toEqual([])
})
