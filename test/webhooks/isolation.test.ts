import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type BenchEndpoint, createEndpoint, insertBacklog } from '../../bench/deliveries/backlog.ts'
import { type Dispatcher, startDispatcher } from '../../src/webhooks/dispatcher.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { type Quiet, startWithoutWorker } from '../support/without-worker.ts'

let quiet: Quiet
let dispatcher: Dispatcher
let healthy: Receiver
let hanging: Receiver

beforeEach(async () => {
  quiet = await startWithoutWorker()
  dispatcher = startDispatcher(quiet.context)
  healthy = await startReceiver()
  hanging = await startReceiver(() => undefined)
})
afterEach(async () => {
  await dispatcher.stop(0)
  await quiet.stop()
  await Promise.all([healthy.stop(), hanging.stop()])
})

async function endpointWith(receiver: Receiver, count: number, status = 'pending'): Promise<BenchEndpoint> {
  const { pool, config } = quiet.context
  // Each by a path of its own, to tell them apart.
  const endpoint = await createEndpoint(pool, config.dataDir, `${receiver.url}/${randomUUID()}`)
  await insertBacklog(pool, endpoint, count, 10)
  if (status === 'retry') {
    await pool.query(`update delivery set status = 'retry', attempt_count = 1 where endpoint_id = $1`, [endpoint.id])
  }
  return endpoint
}

const underWay = async (endpoint: BenchEndpoint) => {
  const { rows } = await quiet.context.pool.query(
    `select count(*)::int as count from delivery where endpoint_id = $1 and status = 'sending'`,
    [endpoint.id],
  )
  return rows[0].count
}

test('one endpoint has at most 50 first attempts under way, and 10 retries', async () => {
  const first = await endpointWith(hanging, 80)
  const retry = await endpointWith(hanging, 80, 'retry')
  dispatcher.wake()
  await expect.poll(() => hanging.received.length).toBe(60)
  dispatcher.wake()
  dispatcher.wake({ isSweep: true })
  await endpointWith(healthy, 1)
  dispatcher.wake()
  await healthy.waitFor(() => true)
  expect([await underWay(first), await underWay(retry)]).toEqual([50, 10])
  expect(hanging.received).toHaveLength(60)
})

test('one that has been failing has at most 4, and 1 retry, until it accepts something', async () => {
  const failing = await endpointWith(hanging, 80)
  const retrying = await endpointWith(hanging, 80, 'retry')
  const recovering = await endpointWith(healthy, 80)
  await quiet.context.pool.query('update webhook_endpoint set failing_since = now()')
  dispatcher.wake()
  await expect.poll(() => healthy.received.length).toBe(80)
  await expect.poll(() => underWay(recovering)).toBe(0)
  expect([await underWay(failing), await underWay(retrying)]).toEqual([4, 1])
  const { rows } = await quiet.context.pool.query(`select url from webhook_endpoint where failing_since is null`)
  expect(rows.map(({ url }) => url.startsWith(healthy.url))).toEqual([true])
})

test('many that hang leave room for others', async () => {
  for (let i = 0; i < 12; i++) await endpointWith(hanging, 60)
  dispatcher.wake()
  await expect.poll(() => hanging.received.length).toBeGreaterThan(300)
  await endpointWith(healthy, 30)
  dispatcher.wake()
  await expect.poll(() => healthy.received.length).toBe(30)
  expect(hanging.received.length).toBeLessThan(400)
})

test('retries that hang do not keep first attempts waiting', async () => {
  for (let i = 0; i < 12; i++) await endpointWith(hanging, 20, 'retry')
  dispatcher.wake()
  await expect.poll(() => hanging.received.length).toBeGreaterThan(80)
  await endpointWith(healthy, 1)
  dispatcher.wake()
  await healthy.waitFor(() => true)
})

test('endpoints take turns: one message does not wait for the thousand of another', async () => {
  await endpointWith(healthy, 1000)
  const small = await startReceiver(() => undefined)
  await endpointWith(small, 1)
  small.handle = (_, response) => {
    before = healthy.received.length
    response.writeHead(200).end()
  }
  let before = Infinity
  dispatcher.wake()
  await expect.poll(() => healthy.received.length).toBe(1000)
  expect(before).toBeLessThan(100)
  await dispatcher.settle()
  await small.stop()
})

test('a backlog is worked off without another wake-up, each once', async () => {
  await endpointWith(healthy, 700)
  await endpointWith(healthy, 130, 'retry')
  dispatcher.wake()
  await dispatcher.settle()
  expect(new Set(healthy.received.map(({ headers }) => headers['webhook-id'])).size).toBe(830)
  expect(healthy.received).toHaveLength(830)
  const { rows } = await quiet.context.pool.query(
    `select status, attempt_count, count(*)::int from delivery group by 1, 2 order by 2`,
  )
  expect(rows).toEqual([
    { status: 'delivered', attempt_count: 1, count: 700 },
    { status: 'delivered', attempt_count: 2, count: 130 },
  ])
})
