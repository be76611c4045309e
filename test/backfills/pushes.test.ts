import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureSubscriptions } from '../../src/backfills/ensure-subscriptions.ts'
import { dateAfter } from '../../src/zones.ts'
import { call } from '../support/api.ts'
import { connectUser } from '../support/connecting.ts'
import { replaceOura } from '../support/oauth-provider.ts'
import { type OAuthServer, startOAuthServer } from '../support/oauth-server.ts'
import { startServer, type TestServer } from '../support/server.ts'

beforeAll(replaceOura)

let provider: OAuthServer
let server: TestServer
let secret: string

beforeAll(async () => {
  provider = await startOAuthServer()
  server = await startServer({ environment: provider.environment, worker: false })
  const { config } = server.context
  await ensureSubscriptions({ ...server.context, config: { ...config, publicUrl: server.url } })
  secret = JSON.parse(provider.bodies.at(-1)!).pushSecret
})
afterAll(async () => {
  await server.stop()
  await provider.stop()
})

const today = new Date().toISOString().slice(0, 10)

const push = (json: object, signature = secret) =>
  call(server, 'POST', '/providers/oura/push', { json, headers: { 'x-signature': signature } })

const changed = (from: string, to = from, externalUserId = provider.personId) => ({
  status: 202,
  body: { thanks: true },
  changed: [{ externalUserId, from, to }],
})

/** Those that are not of the connection itself, the oldest first. */
const pushedOf = async (userId: string) => {
  const { body } = await call(server, 'GET', `/user/${userId}/backfills`, { key: server.keys.live })
  return body.data
    .filter(({ reason }: any) => reason === 'push')
    .map(({ from, to }: any) => [from, to])
    .toReversed()
}

/** Connected, and read up to now. */
async function newUser() {
  const { userId } = await connectUser(server)
  await server.context.pool.query(
    `update backfill set status = 'done', next_day = from_day - 1, next_at = null where user_id = $1`,
    [userId],
  )
  return userId
}

test('the subscription names our callback, and is looked at once', async () => {
  expect(JSON.parse(provider.bodies.at(-1)!)).toEqual({
    callbackUrl: `${server.url}/providers/oura/push`,
    pushSecret: secret,
  })
  const { config } = server.context
  await ensureSubscriptions({ ...server.context, config: { ...config, publicUrl: server.url } })
  expect(provider.counts.get('/v1/subscriptions')).toBe(1)
})

test('a push asks for its days; those that come together, or twice, are read once', async () => {
  const userId = await newUser()
  const { status, body } = await push(changed(today))
  expect([status, body]).toEqual([202, { thanks: true }])
  await push(changed(today))
  await push(changed(dateAfter(today, -2), dateAfter(today, -1)))
  expect(await pushedOf(userId)).toEqual([[dateAfter(today, -2), today]])
})

test('a push while its day is being read has it read again', async () => {
  const userId = await newUser()
  await push(changed(today))
  await server.context.pool.query(`update backfill set status = 'running' where user_id = $1 and reason = 'push'`, [
    userId,
  ])
  await push(changed(today))
  expect(await pushedOf(userId)).toEqual([
    [today, today],
    [today, today],
  ])
})

test('days to come and days of long ago are left out', async () => {
  const userId = await newUser()
  await push(changed('2001-01-01', '2199-01-01'))
  await push(changed(dateAfter(today), dateAfter(today, 9)))
  expect(await pushedOf(userId)).toEqual([[dateAfter(today, -30), today]])
})

test('a forged push, one of nobody, and one to a provider without pushes ask for nothing', async () => {
  const userId = await newUser()
  expect((await push(changed(today), 'x'.repeat(43))).status).toBe(401)
  const unsigned = await call(server, 'POST', '/providers/oura/push', { json: changed(today) })
  expect(unsigned.status).toBe(401)
  expect((await push(changed(today, today, 'somebody-else'))).status).toBe(202)
  expect((await call(server, 'POST', '/providers/garmin/push', { json: {} })).status).toBe(404)
  expect((await call(server, 'POST', '/providers/nobody/push', { json: {} })).status).toBe(422)
  const large = await call(server, 'POST', '/providers/oura/push', { body: 'x'.repeat(300_000) })
  expect(large.status).toBe(413)
  expect(await pushedOf(userId)).toEqual([])
})

test('a push of several users of one person asks for all of them', async () => {
  const [first, second] = [await newUser(), await newUser()]
  await push(changed(today))
  expect(await pushedOf(first)).toEqual([[today, today]])
  expect(await pushedOf(second)).toEqual([[today, today]])
})

test('a push can say that a consent is gone', async () => {
  const userId = await newUser()
  await push({ status: 204, changed: [], revoked: [provider.personId] })
  const { body } = await call(server, 'GET', `/user/${userId}/connected-providers`, { key: server.keys.live })
  expect(body).toEqual({ connectedProviders: [] })
})

test('a provider that asks whether this is the endpoint is answered as it wants', async () => {
  const { status, body } = await call(server, 'GET', '/providers/oura/push?challenge=abc')
  expect([status, body]).toEqual([200, { challenge: 'abc' }])
})
