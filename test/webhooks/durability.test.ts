import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sweepChanges } from '../../src/summaries/sweep-changes.ts'
import type { DeliveryContext } from '../../src/webhooks/send-attempt.ts'
import { openSender } from '../../src/webhooks/sender.ts'
import { call, createUserWithToken, send, stepSamples } from '../support/api.ts'
import { answerLikeAPartner, type Receiver, startReceiver } from '../support/receiver.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { dispatch, noQueue, sweep as sweepDeliveries } from '../support/without-worker.ts'

const never = new AbortController().signal

/** No worker and no queue: what happens, happens because a sweeper read the tables. */
let server: TestServer
let receiver: Receiver
let context: DeliveryContext
let skewMs = 0

beforeAll(async () => {
  server = await startServer({ worker: false })
  receiver = await startReceiver()
  const sender = openSender(server.context.config.webhooks)
  context = { ...server.context, queue: noQueue, sender, now: () => new Date(Date.now() + skewMs) }
})
afterAll(async () => {
  await context.sender.close()
  await server.stop()
  await receiver.stop()
})

const setUrl = (webhookUrl: string) =>
  call(server, 'POST', '/settings', { key: server.keys.live, json: { webhookUrl } })

async function sweep(): Promise<void> {
  skewMs += 10_000
  await sweepChanges(context, never)
  await sweepDeliveries(context, () => {
    skewMs += 10_000
  })
}

async function deliveries(userId: string) {
  const { rows } = await context.pool.query(
    `select d.id, d.status, d.attempt_count, d.next_at from delivery d
     join message m on m.id = d.message_id join event e on e.id = m.event_id where e.user_id = $1 order by d.id`,
    [userId],
  )
  return rows
}

describe('with every queue job lost', () => {
  test('the sweeper announces changes and delivers', async () => {
    await setUrl(receiver.url)
    const { userId, token } = await createUserWithToken(server)
    await send(server, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 10))
    await sweep()
    expect((await deliveries(userId)).map(({ status }: any) => status)).toEqual(['delivered', 'delivered'])
    const told = receiver.received.filter(({ body }) => body.users?.[0]?.userId === userId)
    expect(told.map(({ body }) => body.meta.type).toSorted()).toEqual([
      'devices.health-data',
      'devices.provider-connected',
    ])
    const { rows } = await context.pool.query('select 1 from changed_day')
    expect(rows).toEqual([])
  })

  test('a lease that a dead process left is taken over when it runs out, and not before', async () => {
    const { userId } = await createUserWithToken(server)
    const [delivery] = await deliveries(userId)
    await context.pool.query(
      `update delivery set status = 'sending', lease_token = gen_random_uuid(), lease_until = $2 where id = $1`,
      [delivery.id, new Date(context.now().getTime() + 60_000)],
    )
    await sweep()
    expect(await deliveries(userId)).toMatchObject([{ status: 'sending' }])
    skewMs += 60_000
    await sweep()
    expect(await deliveries(userId)).toMatchObject([{ status: 'delivered', attempt_count: 1 }])
  })

  test('two that attempt the same delivery at once send it once', async () => {
    const { userId } = await createUserWithToken(server)
    await Promise.all(Array.from({ length: 10 }, () => dispatch(context)))
    expect(receiver.received.filter(({ body }) => body.users?.[0]?.userId === userId)).toHaveLength(1)
    expect(await deliveries(userId)).toMatchObject([{ status: 'delivered', attempt_count: 1 }])
  })

  test('an attempt whose lease has passed on records nothing', async () => {
    const { userId } = await createUserWithToken(server)
    const [delivery] = await deliveries(userId)
    const slow = await startReceiver(async (_, response) => {
      await context.pool.query(`update delivery set lease_token = gen_random_uuid() where id = $1`, [delivery.id])
      response.writeHead(200).end()
    })
    await setUrl(slow.url)
    await dispatch(context)
    expect(await deliveries(userId)).toMatchObject([{ status: 'sending', attempt_count: 0 }])
    await slow.stop()
    await setUrl(receiver.url)
  })

  test('a stop in the middle of an attempt gives the delivery back', async () => {
    const stop = new AbortController()
    const hanging = await startReceiver(() => stop.abort())
    await setUrl(hanging.url)
    const { userId } = await createUserWithToken(server)
    await dispatch(context, stop.signal)
    expect(await deliveries(userId)).toMatchObject([{ status: 'pending', attempt_count: 0, next_at: expect.any(Date) }])
    await hanging.stop()
    await setUrl(receiver.url)
    await sweep()
    expect(await deliveries(userId)).toMatchObject([{ status: 'delivered', attempt_count: 1 }])
  })

  test('while no URL is set messages are held, and sent when one is', async () => {
    const { userId } = await createUserWithToken(server)
    await setUrl('')
    await sweep()
    expect(await deliveries(userId)).toMatchObject([{ status: 'held' }])
    await setUrl(receiver.url)
    await sweep()
    expect(await deliveries(userId)).toMatchObject([{ status: 'delivered' }])
  })

  test('410 disables the endpoint and holds what waits', async () => {
    const gone = await startReceiver((_, response) => void response.writeHead(410).end())
    await setUrl(gone.url)
    const { userId } = await createUserWithToken(server)
    await sweep()
    expect(await deliveries(userId)).toMatchObject([{ status: 'held' }])
    await gone.stop()
    await setUrl(receiver.url)
    await sweep()
    expect(await deliveries(userId)).toMatchObject([{ status: 'delivered' }])
  })

  test('five days of failure alone disable the endpoint; a success in between begins the days anew', async () => {
    const day = 86_400_000
    const failing = await startReceiver((_, response) => response.writeHead(500).end())
    await setUrl(failing.url)
    const { userId } = await createUserWithToken(server)
    const attemptAgain = async (afterMs: number) => {
      skewMs += afterMs
      await context.pool.query(`update delivery set next_at = $1 where status = 'retry'`, [context.now()])
      await sweep()
    }
    // The schedule never leaves more than two days between two attempts.
    const attemptForDays = async () => {
      for (const days of [2, 2, 0.9]) await attemptAgain(days * day)
    }
    await sweep()
    await attemptForDays()
    expect(await deliveries(userId)).toMatchObject([{ status: 'retry' }])
    failing.handle = answerLikeAPartner
    const other = await createUserWithToken(server)
    await sweep()
    expect(await deliveries(other.userId)).toMatchObject([{ status: 'delivered' }])
    failing.handle = (_, response) => response.writeHead(500).end()
    const last = await createUserWithToken(server)
    await sweep()
    await attemptForDays()
    expect(await deliveries(last.userId)).toMatchObject([{ status: 'retry' }])
    await attemptAgain(0.2 * day)
    expect(await deliveries(last.userId)).toMatchObject([{ status: 'held' }])
    await failing.stop()
    await setUrl(receiver.url)
    await sweep()
    expect(await deliveries(last.userId)).toMatchObject([{ status: 'delivered' }])
  })

  test('a change announced while the batch that made it is not yet committed is not lost', async () => {
    const { userId, token } = await createUserWithToken(server)
    const first = stepSamples('2024-01-05T10:00:00Z', 3)
    await send(server, token, 'steps', first)
    const sending = Array.from({ length: 20 }, (_, i) =>
      send(server, token, 'steps', stepSamples('2024-01-05T11:00:00Z', 3 + i)),
    )
    const sweeping = Array.from({ length: 5 }, () => sweep())
    await Promise.all([...sending, ...sweeping])
    await sweep()
    const last = receiver.received.filter(({ body }) => body.users?.[0]?.userId === userId).map(({ body }) => body)
    const newest = last
      .filter(({ meta }) => meta.type === 'devices.health-data')
      .toSorted((a, b) => (a.meta.when < b.meta.when ? -1 : 1))
      .at(-1)
    const polled = await call(server, 'GET', `/activity?userId=${userId}&date=2024-01-05`, { key: server.keys.live })
    expect(newest.users[0].activity).toEqual(polled.body)
  })
})

test('a body over 256 kB loses its raw samples and says so', async () => {
  const { userId, token } = await createUserWithToken(server)
  for (let hour = 0; hour < 4; hour++) {
    const data = Array.from({ length: 1000 }, (_, i) => ({
      device_name: 'Apple Watch with quite a long name',
      start_date: new Date(Date.UTC(2024, 0, 5, hour * 2) + i * 5000).toISOString(),
      value: 60 + (i % 40),
      unit: 'count/min',
    }))
    await send(server, token, 'bpm', data)
  }
  await sweep()
  const isIt = ({ body }: { body: any }) =>
    body.users?.[0]?.userId === userId && body.meta.type === 'devices.health-data'
  const { raw, body } = await receiver.waitFor(isIt)
  expect(raw.length).toBeLessThan(256 * 1024)
  expect(body.users[0].truncated).toBe(true)
  expect(body.users[0].biometrics[0].heart_rate).toEqual({ min_bpm: 60, max_bpm: 99, avg_bpm: expect.closeTo(79.5) })
})
