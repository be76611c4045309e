import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call, createUserWithToken, send, stepSamples } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let skewMs = 0

beforeAll(async () => {
  server = await startServer({ worker: false, now: () => new Date(Date.now() + skewMs) })
})
afterAll(() => server.stop())

const works = async (token: string) =>
  (await send(server, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 3))).status === 200

const refresh = (refreshToken: string) =>
  call(server, 'POST', '/oauth/token', {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken }).toString(),
  })

const connectToken = async (userId: string) =>
  (await call(server, 'GET', `/user/connect/token?userId=${userId}`, { key: server.keys.live })).body.token

describe('ways to a user token', () => {
  test('a partner mints one with its key', async () => {
    const { body: user } = await call(server, 'POST', '/user?appUserId=minted', { key: server.keys.live })
    const minted = await call(server, 'POST', `/user/${user.userId}/token?provider=apple`, { key: server.keys.live })
    expect(minted.status).toBe(200)
    expect(minted.body).toEqual({
      access_token: expect.stringMatching(/^[\w-]{43}$/),
      refresh_token: expect.stringMatching(/^[\w-]{43}$/),
      token_type: 'Bearer',
      expires_in: 3600,
    })
    expect(minted.headers.get('cache-control')).toBe('no-store')
    expect(await works(minted.body.access_token)).toBe(true)
  })

  test('an app swaps its connect token, as often as it takes', async () => {
    const { body: user } = await call(server, 'POST', '/user?appUserId=swapped', { key: server.keys.live })
    const apiToken = await connectToken(user.userId)
    for (const provider of ['apple', 'google']) {
      const swapped = await call(server, 'POST', '/connect/token', {
        headers: { 'api-token': apiToken },
        json: { provider },
      })
      expect(swapped.status).toBe(200)
      expect(await works(swapped.body.access_token)).toBe(true)
    }
    const connected = await call(server, 'GET', `/user/${user.userId}/connected-providers`, { key: server.keys.live })
    expect(connected.body).toEqual({ connectedProviders: ['apple', 'google'] })
  })

  test('a connect token ends after 10 minutes', async () => {
    const { userId } = await createUserWithToken(server)
    const apiToken = await connectToken(userId)
    const swap = () =>
      call(server, 'POST', '/connect/token', { headers: { 'api-token': apiToken }, json: { provider: 'apple' } })
    skewMs = 599_000
    expect((await swap()).status).toBe(200)
    skewMs = 601_000
    expect((await swap()).status).toBe(401)
    skewMs = 0
  })

  test.each<[number, string, Record<string, string>, unknown]>([
    [401, 'no connect token', {}, { provider: 'apple' }],
    [401, 'an unknown one', { 'api-token': 'x' }, { provider: 'apple' }],
    [422, 'an unknown provider', { 'api-token': 'ok' }, { provider: 'polar' }],
    [422, 'no provider', { 'api-token': 'ok' }, {}],
  ])('%i: %s', async (status, _, headers, json) => {
    const { userId } = await createUserWithToken(server)
    if (headers['api-token'] === 'ok') headers['api-token'] = await connectToken(userId)
    const answer = await call(server, 'POST', '/connect/token', { headers, json })
    expect(answer.status).toBe(status)
    expect(answer.body.error.code).toEqual(status === 401 ? 'UNAUTHORIZED' : 'VALIDATION_ERROR')
  })

  test("another tenant's user, a malformed one, a client key", async () => {
    const { userId } = await createUserWithToken(server)
    const mint = (id: string, key: string) => call(server, 'POST', `/user/${id}/token?provider=apple`, { key })
    expect((await mint(userId, server.keys.sandbox)).status).toBe(404)
    expect((await mint('me', server.keys.live)).status).toBe(422)
    expect((await mint(userId, server.keys.client)).status).toBe(403)
    const connect = (id: string, key: string) => call(server, 'GET', `/user/connect/token?userId=${id}`, { key })
    expect((await connect(userId, server.keys.sandbox)).status).toBe(404)
    expect((await connect('me', server.keys.live)).status).toBe(400)
  })
})

describe('refresh', () => {
  test('rotates: the new pair works, and the old access token until it ends', async () => {
    const first = await createUserWithToken(server)
    const second = await refresh(first.refreshToken)
    expect(second.status).toBe(200)
    expect(second.headers.get('cache-control')).toBe('no-store')
    expect(second.body).toMatchObject({ token_type: 'Bearer', expires_in: 3600 })
    expect([await works(first.token), await works(second.body.access_token)]).toEqual([true, true])
    expect((await refresh(second.body.refresh_token)).status).toBe(200)
  })

  test('JSON is taken too', async () => {
    const { refreshToken } = await createUserWithToken(server)
    const json = { grant_type: 'refresh_token', refresh_token: refreshToken }
    expect((await call(server, 'POST', '/oauth/token', { json })).status).toBe(200)
  })

  test('a refresh token used twice ends its whole family, and no other', async () => {
    const first = await createUserWithToken(server)
    const other = await call(server, 'POST', `/user/${first.userId}/token?provider=apple`, { key: server.keys.live })
    const second = await refresh(first.refreshToken)
    const reused = await refresh(first.refreshToken)
    expect(reused.status).toBe(400)
    expect(reused.body).toEqual({ error: 'invalid_grant', error_description: expect.any(String) })
    expect([await works(first.token), await works(second.body.access_token)]).toEqual([false, false])
    expect((await refresh(second.body.refresh_token)).status).toBe(400)
    expect(await works(other.body.access_token)).toBe(true)
  })

  test('used twice at once: at most one succeeds, and the family is ended', async () => {
    const { token, refreshToken } = await createUserWithToken(server)
    const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(refreshToken)))
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
    for (const { status, body } of answers) if (status === 200) expect(await works(body.access_token)).toBe(false)
    expect(await works(token)).toBe(false)
  })

  test('access tokens end after an hour, refresh tokens after 90 days', async () => {
    const { token, refreshToken } = await createUserWithToken(server)
    skewMs = 3599_000
    expect(await works(token)).toBe(true)
    skewMs = 3601_000
    expect(await works(token)).toBe(false)
    skewMs = 90 * 86_400_000 + 1000
    expect((await refresh(refreshToken)).status).toBe(400)
    skewMs = 0
    expect((await refresh(refreshToken)).status).toBe(200)
  })

  test('an access token, an unknown token, and another grant are refused in the form of RFC 6749', async () => {
    const { token } = await createUserWithToken(server)
    expect((await refresh(token)).body.error).toBe('invalid_grant')
    expect((await refresh('unknown')).body.error).toBe('invalid_grant')
    const post = (json: unknown) => call(server, 'POST', '/oauth/token', { json })
    expect((await post({ grant_type: 'password' })).body.error).toBe('unsupported_grant_type')
    expect((await post({ grant_type: 'refresh_token' })).body.error).toBe('invalid_request')
    expect((await post({})).body.error).toBe('invalid_request')
    expect((await post([])).status).toBe(400)
  })

  test('revoking the provider ends its tokens at once, refresh tokens too; another provider goes on', async () => {
    const { userId, token, refreshToken } = await createUserWithToken(server)
    const google = await call(server, 'POST', `/user/${userId}/token?provider=google`, { key: server.keys.live })
    const revoked = await call(server, 'DELETE', `/user/${userId}/revoke?provider=apple`, { key: server.keys.live })
    expect(revoked.status).toBe(200)
    expect([await works(token), (await refresh(refreshToken)).status]).toEqual([false, 400])
    expect(await works(google.body.access_token)).toBe(true)
  })

  test('only hashes are stored', async () => {
    const { token, refreshToken } = await createUserWithToken(server)
    const { rows } = await server.context.pool.query('select to_jsonb(t)::text as row from user_token t')
    const stored = rows.map(({ row }) => row).join()
    for (const secret of [token, refreshToken]) {
      expect(stored).not.toContain(secret)
      expect(stored).not.toContain(Buffer.from(secret).toString('hex'))
    }
  })
})
