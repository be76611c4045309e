import { createHash, randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call, createUserWithToken, send, stepSamples } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startServer({ worker: false })
})
afterAll(() => server.stop())

describe('200 tells what became of each sample', () => {
  test('sent again, changed, and new', async () => {
    const { token } = await createUserWithToken(server)
    const first = stepSamples('2024-01-05T10:00:00Z', 5)
    expect((await send(server, token, 'steps', first)).body).toEqual({
      inserted: 5,
      updated: 0,
      unchanged: 0,
      rejected: [],
    })
    expect((await send(server, token, 'steps', first)).body).toEqual({
      inserted: 0,
      updated: 0,
      unchanged: 5,
      rejected: [],
    })

    const [changed, ...same] = first
    const [added] = stepSamples('2024-01-05T09:00:00Z', 1)
    const second = [...same, { ...changed!, value: 11 }, added]
    expect((await send(server, token, 'steps', second)).body).toEqual({
      inserted: 1,
      updated: 1,
      unchanged: 4,
      rejected: [],
    })
  })

  test('the same sample twice in a batch: the later value wins', async () => {
    const { userId, token } = await createUserWithToken(server)
    const [sample] = stepSamples('2024-01-05T10:00:00Z', 1)
    const data = [1, 2, 2].map((value) => ({ ...sample!, value }))
    expect((await send(server, token, 'steps', data)).body).toEqual({
      inserted: 1,
      updated: 1,
      unchanged: 1,
      rejected: [],
    })
    expect(await values(userId)).toEqual([2])
  })

  test('samples that differ in device, start, end or type are different samples', async () => {
    const { userId, token } = await createUserWithToken(server)
    const [sample] = stepSamples('2024-01-05T10:00:00Z', 1)
    const data = [
      sample!,
      { ...sample!, device_name: 'Apple Watch' },
      { ...sample!, end_date: '2024-01-05T10:00:30Z' },
      { ...sample!, start_date: '2024-01-05T10:00:10Z' },
    ]
    expect((await send(server, token, 'steps', data)).body.inserted).toBe(4)
    expect(await values(userId)).toHaveLength(4)
  })

  test('without end_date a sample is the same as one that ends where it starts', async () => {
    const { token } = await createUserWithToken(server)
    const instants = stepSamples('2024-01-05T10:00:00Z', 3).map(({ end_date: _, ...sample }) => sample)
    await send(server, token, 'steps', instants)
    const closed = instants.map((sample) => ({ ...sample, end_date: sample.start_date }))
    expect((await send(server, token, 'steps', closed)).body.unchanged).toBe(3)
  })

  test('nothing is announced when nothing changed', async () => {
    const { userId, token } = await createUserWithToken(server)
    const data = stepSamples('2024-01-05T10:00:00Z', 3)
    await send(server, token, 'steps', data)
    await server.context.pool.query('delete from changed_day where user_id = $1', [userId])
    await send(server, token, 'steps', data)
    const { rows } = await server.context.pool.query('select day from changed_day where user_id = $1', [userId])
    expect(rows).toEqual([])
  })
})

describe('Prefer: handling=lenient', () => {
  test('stores the good samples and lists the bad', async () => {
    const { userId, token } = await createUserWithToken(server)
    const data = stepSamples('2024-01-05T10:00:00Z', 5).map((sample, i) =>
      i === 4 ? { ...sample, value: -1 } : sample,
    )
    const answer = await send(server, token, 'steps', data, { prefer: 'respond-async, handling=lenient' })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('preference-applied')).toBe('handling=lenient')
    const rejected = [{ index: 4, field: 'value', reason: expect.any(String) }]
    expect(answer.body).toEqual({ inserted: 4, updated: 0, unchanged: 0, rejected })
    expect(await values(userId)).toHaveLength(4)
  })

  test('lists all of a thousand bad samples', async () => {
    const { token } = await createUserWithToken(server)
    const data = stepSamples('2024-01-05T10:00:00Z', 1000).map((sample) => ({ ...sample, value: 0, unit: 'x' }))
    const { body } = await send(server, token, 'steps', data, { prefer: 'handling=lenient' })
    expect(body).toMatchObject({ inserted: 0, updated: 0, unchanged: 0 })
    expect(body.rejected.map(({ index }: { index: number }) => index)).toEqual(
      Array.from({ length: 1000 }, (_, i) => i),
    )
  })
})

describe('statuses', () => {
  const json = (samples = 3) =>
    JSON.stringify({ data_type: 'steps', data: stepSamples('2024-01-05T10:00:00Z', samples) })
  const post = (
    token: string | undefined,
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
  ) =>
    call(server, 'POST', '/api/v1.1/samples', {
      ...(token === undefined ? {} : { token }),
      body,
      headers: { 'content-type': 'application/json', ...headers },
    })

  test.each<[number, string, string | Uint8Array<ArrayBuffer>, Record<string, string>]>([
    [400, 'not JSON', '{"data_type": "steps", ', {}],
    [400, 'an empty body', '', {}],
    [400, 'broken gzip', Uint8Array.from(Buffer.from('not gzip')), { 'content-encoding': 'gzip' }],
    [400, 'cut off gzip', Uint8Array.from(gzipSync(json()).subarray(0, 60)), { 'content-encoding': 'gzip' }],
    [413, 'a plain body over 2 MiB', `"${'x'.repeat(2 * 1024 * 1024)}"`, {}],
    [
      413,
      'a small gzip body that inflates over 2 MiB',
      Uint8Array.from(gzipSync('x'.repeat(50_000_000))),
      { 'content-encoding': 'gzip' },
    ],
    [415, 'another content type', json(), { 'content-type': 'text/plain' }],
    [415, 'a form', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }],
    [415, 'another encoding', json(), { 'content-encoding': 'br' }],
  ])('%i: %s', async (status, _, body, headers) => {
    const { token } = await createUserWithToken(server)
    const answer = await post(token, body, headers)
    expect(answer.status).toBe(status)
    expect(answer.body).toEqual({ error: { code: expect.stringMatching(/^[A-Z_]+$/), message: expect.any(String) } })
  })

  test('a body of just under 2 MiB is read', async () => {
    const { token } = await createUserWithToken(server)
    const padded = json() + ' '.repeat(2 * 1024 * 1024 - json().length)
    expect((await post(token, padded)).status).toBe(200)
  })

  test.each(['', 'Bearer', 'Bearer nonsense', `Bearer ${randomBytes(32).toString('base64url')}`, 'Basic dTpw'])(
    '401: authorization %j',
    async (authorization) => {
      const answer = await post(undefined, json(), { authorization })
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
      expect(answer.body.error.code).toBe('UNAUTHORIZED')
    },
  )

  test('401: an API key and a refresh token are no user tokens', async () => {
    const { refreshToken } = await createUserWithToken(server)
    expect((await post(server.keys.live, json())).status).toBe(401)
    expect((await post(refreshToken, json())).status).toBe(401)
  })

  test('401: expired', async () => {
    const { token } = await createUserWithToken(server)
    const hash = createHash('sha256').update(token).digest()
    await server.context.pool.query(`update user_token set expires_at = now() - interval '1 s' where hash = $1`, [hash])
    expect((await post(token, json())).status).toBe(401)
  })

  test('401: the provider was revoked', async () => {
    const { userId, token } = await createUserWithToken(server)
    await call(server, 'DELETE', `/user/${userId}/revoke?provider=apple`, { key: server.keys.live })
    expect((await post(token, json())).status).toBe(401)
  })

  test('401: the user was deleted', async () => {
    const { userId, token } = await createUserWithToken(server)
    await call(server, 'DELETE', `/user/${userId}`, { key: server.keys.live })
    expect((await post(token, json())).status).toBe(401)
  })

  test('422: more devices than a person has', async () => {
    const { token } = await createUserWithToken(server)
    const [sample] = stepSamples('2024-01-05T10:00:00Z', 1)
    const data = Array.from({ length: 101 }, (_, i) => ({ ...sample!, device_name: `device ${i}` }))
    const answer = await send(server, token, 'steps', data)
    expect(answer.status).toBe(422)
    expect(answer.body.error.code).toBe('TOO_MANY_DEVICES')
    expect((await send(server, token, 'steps', data.slice(1))).status).toBe(200)
  })
})

describe('X-Request-ID', () => {
  test("is the caller's when it is sane, and one of ours when not", async () => {
    const of = async (id: string) => {
      const answer = await call(server, 'POST', '/api/v1.1/samples', { headers: { 'x-request-id': id } })
      return answer.headers.get('x-request-id')
    }
    expect(await of('abc-123.x:y')).toBe('abc-123.x:y')
    expect(await of('a b')).toMatch(/^[\da-f-]{36}$/)
    expect(await of('x'.repeat(129))).toMatch(/^[\da-f-]{36}$/)
    expect(await of('"injected"')).toMatch(/^[\da-f-]{36}$/)
  })
})

async function values(userId: string): Promise<number[]> {
  const { rows } = await server.context.pool.query('select value from samples where user_id = $1 order by start_date', [
    userId,
  ])
  return rows.map((row) => row.value)
}
