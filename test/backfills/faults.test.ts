import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startBackfiller } from '../../src/backfills/backfiller.ts'
import { readAccessToken } from '../../src/connect/access-tokens.ts'
import { requireConfigured } from '../../src/connect/live-providers.ts'
import { revokeConsents } from '../../src/connect/revoke-consents.ts'
import { closeContext, openContext } from '../../src/context.ts'
import { call, stepSamples } from '../support/api.ts'
import { connectUser } from '../support/connecting.ts'
import { replaceOura } from '../support/oauth-provider.ts'
import { type OAuthServer, startOAuthServer } from '../support/oauth-server.ts'
import { startServer, type TestServer } from '../support/server.ts'

beforeAll(replaceOura)

let provider: OAuthServer
let server: TestServer
let ahead = 0

beforeAll(async () => {
  provider = await startOAuthServer()
  // Without a worker: days are read when the test says so.
  const now = () => new Date(Date.now() + ahead)
  server = await startServer({ environment: provider.environment, worker: false, now })
})
afterAll(async () => {
  await server.stop()
  await provider.stop()
})
afterEach(async () => {
  ahead = 0
  provider.lifetimeSeconds = 3600
  for (const path of ['/v1/days', '/oauth/token', '/oauth/revoke']) provider.answer(path, undefined)
  await server.context.pool.query('delete from app_user')
  await server.context.pool.query('delete from provider_revocation')
})

const today = new Date().toISOString().slice(0, 10)

const backfillOf = async (userId: string) =>
  (await call(server, 'GET', `/user/${userId}/backfills`, { key: server.keys.live })).body.data[0]

const connectedOf = async (userId: string) =>
  (await call(server, 'GET', `/user/${userId}/connected-providers`, { key: server.keys.live })).body.connectedProviders

/** Reads what is due, as one process does, until nothing is. */
async function work(context = server.context) {
  const backfiller = startBackfiller(context)
  backfiller.wake()
  await backfiller.settle()
  await backfiller.stop(0)
}

const stepsOf = (day: string) => [{ dataType: 'steps' as const, samples: stepSamples(`${day}T08:00:00Z`, 1) }]
const countOf = (path: string) => provider.counts.get(path) ?? 0

/** The grant of a user, as the code has it. */
async function grantOf(userId: string) {
  const { rows } = await server.context.pool.query('select id from provider_grant where user_id = $1', [userId])
  return { id: rows[0].id as string, userId, provider: 'oura' as const }
}

test('429 waits as long as the provider says, and holds nobody', async () => {
  const { userId } = await connectUser(server)
  provider.answer('/v1/days', () => ({ status: 429, headers: { 'retry-after': '90' } }))
  await work()
  const backfill = await backfillOf(userId)
  expect(backfill).toMatchObject({ status: 'waiting', days_done: 0, error: expect.stringContaining('429') })
  const waits = Date.parse(backfill.next_attempt_at) - Date.parse(backfill.updated_at)
  expect(waits).toBe(90_000)
  const asked = countOf('/v1/days')
  await work()
  expect(countOf('/v1/days')).toBe(asked)
  provider.answer('/v1/days', undefined)
  ahead = 91_000
  await work()
  const done = await backfillOf(userId)
  expect(done).toMatchObject({ status: 'done', days_done: 30 })
  expect(done.error).toBeUndefined()
})

test.each([
  ['500', { status: 500 }],
  ['half a page', { headers: { 'content-type': 'application/json' }, text: '{"batches": [{"dataType": "steps"' }],
])('%s is tried again, later each time, and then said to be failed', async (_, answer) => {
  const { userId } = await connectUser(server)
  provider.answer('/v1/days', () => answer)
  const delays: number[] = []
  for (let attempt = 0; attempt < 12; attempt++) {
    await work()
    const { next_attempt_at: next, updated_at: at, status } = await backfillOf(userId)
    if (status === 'failed') break
    delays.push(Date.parse(next) - Date.parse(at))
    ahead += delays.at(-1)! + 1
  }
  expect(delays).toHaveLength(11)
  expect(delays[0]).toBeLessThan(20_000)
  expect(delays[4]).toBeGreaterThan(150_000)
  expect(Math.max(...delays)).toBeLessThanOrEqual(3600 * 1200)
  const failed = await backfillOf(userId)
  expect(failed.error).toMatch(/could not be read: .*\. Ask for these days again/)
  expect(await connectedOf(userId)).toEqual(['oura'])
})

test('a process that dies in the middle is made up for, from where it was, and stores nothing afterwards', async () => {
  const { userId } = await connectUser(server)
  let days = 0
  const [asked, answering] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  provider.answer('/v1/days', async ({ url }) => {
    if (++days === 8) {
      asked.resolve()
      await answering.promise
    }
    return { body: { batches: stepsOf(url.searchParams.get('day')!) } }
  })
  const dying = startBackfiller(server.context)
  dying.wake()
  await asked.promise
  expect(await backfillOf(userId)).toMatchObject({ status: 'running', days_done: 7 })
  await work()
  expect((await backfillOf(userId)).days_done).toBe(7)

  // The lease has run out: another takes it over, whatever the first one does.
  ahead = 31_000
  await work()
  const done = await backfillOf(userId)
  expect(done).toMatchObject({ status: 'done', days_done: 30, samples: 30 })
  answering.resolve()
  await dying.settle()
  expect(await backfillOf(userId)).toEqual(done)
  await dying.stop(0)
})

test('a stop gives the day back at once', async () => {
  const { userId } = await connectUser(server)
  const hanging = Promise.withResolvers<void>()
  provider.answer('/v1/days', () => {
    hanging.resolve()
    return { hangs: true }
  })
  const stopping = startBackfiller(server.context)
  stopping.wake()
  await hanging.promise
  await stopping.stop(0)
  provider.answer('/v1/days', undefined)
  await work()
  expect(await backfillOf(userId)).toMatchObject({ status: 'done' })
})

test('what is read while the person disconnects is not stored, nor after connecting anew', async () => {
  const { userId, headers } = await connectUser(server)
  const asked = Promise.withResolvers<void>()
  const answering = Promise.withResolvers<void>()
  provider.daysOf = stepsOf
  const send = answerLater(asked, answering)
  provider.answer('/v1/days', send)
  const working = work()
  await asked.promise
  expect((await call(server, 'DELETE', '/connect/user/providers/oura', { headers })).status).toBe(200)
  answering.resolve()
  await working
  const { rows } = await server.context.pool.query('select * from sample_day where user_id = $1', [userId])
  expect(rows).toEqual([])
  expect(await connectedOf(userId)).toEqual([])
})

/** Answers once the test says so. */
function answerLater(asked: PromiseWithResolvers<void>, answering: PromiseWithResolvers<void>) {
  return async ({ url }: { url: URL }) => {
    asked.resolve()
    await answering.promise
    return { body: { batches: stepsOf(url.searchParams.get('day')!) } }
  }
}

test('a token is refreshed before it ends, and once more when the provider does not take it', async () => {
  const { userId } = await connectUser(server)
  const before = countOf('/oauth/token')
  ahead = 3600_000 - 4 * 60_000
  await work()
  expect(countOf('/oauth/token')).toBe(before + 1)
  expect(await backfillOf(userId)).toMatchObject({ status: 'done' })

  provider.expireTokens()
  const json = { provider: 'oura', from: today, to: today }
  await call(server, 'POST', `/user/${userId}/backfills`, { key: server.keys.live, json })
  await work()
  expect(countOf('/oauth/token')).toBe(before + 2)
  expect(await backfillOf(userId)).toMatchObject({ reason: 'requested', status: 'done' })
})

test('two processes that need a token at once make one request for it', async () => {
  const { userId } = await connectUser(server)
  const other = await openContext(server.context.config, server.databaseUrl)
  try {
    const configured = requireConfigured(server.context.config, 'oura')
    const grant = await grantOf(userId)
    const late = () => new Date(Date.now() + 3_600_000)
    const contexts = [server.context, other].map((context) => ({
      ...context,
      secrets: server.context.secrets,
      now: late,
    }))
    const before = countOf('/oauth/token')
    const tokens = await Promise.all(
      Array.from({ length: 10 }, (_, index) => readAccessToken(contexts[index % 2]!, configured, grant)),
    )
    expect(countOf('/oauth/token')).toBe(before + 1)
    expect(new Set(tokens).size).toBe(1)
  } finally {
    await closeContext(other)
  }
})

test('a refresh that fails leaves a token in use that is still good', async () => {
  const { userId } = await connectUser(server)
  ahead = 3600_000 - 4 * 60_000
  provider.answer('/oauth/token', () => ({ status: 503 }))
  const configured = requireConfigured(server.context.config, 'oura')
  expect(await readAccessToken(server.context, configured, await grantOf(userId))).toMatch(/^access-/)
})

test.each([
  ['a consent that the provider has forgotten', () => provider.forgetConsents(), 1],
  ['a fresh token that is not taken', () => provider.answer('/v1/days', () => ({ status: 401, body: {} })), 2],
])('%s disconnects, and is told of', async (_, forget, refreshes) => {
  const { userId } = await connectUser(server)
  provider.expireTokens()
  const before = countOf('/oauth/token')
  forget()
  await work()
  expect(countOf('/oauth/token')).toBe(before + refreshes)
  expect(await connectedOf(userId)).toEqual([])
  const { rows } = await server.context.pool.query(
    `select data from event where user_id = $1 and type = 'devices.provider-disconnected'`,
    [userId],
  )
  expect(rows).toEqual([{ data: { providers: ['oura'], connectedProviders: [] } }])
})

test('a token that somebody else got, and that ended since, is no reason to disconnect', async () => {
  const { userId } = await connectUser(server)
  let refused = 0
  provider.answer('/v1/days', () => {
    if (++refused === 2) provider.answer('/v1/days', undefined)
    return { status: 401, body: {} }
  })
  await work()
  expect(refused).toBe(2)
  expect(await connectedOf(userId)).toEqual(['oura'])
  expect(await backfillOf(userId)).toMatchObject({ status: 'done' })
})

test("a wrong client secret disconnects nobody: it is the operator's to mend", async () => {
  const { userId } = await connectUser(server)
  provider.expireTokens()
  provider.answer('/oauth/token', () => ({ status: 401, body: { error: 'invalid_client' } }))
  await work()
  expect(await backfillOf(userId)).toMatchObject({
    status: 'waiting',
    error: expect.stringContaining('invalid_client'),
  })
  expect(await connectedOf(userId)).toEqual(['oura'])
})

test.each(['disconnected', 'deleted'])('the consent of a user who is %s is given back', async (how) => {
  const { userId, headers } = await connectUser(server)
  const before = provider.revoked.length
  if (how === 'deleted') await call(server, 'DELETE', `/user/${userId}`, { key: server.keys.live })
  else await call(server, 'DELETE', '/connect/user/providers/oura', { headers })
  provider.answer('/oauth/revoke', () => ({ status: 500 }))
  ahead = 1000
  await revokeConsents(server.context, new AbortController().signal)
  expect(provider.revoked).toHaveLength(before)
  provider.answer('/oauth/revoke', undefined)
  ahead = 11 * 60_000
  await revokeConsents(server.context, new AbortController().signal)
  expect(provider.revoked.slice(before)).toEqual([expect.stringMatching(/^refresh-/)])
})

test("a consent that another of the person's connections is still under is not given back", async () => {
  const { headers } = await connectUser(server)
  await connectUser(server)
  const before = provider.revoked.length
  await call(server, 'DELETE', '/connect/user/providers/oura', { headers })
  ahead = 1000
  await revokeConsents(server.context, new AbortController().signal)
  expect(provider.revoked).toHaveLength(before)
  const { rows } = await server.context.pool.query('select * from provider_revocation')
  expect(rows).toEqual([])
})

test('a slow user does not keep another waiting', async () => {
  const first = await connectUser(server)
  const second = await connectUser(server)
  let hung = 0
  provider.answer('/v1/days', ({ headers }) => {
    hung++
    return hung === 1 ? { hangs: true } : { body: { batches: [] }, headers: { from: String(headers.host) } }
  })
  const backfiller = startBackfiller(server.context)
  backfiller.wake()
  await expect
    .poll(async () => [(await backfillOf(first.userId)).status, (await backfillOf(second.userId)).status].toSorted())
    .toEqual(['done', 'running'])
  await backfiller.stop(0)
})
