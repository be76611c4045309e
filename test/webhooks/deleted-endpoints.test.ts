import { afterAll, beforeAll, expect, test } from 'vitest'
import { removeDeletedEndpoints } from '../../src/webhooks/remove-endpoints.ts'
import { removeOldMessages } from '../../src/webhooks/remove-old-messages.ts'
import { call, createUserWithToken } from '../support/api.ts'
import { endpointsOf } from '../support/endpoints.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { dispatch, type Quiet, startWithoutWorker } from '../support/without-worker.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const never = new AbortController().signal

let quiet: Quiet
let receiver: Receiver
let endpoints: ReturnType<typeof endpointsOf>

beforeAll(async () => {
  quiet = await startWithoutWorker()
  receiver = await startReceiver()
  endpoints = endpointsOf(quiet.server)
})
afterAll(async () => {
  await quiet.stop()
  await receiver.stop()
})

const sql = async (text: string, values: unknown[] = []) => (await quiet.context.pool.query(text, values)).rows
const later = (ms: number) => ({ ...quiet.context, now: () => new Date(Date.now() + ms) })
const count = async (table: string, where = 'true') =>
  (await sql(`select count(*)::int as n from ${table} where ${where}`))[0].n
const metric = async (name: string) => {
  const text = await quiet.context.metrics.registry.getSingleMetricAsString(name)
  return Number(text.trim().split('\n').at(-1)!.split(' ').at(-1))
}

test('a deleted endpoint is gone at once everywhere, and nothing is sent to it', async () => {
  const { id } = await endpoints.create(receiver.url)
  const kept = await endpoints.create(receiver.url)
  await createUserWithToken(quiet.server)
  const [{ message_id }] = await sql('select message_id from delivery where endpoint_id = $1', [id])
  await sql(`update delivery set next_at = now() - interval '1 hour' where endpoint_id = $1`, [id])
  const answer = await endpoints.ask('DELETE', `/${id}`)
  expect([answer.status, answer.body]).toEqual([204, ''])

  const { data, pagination } = (await endpoints.ask('GET', '')).body
  expect([data.map((endpoint: any) => endpoint.id), pagination.total]).toEqual([[kept.id], 1])
  for (const [method, path, json] of [
    ['GET', '', undefined],
    ['PATCH', '', { enabled: true }],
    ['DELETE', '', undefined],
    ['POST', '/test', undefined],
    ['POST', '/rotate-secret', undefined],
    ['GET', '/deliveries', undefined],
    ['POST', '/recover', { since: '2020-01-01T00:00:00Z' }],
    ['GET', '/recoveries', undefined],
  ] as const) {
    expect([path, (await endpoints.ask(method, `/${id}${path}`, { json })).status]).toEqual([path, 404])
  }
  const message = await endpoints.ask('GET', `/messages/${message_id}`)
  expect([message.status, message.body.deliveries]).toEqual([200, []])

  await createUserWithToken(quiet.server)
  expect(await count('delivery', `endpoint_id = '${id}'`)).toBe(1)
  await quiet.sweep()
  expect(receiver.received).toHaveLength(2)
  expect(await metric('pulsewell_webhook_oldest_due_seconds')).toBe(0)
  expect((await call(quiet.server, 'GET', '/changes', { key: quiet.server.keys.live })).body.data).toHaveLength(2)
  await endpoints.ask('DELETE', `/${kept.id}`)
})

test('an attempt under way when it is deleted ends without harm', async () => {
  const slow = await startReceiver()
  const { id } = await endpoints.create(slow.url)
  slow.handle = async (_, response) => {
    await endpoints.ask('DELETE', `/${id}`)
    await removeDeletedEndpoints(later(2 * MINUTE_MS), never)
    response.writeHead(410).end()
  }
  await createUserWithToken(quiet.server)
  await dispatch(quiet.context)
  expect(slow.received).toHaveLength(1)
  expect(await count('webhook_endpoint', `id = '${id}'`)).toBe(0)
  expect(quiet.server.logged.filter((line) => JSON.parse(line).level >= 50)).toEqual([])
  await slow.stop()
})

test('a chore removes its deliveries in batches, and it when nobody can be writing to it any more', async () => {
  const { id } = await endpoints.create(receiver.url, { events: ['a.b'] })
  const { id: kept } = await endpoints.create(receiver.url, { events: ['a.b'] })
  for (const endpoint of [id, kept]) {
    await sql(
      `with made as (
         insert into event (id, tenant_id, type, data, occurred_at)
         select gen_random_uuid(), tenant_id, 'a.b', '{}', now() from webhook_endpoint, generate_series(1, 1200)
         where webhook_endpoint.id = $1 returning *
       ), messages as (
         insert into message (id, event_id, body, created_at)
         select 'msg_' || replace(id::text, '-', ''), id, '{}', now() from made returning *
       )
       insert into delivery (id, tenant_id, message_id, endpoint_id, status, created_at, updated_at)
       select gen_random_uuid(), v.tenant_id, m.id, $1, 'exhausted', now(), now()
       from messages m join made v on v.id = m.event_id`,
      [endpoint],
    )
  }
  await sql(`insert into attempt (delivery_id, number, started_at, duration_ms) select id, 1, now(), 1 from delivery`)
  await endpoints.ask('DELETE', `/${id}`)
  const left = () => count('delivery', `endpoint_id = '${id}'`)

  // Cut off after its first batch, it goes on the next time.
  const stop = new AbortController()
  const cut = Object.assign(Object.create(quiet.context.pool), {
    query: async (statement: any) => {
      if (statement.name === 'delete_deliveries_of_endpoint') stop.abort()
      return quiet.context.pool.query(statement)
    },
  })
  await removeDeletedEndpoints({ ...quiet.context, pool: cut }, stop.signal)
  expect(await left()).toBe(700)
  await removeDeletedEndpoints(quiet.context, never)
  expect([await left(), await count('webhook_endpoint', `id = '${id}'`)]).toEqual([0, 1])
  await removeDeletedEndpoints(later(2 * MINUTE_MS), never)
  expect(await count('webhook_endpoint', `id = '${id}'`)).toBe(0)
  expect([await count('delivery', `endpoint_id = '${kept}'`), await count('attempt')]).toEqual([1200, 1200])

  // Messages that were for it alone go with what is old; those of the other did not arrive, and stay.
  await removeOldMessages(later(31 * DAY_MS), never)
  expect(await count('event', `type = 'a.b'`)).toBe(1200)
})
