import { afterAll, beforeAll, expect, test } from 'vitest'
import { announceChanges } from '../../src/summaries/announce-changes.ts'
import { call, createUserWithToken, send, stepSamples } from '../support/api.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { type Quiet, startWithoutWorker } from '../support/without-worker.ts'

let quiet: Quiet
let receiver: Receiver

beforeAll(async () => {
  quiet = await startWithoutWorker()
  receiver = await startReceiver()
  await quiet.setUrl(receiver.url)
})
afterAll(async () => {
  await quiet.stop()
  await receiver.stop()
})

const deleteUser = (userId: string) => call(quiet.server, 'DELETE', `/user/${userId}`, { key: quiet.server.keys.live })

test('a deleted user is told to be disconnected, and nothing else of theirs goes out', async () => {
  const { userId, token } = await createUserWithToken(quiet.server, 'oura')
  await call(quiet.server, 'POST', `/user/${userId}/token?provider=apple`, { key: quiet.server.keys.live })
  await send(quiet.server, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 3))
  await announceChanges(quiet.context, [userId])
  const own = await quiet.deliveries(userId)
  expect(own.map(({ type }) => type)).toEqual([
    'devices.provider-connected',
    'devices.provider-connected',
    'devices.health-data',
  ])
  const other = await createUserWithToken(quiet.server)

  expect((await deleteUser(userId)).status).toBe(200)
  const left = await quiet.deliveries()
  expect(left.map(({ type, user_id }) => [type, user_id])).toEqual([
    ['ping', null],
    ['devices.provider-connected', other.userId],
    ['devices.provider-disconnected', null],
  ])
  const { rows } = await quiet.context.pool.query(
    `select from message where strpos(convert_from(body, 'UTF8'), $1) > 0`,
    [userId],
  )
  expect(rows).toHaveLength(1)

  for (const { id } of [...own, ...left]) await quiet.attempt(id)
  const told = receiver.received.map(({ body }) => body).filter(({ users }) => users?.[0].userId === userId)
  expect(told.map(({ meta }) => meta.type)).toEqual(['devices.provider-disconnected'])
  expect(told[0].users).toEqual([{ userId, providers: ['apple', 'oura'], connectedProviders: [] }])
})

test('a user without a provider goes without a word', async () => {
  const created = await call(quiet.server, 'POST', '/user?appUserId=lone', { key: quiet.server.keys.live })
  const before = await quiet.deliveries()
  expect((await deleteUser(created.body.userId)).status).toBe(200)
  expect(await quiet.deliveries()).toEqual(before)
})
