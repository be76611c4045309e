import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startBackfiller } from '../../src/backfills/backfiller.ts'
import { readAccessToken } from '../../src/connect/access-tokens.ts'
import { requireConfigured } from '../../src/connect/live-providers.ts'
import { fetchProvider, readJson } from '../../src/connect/provider-http.ts'
import { call, stepSamples } from '../support/api.ts'
import { agree, begin, comeBack, connectUser, newConnectToken } from '../support/connecting.ts'
import { replaceOura } from '../support/oauth-provider.ts'
import { type OAuthServer, startOAuthServer } from '../support/oauth-server.ts'
import { startServer, type TestServer } from '../support/server.ts'

beforeAll(replaceOura)

let provider: OAuthServer
let server: TestServer
let ahead = 0

beforeAll(async () => {
  provider = await startOAuthServer()
  const now = () => new Date(Date.now() + ahead)
  server = await startServer({ worker: false, environment: provider.environment, now })
})
afterAll(async () => {
  await server.stop()
  await provider.stop()
})
afterEach(async () => {
  ahead = 0
  for (const path of ['/oauth/token', '/v1/person', '/v1/days']) provider.answer(path, undefined)
  await server.context.pool.query('delete from app_user')
})

const connectedOf = async (userId: string) =>
  (await call(server, 'GET', `/user/${userId}/connected-providers`, { key: server.keys.live })).body.connectedProviders

async function dance() {
  const { userId, headers } = await newConnectToken(server)
  const callback = await agree((await begin(server, headers)).body)
  return { userId, headers, callback, finish: async () => (await comeBack(server, callback)).headers.get('location') }
}

const CONNECTED = '/widget/?result=connected&provider=oura'
const FAILED = '/widget/?result=failed&provider=oura'

const gives = (more: object) => () => ({ body: { access_token: 'access-4711', token_type: 'bearer', ...more } })

test.each([
  ['an access token with a line in it', { access_token: 'access-4711\r\nx-injected: 1' }],
  ['an access token that no header can carry', { access_token: 'access-4711 \u2713' }],
  ['a refresh token with NUL', { refresh_token: 'access-4711\0' }],
])('a token endpoint that gives %s connects nothing, and the token is not logged', async (_, more) => {
  const { userId, finish } = await dance()
  provider.answer('/oauth/token', gives(more))
  expect(await finish()).toBe(FAILED)
  expect(await connectedOf(userId)).toEqual([])
  expect(server.logged.join('\n')).not.toContain('4711')
})

test.each([
  ['NUL', 'days a\0b', ['days']],
  ['no end', 'days '.repeat(300_000), Array.from({ length: 100 }, () => 'days')],
])('of scopes with %s, what can be stored is kept', async (_, scope, kept) => {
  const { userId, finish } = await dance()
  provider.accept('access-4711')
  provider.answer('/oauth/token', gives({ scope }))
  expect(await finish()).toBe(CONNECTED)
  const { rows } = await server.context.pool.query('select scopes from provider_grant where user_id = $1', [userId])
  expect(rows[0].scopes).toEqual(kept)
})

test.each([
  ['NUL in it', 'a\0b'],
  ['no end', 'x'.repeat(1_000_000)],
  ['another type', 4],
  ['nothing in it', undefined],
])('a person whose id has %s is brought back, and not connected', async (_, id) => {
  const { userId, finish } = await dance()
  provider.answer('/v1/person', () => ({ body: { id } }))
  expect(await finish()).toBe(FAILED)
  expect(await connectedOf(userId)).toEqual([])
})

test('an answer that unfolds to more than an answer may be is broken off', async () => {
  const folded = gzipSync(Buffer.alloc(40_000_000, ' '))
  expect(folded.length).toBeLessThan(100_000)
  provider.answer('/oauth/token', () => ({ headers: { 'content-encoding': 'gzip' }, bytes: folded }))
  const answer = await fetchProvider(`${provider.url}/oauth/token`)
  await expect(readJson(answer)).rejects.toMatchObject({
    kind: 'unavailable',
    message: expect.stringContaining('long'),
  })
  const { userId, finish } = await dance()
  expect(await finish()).toBe(FAILED)
  expect(await connectedOf(userId)).toEqual([])
})

test('a request that only looks whether the callback is there uses nothing up', async () => {
  const { userId, callback, finish } = await dance()
  expect((await fetch(callback, { method: 'HEAD', redirect: 'manual' })).status).toBe(404)
  expect(await connectedOf(userId)).toEqual([])
  expect(await finish()).toBe(CONNECTED)
})

/** Answers when the test says so. */
function answerLater(path: string, body: unknown) {
  const [asked, answering] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  provider.answer(path, async () => {
    asked.resolve()
    await answering.promise
    return { body }
  })
  return { asked: asked.promise, release: answering.resolve }
}

const remove = (userId: string) => call(server, 'DELETE', `/user/${userId}`, { key: server.keys.live })
const failures = () => server.logged.filter((line) => JSON.parse(line).level >= 50)

test('a user who is deleted in the middle of the callback leaves nothing here, and nothing there', async () => {
  const { userId, finish } = await dance()
  const held = answerLater('/v1/person', { id: 'somebody-once' })
  const finishing = finish()
  await held.asked
  const revoked = provider.revoked.length
  expect((await remove(userId)).status).toBe(200)
  held.release()
  expect(await finishing).toBe(FAILED)
  expect(provider.revoked.slice(revoked)).toEqual([expect.stringMatching(/^refresh-/)])
})

test('a user who is deleted in the middle of a backfill leaves nothing, and no error', async () => {
  const { userId } = await connectUser(server)
  const today = new Date().toISOString().slice(0, 10)
  const steps = { dataType: 'steps', samples: stepSamples(`${today}T00:00:00Z`, 1) }
  const held = answerLater('/v1/days', { batches: [steps] })
  const backfiller = startBackfiller(server.context)
  backfiller.wake()
  await held.asked
  const before = failures().length
  expect((await remove(userId)).status).toBe(200)
  held.release()
  await backfiller.settle()
  await backfiller.stop(0)
  for (const table of ['sample_day', 'backfill', 'provider_grant']) {
    const { rows } = await server.context.pool.query(`select * from ${table} where user_id = $1`, [userId])
    expect(rows).toEqual([])
  }
  expect(failures()).toHaveLength(before)
})

test('two who refresh because one of them was slow disconnect nobody, whoever comes first', async () => {
  const { userId } = await connectUser(server)
  const { pool } = server.context
  const { rows } = await pool.query('select id from provider_grant where user_id = $1', [userId])
  const grant = { id: rows[0].id as string, userId, provider: 'oura' as const }
  const configured = requireConfigured(server.context.config, 'oura')
  ahead = 3_600_000
  const held = answerLater('/oauth/token', { access_token: 'access-slow', refresh_token: 'r', token_type: 'bearer' })
  const slow = readAccessToken(server.context, configured, grant)
  await held.asked
  // The lease of the slow one has run out. The other is told that the refresh token is used up.
  ahead += 61_000
  const [asked, refusing] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  provider.answer('/oauth/token', async () => {
    asked.resolve()
    await refusing.promise
    return { status: 400, body: { error: 'invalid_grant' } }
  })
  const other = readAccessToken(server.context, configured, grant)
  await asked.promise
  held.release()
  expect(await slow).toBe('access-slow')
  refusing.resolve()
  expect(await other).toBe('access-slow')
})

test('a stop does not wait for a token that somebody else refreshes', async () => {
  const { userId } = await connectUser(server)
  const { rows } = await server.context.pool.query(
    `update provider_grant set expires_at = now(), refresh_until = now() + interval '1 minute' where user_id = $1 returning id`,
    [userId],
  )
  const stopping = new AbortController()
  const grant = { id: rows[0].id as string, userId, provider: 'oura' as const }
  const configured = requireConfigured(server.context.config, 'oura')
  const waiting = readAccessToken(server.context, configured, grant, { signal: stopping.signal })
  stopping.abort()
  await expect(waiting).rejects.toThrow('abort')
})
