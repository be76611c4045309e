import { afterAll, beforeAll, expect, test } from 'vitest'
import { createUserWithToken } from '../support/api.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { type Quiet, startWithoutWorker } from '../support/without-worker.ts'

let quiet: Quiet
let receiver: Receiver

beforeAll(async () => {
  quiet = await startWithoutWorker()
  receiver = await startReceiver()
})
afterAll(async () => {
  await quiet.stop()
  await receiver.stop()
})

const endpoints = async () => (await quiet.context.pool.query('select url, enabled from webhook_endpoint')).rows

async function waitingDelivery(): Promise<string> {
  const { userId } = await createUserWithToken(quiet.server)
  const [delivery] = await quiet.deliveries(userId)
  return delivery!.id
}

test('after 410 nothing is sent: what waits and what comes is held, until a URL is set', async () => {
  const gone = await startReceiver((_, response) => void response.writeHead(410).end())
  await quiet.setUrl(gone.url)
  const first = await waitingDelivery()
  await waitingDelivery()
  await quiet.attempt(first)
  expect(await endpoints()).toEqual([{ url: gone.url, enabled: false }])
  const held = { status: 'held', next_at: null, lease_token: null }
  expect(await quiet.deliveries()).toEqual([
    expect.objectContaining({ ...held, type: 'ping', attempt_count: 0 }),
    expect.objectContaining({ ...held, attempt_count: 1 }),
    expect.objectContaining({ ...held, attempt_count: 0 }),
  ])
  await waitingDelivery()
  const all = await quiet.deliveries()
  expect(all.map(({ status }) => status)).toEqual(['held', 'held', 'held', 'held'])
  for (const { id } of all) await quiet.attempt(id)
  expect(gone.received).toHaveLength(1)

  await quiet.context.pool.query(`update delivery set attempt_count = 9 where id = $1`, [first])
  await quiet.setUrl(receiver.url)
  // Its schedule begins anew: one failure of the new URL does not exhaust it.
  expect((await quiet.context.pool.query('select attempts_before from delivery where id = $1', [first])).rows).toEqual([
    { attempts_before: 9 },
  ])
  for (const { id } of await quiet.deliveries()) await quiet.attempt(id)
  const after = await quiet.deliveries()
  expect(after.map(({ type, status }) => `${type} ${status}`)).toEqual([
    'ping cancelled',
    'devices.provider-connected delivered',
    'devices.provider-connected delivered',
    'devices.provider-connected delivered',
    'ping delivered',
  ])
  await gone.stop()
})

test('a delivery that still waits for a disabled endpoint is held, not sent', async () => {
  await quiet.setUrl(receiver.url)
  const delivery = await waitingDelivery()
  await quiet.context.pool.query('update webhook_endpoint set enabled = false')
  const before = receiver.received.length
  await quiet.sweep()
  expect(receiver.received).toHaveLength(before)
  expect(await quiet.deliveries()).toContainEqual(expect.objectContaining({ id: delivery, status: 'held' }))
})

test('a 410 from the URL before does not disable the new one', async () => {
  const gone = await startReceiver(async (_, response) => {
    await quiet.setUrl(receiver.url)
    response.writeHead(410).end()
  })
  await quiet.setUrl(gone.url)
  const [first, second] = [await waitingDelivery(), await waitingDelivery()]
  await quiet.attempt(first)
  expect(gone.received).toHaveLength(1)
  expect(await endpoints()).toEqual([{ url: receiver.url, enabled: true }])
  expect(await quiet.deliveries()).toContainEqual(expect.objectContaining({ id: first, status: 'retry' }))
  await quiet.attempt(second)
  expect(await quiet.deliveries()).toContainEqual(expect.objectContaining({ id: second, status: 'delivered' }))
  await gone.stop()
})

test('a 410 to an attempt whose lease has passed on changes nothing', async () => {
  const gone = await startReceiver(async (_, response) => {
    await quiet.context.pool.query(`update delivery set lease_token = gen_random_uuid() where status = 'sending'`)
    response.writeHead(410).end()
  })
  await quiet.setUrl(gone.url)
  const [first, second] = [await waitingDelivery(), await waitingDelivery()]
  await quiet.attempt(first)
  expect(gone.received).toHaveLength(1)
  expect(await endpoints()).toEqual([{ url: gone.url, enabled: true }])
  const after = await quiet.deliveries()
  expect(after).toContainEqual(expect.objectContaining({ id: first, status: 'sending', attempt_count: 0 }))
  expect(after).toContainEqual(expect.objectContaining({ id: second, status: 'pending' }))
  const { rows } = await quiet.context.pool.query('select from attempt where delivery_id = $1', [first])
  expect(rows).toEqual([])
  await gone.stop()
})
