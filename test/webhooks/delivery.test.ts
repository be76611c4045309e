import { createHmac } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bpmSamples, call, createUserWithToken, send, stepSamples } from '../support/api.ts'
import { type Received, type Receiver, startReceiver } from '../support/receiver.ts'
import { startServer, type TestServer } from '../support/server.ts'

const redisUrl = process.env['REDIS_URL']

describe.each([
  ['Postgres', {}],
  ['Redis', { REDIS_URL: redisUrl ?? '' }],
])('webhooks with the queue on %s', (backend, environment) => {
  // Said out loud rather than skipped: without REDIS_URL there is nothing to test against.
  if (backend === 'Redis' && redisUrl === undefined) {
    test('not run: REDIS_URL is not set', () => undefined)
    return
  }

  let server: TestServer
  let receiver: Receiver
  let webhookKey: string

  beforeAll(async () => {
    server = await startServer({ environment })
    receiver = await startReceiver()
    const { body } = await call(server, 'POST', '/settings', {
      key: server.keys.live,
      json: { webhookUrl: receiver.url },
    })
    webhookKey = body.webhookKey
  })
  afterAll(async () => {
    await server.stop()
    await receiver.stop()
  })

  const about = (userId: string) => (received: Received) => received.body.users?.[0]?.userId === userId

  test('a ping comes first, and its pong is recorded', async () => {
    const ping = await receiver.waitFor(({ body }) => body.ping !== undefined)
    expect(ping.body).toEqual({
      ping: expect.any(String),
      meta: { messageId: expect.stringMatching(/^msg_/), when: expect.any(String), type: 'ping' },
    })
    await expect.poll(() => statusOf(server, ping.body.meta.messageId)).toBe('delivered')
  })

  test('a connection is told once, and a disconnection', async () => {
    const { userId } = await createUserWithToken(server, 'oura')
    const connected = await receiver.waitFor(about(userId))
    expect(connected.body.meta.type).toBe('devices.provider-connected')
    expect(connected.body.users).toEqual([{ userId, providers: ['oura'], connectedProviders: ['oura'] }])
    await call(server, 'POST', `/user/${userId}/token?provider=oura`, { key: server.keys.live })
    await call(server, 'DELETE', `/user/${userId}/revoke?provider=oura`, { key: server.keys.live })
    const disconnected = await receiver.waitFor(({ body }) => body.meta.type === 'devices.provider-disconnected')
    expect(disconnected.body.users).toEqual([{ userId, providers: ['oura'], connectedProviders: [] }])
    expect(receiver.received.filter(about(userId))).toHaveLength(2)
  })

  test('changed days are told with what a poll answers, and nothing when nothing changed', async () => {
    const { userId, token } = await createUserWithToken(server)
    await receiver.waitFor(about(userId))
    const steps = stepSamples('2024-01-05T23:30:00Z', 60)
    await send(server, token, 'steps', steps)
    await send(server, token, 'bpm', bpmSamples('2024-01-06T10:00:00Z', [60, 61, 62]))
    const seen = () =>
      receiver.received.filter(about(userId)).filter(({ body }) => body.meta.type === 'devices.health-data')
    await expect.poll(() => seen().flatMap(({ body }) => body.users[0].biometrics).length).toBeGreaterThan(0)

    const told = new Map<string, unknown>()
    for (const { body } of seen()) for (const day of body.users[0].activity) told.set(day.metadata.date, day)
    for (const date of ['2024-01-05', '2024-01-06']) {
      const polled = await call(server, 'GET', `/activity?userId=${userId}&date=${date}`, { key: server.keys.live })
      expect([told.get(date)]).toEqual(polled.body)
    }

    const before = await countEvents(server, userId)
    await send(server, token, 'steps', steps)
    const other = await createUserWithToken(server)
    await send(server, other.token, 'steps', steps)
    await receiver.waitFor(
      (received) => about(other.userId)(received) && received.body.meta.type === 'devices.health-data',
    )
    expect(await countEvents(server, userId)).toBe(before)
  })

  test('batches within the window make one message', async () => {
    const slow = await startServer({ environment: { ...environment, WEBHOOK_WINDOW_MS: '400' } })
    const inbox = await startReceiver()
    await call(slow, 'POST', '/settings', { key: slow.keys.live, json: { webhookUrl: inbox.url } })
    const { userId, token } = await createUserWithToken(slow)
    const days = Array.from({ length: 6 }, (_, i) => `2024-01-0${1 + i}T10:00:00Z`)
    await Promise.all(days.map((day) => send(slow, token, 'steps', stepSamples(day, 10))))
    const first = await inbox.waitFor(
      (received) => about(userId)(received) && received.body.users[0].activity !== undefined,
    )
    expect(first.body.users[0].activity).toHaveLength(6)
    await slow.stop()
    await inbox.stop()
  })

  test('standardwebhooks verifies what arrives, and so do receivers of the Devices API', async () => {
    const { userId } = await createUserWithToken(server)
    const { raw, headers, body } = await receiver.waitFor(about(userId))
    const verified = new Webhook(webhookKey).verify(raw.toString(), headers as Record<string, string>)
    expect(verified).toEqual(body)
    expect(headers['webhook-id']).toBe(body.meta.messageId)
    expect(headers['content-type']).toBe('application/json')
    expect(headers['x-webhook-key']).toBe(webhookKey)
    expect(headers['x-metriport-signature']).toBe(createHmac('sha256', webhookKey).update(raw).digest('hex'))

    const changed = raw.toString().replace(userId, userId.toUpperCase())
    expect(() => new Webhook(webhookKey).verify(changed, headers as Record<string, string>)).toThrow()
    const { body: settings } = await call(server, 'GET', '/settings', { key: server.keys.live })
    expect(settings.webhookKey).toBe(webhookKey)
  })

  test('what fails is sent again, the same bytes with a new timestamp, and every attempt is recorded', async () => {
    const { userId } = await createUserWithToken(server)
    const failures = [500, 301]
    receiver.handle = ({ body }, response) => {
      const status = body.users?.[0]?.providers?.[0] === 'whoop' ? (failures.shift() ?? 204) : 200
      response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end(status === 500 ? 'out of order' : undefined)
    }
    await call(server, 'POST', `/user/${userId}/token?provider=whoop`, { key: server.keys.live })
    const isIt = ({ body }: Received) => body.users?.[0]?.userId === userId && body.users[0].providers?.[0] === 'whoop'
    await receiver.waitFor(isIt)
    for (const attempts of [1, 2]) {
      await expect
        .poll(() =>
          server.context.pool
            .query(`select 1 from delivery where status = 'retry' and attempt_count = $1`, [attempts])
            .then((r) => r.rowCount),
        )
        .toBe(1)
      await hurry(server)
    }
    const { body } = await receiver.waitFor(isIt)
    await expect.poll(() => statusOf(server, body.meta.messageId)).toBe('delivered')
    const attempts = receiver.received.filter(isIt)
    expect(attempts).toHaveLength(3)
    expect(new Set(attempts.map(({ raw }) => raw.toString())).size).toBe(1)
    expect(new Set(attempts.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    const { rows } = await server.context.pool.query(
      `select number, response_status, convert_from(response_body, 'UTF8') as body from attempt a
       join delivery d on d.id = a.delivery_id where d.message_id = $1 order by number`,
      [body.meta.messageId],
    )
    expect(rows).toEqual([
      { number: 1, response_status: 500, body: 'out of order' },
      { number: 2, response_status: 301, body: '' },
      { number: 3, response_status: 204, body: '' },
    ])
  })
})

async function statusOf(server: TestServer, messageId: string): Promise<string> {
  const { rows } = await server.context.pool.query('select status from delivery where message_id = $1', [messageId])
  return rows[0]?.status
}

async function countEvents(server: TestServer, userId: string): Promise<number> {
  const { rows } = await server.context.pool.query('select count(*)::int as n from event where user_id = $1', [userId])
  return rows[0].n
}

/** Makes what waits for a retry due, and overdue enough for the sweeper to take it up. */
async function hurry(server: TestServer): Promise<void> {
  await server.context.pool.query(`update delivery set next_at = now() - interval '1 minute' where status = 'retry'`)
}
