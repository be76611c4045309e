import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, createUserWithToken, send, stepSamples } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

const redisUrl = process.env['REDIS_URL']
const backends: [string, Record<string, string>][] = [
  ['in memory', {}],
  ...(redisUrl === undefined ? [] : [['on Redis', { REDIS_URL: redisUrl }] satisfies [string, Record<string, string>]]),
]

// Said out loud rather than skipped: without REDIS_URL there is nothing to test against.
if (redisUrl === undefined) test('on Redis: not run, REDIS_URL is not set', () => undefined)

for (const [name, environment] of backends) {
  let server: TestServer

  beforeAll(async () => {
    const limits = { RATE_LIMIT_SAMPLES: '3', RATE_LIMIT_KEY: '20', RATE_LIMIT_AUTHENTICATION: '2' }
    server = await startServer({ worker: false, environment: { ...environment, ...limits } })
  })
  afterAll(() => server.stop())

  test(`429 over a token's rate, with Retry-After; another token is not affected (${name})`, async () => {
    const [fast, other] = [await createUserWithToken(server), await createUserWithToken(server)]
    const data = stepSamples('2024-01-05T10:00:00Z', 3)
    const answers = []
    for (let i = 0; i < 4; i++) answers.push(await send(server, fast.token, 'steps', data))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429])
    const { headers, body } = answers[3]!
    expect(body.error.code).toBe('RATE_LIMITED')
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    expect(headers.get('x-ratelimit-limit')).toBe('3')
    expect(headers.get('x-ratelimit-remaining')).toBe('0')
    expect((await send(server, other.token, 'steps', data)).status).toBe(200)
  })

  test(`429 over a key's rate, in the Devices API's dialect (${name})`, async () => {
    const answers = []
    for (let i = 0; i < 21; i++) answers.push(await call(server, 'GET', '/user', { key: server.keys.sandbox }))
    expect(answers.map(({ status }) => status).slice(-2)).toEqual([200, 429])
    expect(answers[20]!.body).toMatchObject({ status: 429, name: 'TOO_MANY_REQUESTS' })
  })

  test(`429 for an address that tries refresh tokens (${name})`, async () => {
    const statuses = []
    for (let i = 0; i < 3; i++) {
      const json = { grant_type: 'refresh_token', refresh_token: `guess ${i}` }
      statuses.push((await call(server, 'POST', '/oauth/token', { json })).status)
    }
    expect(statuses).toEqual([400, 400, 429])
  })
}
