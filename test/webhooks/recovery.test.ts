import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAccount } from '../../src/accounts/create-account.ts'
import { createKey } from '../../src/accounts/keys.ts'
import { continueRecovery, sweepRecoveries } from '../../src/webhooks/recover-deliveries.ts'
import { removeOldMessages } from '../../src/webhooks/remove-old-messages.ts'
import { call } from '../support/api.ts'
import { endpointsOf } from '../support/endpoints.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { startServer } from '../support/server.ts'
import { dispatch, noQueue, type Quiet, startWithoutWorker } from '../support/without-worker.ts'

const EARLY = '2020-01-01T00:00:00Z'
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

const run = async (text: string, values: unknown[] = [], pool = quiet.context.pool) =>
  (await pool.query(text, values)).rows
const recover = (id: string, since = EARLY) => endpoints.ask('POST', `/${id}/recover`, { json: { since } })
const recoveries = async (id: string) => (await endpoints.ask('GET', `/${id}/recoveries`)).body

/** Deliveries that did not arrive, made at `createdAt`, each with a message and 10 attempts behind it. */
const addLost = (
  endpointId: string,
  count: number,
  status = 'exhausted',
  createdAt = '2024-01-01',
  pool = quiet.context.pool,
) =>
  run(
    `with made as (
       insert into event (id, tenant_id, type, data, occurred_at)
       select gen_random_uuid(), e.tenant_id, 'test.lost', '{}', $4 from webhook_endpoint e, generate_series(1, $2::int)
       where e.id = $1 returning *
     ), messages as (
       insert into message (id, event_id, body, created_at)
       select 'msg_' || replace(id::text, '-', ''), id, '{}', $4 from made returning *
     )
     insert into delivery (id, tenant_id, message_id, endpoint_id, status, attempt_count, next_at, created_at, updated_at)
     select gen_random_uuid(), v.tenant_id, m.id, $1, $3, 10, case when $3 = 'retry' then now() + interval '1 day' end, $4, $4
     from messages m join made v on v.id = m.event_id`,
    [endpointId, count, status, createdAt],
    pool,
  )

const countOf = async (id: string): Promise<Record<string, number>> => {
  const rows = await run(
    'select status, count(*)::int as n from delivery where endpoint_id = $1 group by 1 order by 1',
    [id],
  )
  return Object.fromEntries(rows.map(({ status, n }) => [status, n]))
}

describe('POST /api/webhooks/:id/recover', () => {
  test('makes due what did not arrive since then, with its schedule anew, and says how many', async () => {
    const { id } = await endpoints.create(receiver.url, { events: ['a.b'] })
    for (const status of ['exhausted', 'retry', 'held', 'delivered', 'cancelled', 'pending', 'sending']) {
      await addLost(id, 2, status, '2024-06-01T00:00:00Z')
      await addLost(id, 1, status, '2024-05-31T23:59:59Z')
    }
    const { status, body } = await recover(id, '2024-06-01T02:00:00+02:00')
    expect(status).toBe(202)
    const done = { status: 'done', since: '2024-06-01T00:00:00.000Z', recovered: 6, completed_at: expect.any(String) }
    expect(body).toEqual({ id: expect.any(String), created_at: expect.any(String), ...done })
    const rows = await run(
      `select count(*)::int as n, min(created_at) as since from delivery
       where endpoint_id = $1 and status = 'pending' and attempts_before = 10 and next_at is not null`,
      [id],
    )
    expect(rows).toEqual([{ n: 6, since: new Date('2024-06-01T00:00:00Z') }])
    expect(await countOf(id)).toEqual({
      exhausted: 1,
      retry: 1,
      held: 1,
      delivered: 3,
      cancelled: 3,
      pending: 9,
      sending: 3,
    })
    expect((await recoveries(id)).data).toEqual([body])
  })

  test('409 when the endpoint is disabled; 422 without a time', async () => {
    const { id } = await endpoints.create(receiver.url, { enabled: false })
    const refused = await recover(id)
    expect([refused.status, refused.body.error.code]).toEqual([409, 'CONFLICT'])
    expect((await recoveries(id)).data).toEqual([])
    for (const json of [{}, { since: 'yesterday' }, { since: '2024-01-01' }, { since: 0 }]) {
      const { status, body } = await endpoints.ask('POST', `/${id}/recover`, { json })
      expect([status, body.error.details.field]).toEqual([422, 'since'])
    }
  })

  test('recoveries are paged, the latest first', async () => {
    const { id } = await endpoints.create(receiver.url)
    const ids: string[] = []
    for (let i = 0; i < 3; i++) ids.unshift((await recover(id)).body.id)
    const page = (await endpoints.ask('GET', `/${id}/recoveries?per_page=2`)).body
    expect(page.data.map((recovery: any) => recovery.id)).toEqual(ids.slice(0, 2))
    expect(page.pagination).toMatchObject({ total: 3, total_pages: 2, has_next: true })
  })
})

test('what a recovery came to is kept as long as what arrived', async () => {
  const { id } = await endpoints.create(receiver.url)
  await recover(id)
  const removeIn = (days: number) =>
    removeOldMessages({ ...quiet.context, now: () => new Date(Date.now() + days * 86_400_000) }, never)
  await removeIn(29)
  expect((await recoveries(id)).data).toHaveLength(1)
  await removeIn(31)
  expect((await recoveries(id)).data).toEqual([])
})

describe('over more than a batch', () => {
  test('the worker dies between batches and within one: each is sent exactly once', async () => {
    const inbox = await startReceiver()
    const { id } = await endpoints.create(inbox.url, { events: ['a.b'] })
    await addLost(id, 1200)
    const begun = (await recover(id)).body
    expect(begun).toMatchObject({ status: 'running', recovered: 500, completed_at: null })
    expect(await countOf(id)).toEqual({ pending: 500, exhausted: 700 })

    // What comes after it was asked for is not its business.
    await addLost(id, 5, 'exhausted', '2100-01-01')
    await dispatch(quiet.context)

    const dying = new AbortController()
    const queue = { ...noQueue, wakeOnce: () => dying.abort() }
    await continueRecovery({ ...quiet.context, queue }, begun.id, dying.signal)
    // A batch looks at 500, among which may be some of those that came later: their ids are random here.
    const [{ status, recovered }] = (await recoveries(id)).data
    expect(status).toBe('running')
    expect(recovered).toBeGreaterThanOrEqual(995)

    await run(`create function fail() returns trigger language plpgsql as 'begin raise exception ''cut off''; end'`)
    await run('create trigger fail before update on webhook_recovery for each row execute function fail()')
    await sweepRecoveries(quiet.context, never)
    expect((await recoveries(id)).data).toMatchObject([{ status: 'running', recovered }])
    expect((await countOf(id))['exhausted']).toBe(1205 - recovered)
    await run('drop trigger fail on webhook_recovery')

    await sweepRecoveries(quiet.context, never)
    const done = { id: begun.id, status: 'done', recovered: 1200, completed_at: expect.any(String) }
    expect((await recoveries(id)).data).toMatchObject([done])
    await dispatch(quiet.context)
    expect(await countOf(id)).toEqual({ delivered: 1200, exhausted: 5 })
    expect(new Set(inbox.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1200)
    expect(inbox.received).toHaveLength(1200)
    await sweepRecoveries(quiet.context, never)
    expect((await recoveries(id)).data).toMatchObject([done])
    await inbox.stop()
  })

  test('two workers share one recovery without doing anything twice', async () => {
    const { id } = await endpoints.create(receiver.url, { events: ['a.b'] })
    await addLost(id, 1700)
    const { body } = await recover(id)
    const worker = () => sweepRecoveries(quiet.context, never)
    while ((await recoveries(id)).data[0].status === 'running') await Promise.all([worker(), worker(), worker()])
    expect((await recoveries(id)).data).toMatchObject([{ id: body.id, recovered: 1700 }])
    expect(await countOf(id)).toEqual({ pending: 1700 })
  })

  test('what another worker is at is left to it', async () => {
    const { id } = await endpoints.create(receiver.url, { events: ['a.b'] })
    await addLost(id, 700)
    const { body } = await recover(id)
    const other = new Client({ connectionString: quiet.server.databaseUrl })
    await other.connect()
    await other.query('begin')
    await other.query('select from webhook_recovery where id = $1 for update', [body.id])
    await continueRecovery(quiet.context, body.id, never)
    await other.end()
    expect(await countOf(id)).toEqual({ pending: 500, exhausted: 200 })
  })

  test('an endpoint that is disabled meanwhile keeps the rest held, until it is enabled', async () => {
    const { id } = await endpoints.create(receiver.url, { events: ['a.b'] })
    await addLost(id, 700)
    await recover(id)
    await endpoints.ask('PATCH', `/${id}`, { json: { enabled: false } })
    expect(await countOf(id)).toEqual({ held: 500, exhausted: 200 })
    await sweepRecoveries(quiet.context, never)
    expect(await countOf(id)).toEqual({ held: 700 })
  })

  test('a batch looks at a bounded number, whatever the time', async () => {
    const { id } = await endpoints.create(receiver.url, { events: ['a.b'] })
    await addLost(id, 1100, 'exhausted', '2023-01-01')
    await addLost(id, 10, 'retry', '2024-01-01')
    expect((await recover(id, '2023-06-01T00:00:00Z')).body.status).toBe('running')
    await sweepRecoveries(quiet.context, never)
    expect((await recoveries(id)).data).toMatchObject([{ status: 'done', recovered: 10 }])
    expect(await countOf(id)).toEqual({ exhausted: 1100, pending: 10 })
  })
})

test('POST /settings/webhook/retry is a recovery of everything, in batches too', async () => {
  const { live } = await createAccount(quiet.context.prisma, 'another')
  const key = await createKey(quiet.context.prisma, live, 'secret')
  await call(quiet.server, 'POST', '/settings', { key, json: { webhookUrl: receiver.url } })
  const { id } = (await endpoints.ask('GET', '', { key })).body.data[0]
  await run(`update delivery set status = 'delivered' where endpoint_id = $1`, [id])
  for (const status of ['exhausted', 'held', 'retry']) await addLost(id, 300, status, '1971-01-01')
  expect((await call(quiet.server, 'POST', '/settings/webhook/retry', { key })).status).toBe(200)
  const list = async () => (await endpoints.ask('GET', `/${id}/recoveries`, { key })).body.data
  expect(await list()).toMatchObject([{ since: '1970-01-01T00:00:00.000Z', status: 'running', recovered: 500 }])
  await sweepRecoveries(quiet.context, never)
  expect(await list()).toMatchObject([{ status: 'done', recovered: 900 }])
  expect(await countOf(id)).toEqual({ delivered: 1, pending: 900 })
})

test('with a worker, a job does the rest at once', async () => {
  const server = await startServer()
  const inbox = await startReceiver()
  const own = endpointsOf(server)
  const { id } = await own.create(inbox.url, { events: ['a.b'] })
  await addLost(id, 1200, 'exhausted', '2024-01-01', server.context.pool)
  const { body } = await own.ask('POST', `/${id}/recover`, { json: { since: EARLY } })
  expect(body.status).toBe('running')
  await expect.poll(() => inbox.received.length).toBe(1200)
  expect(new Set(inbox.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1200)
  const [recovery] = (await own.ask('GET', `/${id}/recoveries`)).body.data
  expect(recovery).toMatchObject({ id: body.id, status: 'done', recovered: 1200 })
  // Sooner than the sweeper, which comes every 5 s, would have found it.
  expect(Date.parse(recovery.completed_at) - Date.parse(recovery.created_at)).toBeLessThan(3000)
  await server.stop()
  await inbox.stop()
})
