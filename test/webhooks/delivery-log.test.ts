import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createUserWithToken } from '../support/api.ts'
import { endpointsOf } from '../support/endpoints.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { dispatch, type Quiet, startWithoutWorker } from '../support/without-worker.ts'

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
const get = async (path: string) => (await endpoints.ask('GET', path)).body
const idsOf = (page: any): string[] => page.data.map(({ id }: any) => id)
const remove = (id: string) => endpoints.ask('DELETE', `/${id}`)
const INSTANT = expect.stringMatching(/^\d{4}-.*Z$/)

/** An endpoint with a delivery in each status, besides what was delivered. */
async function withEveryStatus(): Promise<string> {
  const { id } = await endpoints.create(receiver.url)
  const rest = ['delivered', 'exhausted', 'held', 'retry', 'cancelled', 'sending', 'pending', 'delivered', 'retry']
  for (const status of rest) {
    const { userId } = await createUserWithToken(quiet.server)
    await sql(
      `update delivery d set status = $2 from message m join event e on e.id = m.event_id
       where m.id = d.message_id and e.user_id = $1 and d.endpoint_id = $3`,
      [userId, status, id],
    )
  }
  return id
}

describe('GET /api/webhooks/:id/deliveries', () => {
  test('tells what was sent and how it went', async () => {
    receiver.handle = (_, response) => void response.writeHead(503).end('later')
    const { id } = await endpoints.create(receiver.url)
    await createUserWithToken(quiet.server)
    const waiting = (await get(`/${id}/deliveries`)).data[0]
    expect(waiting).toEqual({
      id: expect.any(String),
      message_id: expect.stringMatching(/^msg_/),
      event: 'devices.provider-connected',
      status: 'pending',
      attempt_count: 0,
      next_attempt_at: waiting.created_at,
      created_at: INSTANT,
      updated_at: waiting.created_at,
      last_attempt: null,
    })
    await dispatch(quiet.context)
    await quiet.hurry()
    await dispatch(quiet.context)
    const { data, pagination } = await get(`/${id}/deliveries`)
    expect(data).toEqual([
      {
        ...waiting,
        status: 'retry',
        attempt_count: 2,
        next_attempt_at: INSTANT,
        updated_at: INSTANT,
        last_attempt: { at: INSTANT, response_status: 503, duration_ms: expect.any(Number), error: null },
      },
    ])
    const [{ started_at }] = await sql('select started_at from attempt where delivery_id = $1 and number = 2', [
      data[0].id,
    ])
    expect(data[0].last_attempt.at).toBe(started_at.toISOString())
    expect(pagination).toEqual({ page: 1, per_page: 20, total: 1, total_pages: 1, has_next: false, has_prev: false })
    await remove(id)
  })

  test('pages through all statuses, the latest first, and through one', async () => {
    const id = await withEveryStatus()
    const other = await endpoints.create(receiver.url)
    await createUserWithToken(quiet.server)
    const all = await sql('select id, status from delivery where endpoint_id = $1 order by id desc', [id])
    expect(all).toHaveLength(10)
    const paged: string[] = []
    for (let page = 1; page <= 5; page++) {
      const { data, pagination } = await get(`/${id}/deliveries?page=${page}&per_page=3`)
      paged.push(...data.map((delivery: any) => delivery.id))
      expect(pagination).toMatchObject({ total: 10, total_pages: 4, has_next: page < 4 })
    }
    expect(paged).toEqual(all.map((row) => row.id))
    for (const status of new Set(all.map((row) => row.status))) {
      const page = await get(`/${id}/deliveries?status=${status}`)
      const expected = all.filter((row) => row.status === status).map((row) => row.id)
      expect([status, idsOf(page), page.pagination.total]).toEqual([status, expected, expected.length])
    }
    expect(idsOf(await get(`/${id}/deliveries?status=retry&per_page=1&page=2`))).toEqual([
      all.filter((row) => row.status === 'retry')[1].id,
    ])
    await Promise.all([remove(id), remove(other.id)])
  })

  test.each([
    ['status=lost', 422, 'status'],
    ['per_page=1000', 422, 'per_page'],
    ['event=ping', 400, 'event'],
  ])('refuses %s with %i', async (parameter, expected, field) => {
    const { id } = await endpoints.create(receiver.url, { events: ['a.b'] })
    const { status, body } = await endpoints.ask('GET', `/${id}/deliveries?${parameter}`)
    expect([status, body.error.details.field]).toEqual([expected, field])
    await remove(id)
  })
})

describe('GET /api/webhooks/messages/:messageId', () => {
  test('tells the exact body, and every attempt at each endpoint', async () => {
    const answers = [Buffer.concat([Buffer.from('caf'), Buffer.from([0xe9, 0x21])]), Buffer.from('x'.repeat(5000))]
    receiver.handle = (_, response) => void response.writeHead(500).end(answers.shift())
    const nowhere = await startReceiver()
    await nowhere.stop()
    const form = { format: 'devices' }
    const [failing, closed] = [await endpoints.create(receiver.url, form), await endpoints.create(nowhere.url, form)]
    const { userId } = await createUserWithToken(quiet.server)
    await dispatch(quiet.context)
    await quiet.hurry()
    await dispatch(quiet.context)
    const { message_id } = (await get(`/${failing.id}/deliveries`)).data[0]
    const message = await get(`/messages/${message_id}`)
    const { raw, body } = await receiver.waitFor(({ headers }) => headers['webhook-id'] === message_id)
    expect(message).toMatchObject({ id: message_id, event: 'devices.provider-connected', body: raw.toString() })
    expect(message.occurred_at).toBe(body.meta.when)
    expect(JSON.parse(message.body).users[0].userId).toBe(userId)

    const [first, second] = message.deliveries
    const { id, ...told } = (await get(`/${failing.id}/deliveries`)).data[0]
    expect(first).toMatchObject({ id, ...told, endpoint_id: failing.id })
    const attempt = { started_at: INSTANT, duration_ms: expect.any(Number), response_status: 500, error: null }
    expect(first.attempts).toEqual([
      { number: 1, ...attempt, response_body: 'caf\uFFFD!' },
      { number: 2, ...attempt, response_body: 'x'.repeat(4096) },
    ])
    expect(second).toMatchObject({ endpoint_id: closed.id, attempt_count: 2 })
    expect(second.attempts[1]).toMatchObject({ number: 2, response_status: null, response_body: null })
    expect(second.attempts[1].error).toContain('ECONNREFUSED')

    await remove(closed.id)
    const { deliveries } = await get(`/messages/${message_id}`)
    expect(deliveries.map(({ endpoint_id }: any) => endpoint_id)).toEqual([failing.id])
    await remove(failing.id)
  })
})

describe('POST /api/webhooks/messages/:messageId/resend', () => {
  const resend = (messageId: string, json?: object) => endpoints.ask('POST', `/messages/${messageId}/resend`, { json })
  const put = (messageId: string, endpointId: string, columns: string) =>
    sql(`update delivery set ${columns} where message_id = $1 and endpoint_id = $2`, [messageId, endpointId])
  const read = async (messageId: string, endpointId: string) =>
    (await sql('select * from delivery where message_id = $1 and endpoint_id = $2', [messageId, endpointId]))[0]

  /** A message to two endpoints, delivered to both. */
  async function delivered(): Promise<{ messageId: string; first: string; second: string }> {
    receiver.handle = (_, response) => void response.writeHead(204).end()
    const form = { format: 'devices' }
    const first = await endpoints.create(receiver.url, form)
    const second = await endpoints.create(receiver.url, form)
    await createUserWithToken(quiet.server)
    await dispatch(quiet.context)
    const { message_id } = (await get(`/${first.id}/deliveries?status=delivered`)).data[0]
    return { messageId: message_id, first: first.id, second: second.id }
  }

  test('sends again what arrived, to all or to one, with the same id and bytes', async () => {
    const { messageId, first, second } = await delivered()
    const sent = () => receiver.received.filter(({ headers }) => headers['webhook-id'] === messageId)
    expect(sent()).toHaveLength(2)
    const all = await resend(messageId)
    expect(all.status).toBe(202)
    expect(all.body.deliveries.map(({ endpoint_id }: any) => endpoint_id).toSorted()).toEqual(
      [first, second].toSorted(),
    )
    await dispatch(quiet.context)
    expect(sent()).toHaveLength(4)
    const one = await resend(messageId, { endpoint_id: second })
    expect(one.body).toEqual({
      deliveries: [{ id: (await read(messageId, second)).id, endpoint_id: second, status: 'pending' }],
    })
    await dispatch(quiet.context)
    expect(sent()).toHaveLength(5)
    expect(new Set(sent().map(({ raw }) => raw.toString())).size).toBe(1)
    expect(await read(messageId, second)).toMatchObject({ status: 'delivered', attempt_count: 3 })
    await Promise.all([remove(first), remove(second)])
  })

  test('begins the schedule anew, and leaves alone what is under way, waits anyway, or was cancelled', async () => {
    const { messageId, first, second } = await delivered()
    for (const status of ['exhausted', 'retry', 'held', 'delivered']) {
      await put(messageId, first, `status = '${status}', attempt_count = 10, attempts_before = 0, next_at = null`)
      const { body } = await resend(messageId, { endpoint_id: first })
      expect(body.deliveries).toMatchObject([{ status: 'pending' }])
      const after = { status: 'pending', attempt_count: 10, attempts_before: 10, next_at: expect.any(Date) }
      expect(await read(messageId, first)).toMatchObject(after)
    }
    for (const status of ['pending', 'sending', 'cancelled']) {
      await put(messageId, first, `status = '${status}', attempts_before = 0`)
      const before = await read(messageId, first)
      expect((await resend(messageId, { endpoint_id: first })).body).toEqual({ deliveries: [] })
      expect(await read(messageId, first)).toEqual(before)
    }
    await Promise.all([remove(first), remove(second)])
  })

  test('holds it for an endpoint that is disabled', async () => {
    const { messageId, first, second } = await delivered()
    await endpoints.ask('PATCH', `/${first}`, { json: { enabled: false } })
    const { body } = await resend(messageId, { endpoint_id: first })
    expect(body.deliveries).toMatchObject([{ status: 'held' }])
    expect(await read(messageId, first)).toMatchObject({ status: 'held', next_at: null, attempts_before: 1 })
    await endpoints.ask('PATCH', `/${first}`, { json: { enabled: true } })
    expect((await read(messageId, first)).status).toBe('pending')
    await Promise.all([remove(first), remove(second)])
  })

  test('404 for an endpoint that it never went to, and for one that is deleted; 422 for nonsense', async () => {
    const { messageId, first, second } = await delivered()
    const later = await endpoints.create(receiver.url)
    await remove(second)
    expect((await resend(messageId, { endpoint_id: later.id })).status).toBe(404)
    expect((await resend(messageId, { endpoint_id: second })).status).toBe(404)
    expect((await resend(messageId)).body.deliveries).toMatchObject([{ endpoint_id: first }])
    const { status, body } = await resend(messageId, { endpoint: first })
    expect([status, body.error.details.field]).toEqual([422, 'endpoint'])
    await Promise.all([remove(first), remove(later.id)])
  })
})
