import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, call, createUserWithToken, send, stepSamples } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

const LIMIT = 5

async function startLimited(environment: Record<string, string> = {}): Promise<TestServer> {
  return startServer({ worker: false, environment: { RATE_LIMIT_KEY: String(LIMIT), ...environment } })
}

async function times(count: number, ask: (i: number) => Promise<Answer>): Promise<Answer[]> {
  const answers = []
  for (let i = 0; i < count; i++) answers.push(await ask(i))
  return answers
}

const statusesOf = (answers: Answer[]) => answers.map(({ status }) => status)
const refusedThenLimited = [...Array.from({ length: LIMIT }, () => 401), 429]

describe.each([
  ['the Devices API', '/user', { status: 429, name: 'TOO_MANY_REQUESTS' }],
  ['the API of samples', '/api/v1.1/samples?data_type=steps', { error: { code: 'RATE_LIMITED' } }],
])('an address that guesses keys, at %s', (_name, path, expected) => {
  let server: TestServer

  beforeAll(async () => {
    server = await startLimited()
  })
  afterAll(() => server.stop())

  test('is refused after some, in the words of the API; a key that is right is not', async () => {
    const answers = await times(LIMIT + 1, (i) => call(server, 'GET', path, { key: `sk_live_guess${i}` }))
    expect(statusesOf(answers)).toEqual(refusedThenLimited)
    const last = answers.at(-1)!
    expect(last.body).toMatchObject(expected)
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(Number(last.headers.get('retry-after'))).toBeLessThanOrEqual(60)
    expect((await call(server, 'GET', '/user', { key: server.keys.live })).status).toBe(200)
  })

  test('and so is one that guesses user tokens', async () => {
    const data = stepSamples('2024-01-05T10:00:00Z', 3)
    expect((await send(server, 'guess', 'steps', data)).status).toBe(429)
  })
})

test('a client key where a secret one is required is limited as well', async () => {
  const server = await startLimited()
  const answers = await times(LIMIT + 1, () => call(server, 'GET', '/api/studies', { token: server.keys.client }))
  expect(statusesOf(answers)).toEqual([...Array.from({ length: LIMIT }, () => 403), 429])
  await server.stop()
})

describe('an API key beside the credential that counts changes nothing', () => {
  let server: TestServer

  // Guesses of one kind count against the other.
  beforeEach(async () => {
    server = await startLimited({ RATE_LIMIT_SAMPLES: '3', RATE_LIMIT_AUTHENTICATION: '2', RATE_LIMIT_KEY: '20' })
  })
  afterEach(() => server.stop())

  test('for a user token', async () => {
    const { token } = await createUserWithToken(server)
    const data = stepSamples('2024-01-05T10:00:00Z', 3)
    const answers = await times(4, (i) => send(server, token, 'steps', data, { 'x-api-key': `sk_live_${i}` }))
    expect(statusesOf(answers)).toEqual([200, 200, 200, 429])
  })

  test('for guesses of refresh tokens', async () => {
    const answers = await times(3, (i) =>
      call(server, 'POST', '/oauth/token', {
        key: `sk_live_${i}`,
        json: { grant_type: 'refresh_token', refresh_token: `guess ${i}` },
      }),
    )
    expect(statusesOf(answers)).toEqual([400, 400, 429])
    expect(answers[2]!.body).toEqual({ error: 'temporarily_unavailable', error_description: expect.any(String) })
  })

  test('for guesses of connect tokens', async () => {
    const answers = await times(3, (i) =>
      call(server, 'POST', '/connect/token', {
        headers: { 'api-token': `guess ${i}`, 'x-api-key': `sk_live_${i}` },
        json: { provider: 'apple' },
      }),
    )
    expect(statusesOf(answers)).toEqual([401, 401, 429])
  })
})

test('paths that are not there are limited', async () => {
  const server = await startLimited()
  const answers = await times(LIMIT + 1, (i) => call(server, 'GET', `/nothing/${i}`, { key: `sk_live_${i}` }))
  expect(statusesOf(answers)).toEqual([...Array.from({ length: LIMIT }, () => 404), 429])
  expect(answers.at(-1)!.body).toMatchObject({ error: { code: 'RATE_LIMITED' } })
  await server.stop()
})
