import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call, createUserWithToken } from '../support/api.ts'
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
const change = (id: string, json: object) => endpoints.ask('PATCH', `/${id}`, { json })
const revision = async (id: string) =>
  (await sql('select revision from webhook_endpoint where id = $1', [id]))[0].revision
const statuses = async (id: string) =>
  (await sql('select status from delivery where endpoint_id = $1 order by id', [id])).map(({ status }) => status)

describe('PATCH /api/webhooks/:id', () => {
  test('changes what is given and nothing else', async () => {
    const { id, secret, ...before } = await endpoints.create(receiver.url, { description: 'first', events: ['a.b'] })
    const events = ['devices.*', 'session.completed']
    const { status, body } = await change(id, { events, description: null })
    expect(status).toBe(200)
    expect(body).toEqual({ ...before, id, events, description: null, updated_at: expect.any(String) })
    expect(await revision(id)).toBe(1)
    expect((await change(id, { format: 'devices' })).body).toMatchObject({ format: 'devices', events })
    expect((await change(id, { url: `${receiver.url}/2` })).body).toMatchObject({ url: `${receiver.url}/2`, events })
    expect(await revision(id)).toBe(2)
    await change(id, { url: `${receiver.url}/2`, enabled: true })
    expect(await revision(id)).toBe(2)
    expect((await endpoints.ask('GET', `/${id}`)).body).not.toHaveProperty('secret')
    const { rows } = await quiet.context.pool.query('select secret from webhook_endpoint where id = $1', [id])
    expect(quiet.context.secrets.open(rows[0].secret)).toBe(secret)
  })

  test.each([
    ['body', {}],
    ['url', { url: 'http://10.0.0.1/' }],
    ['events', { events: [] }],
    ['secret', { description: 'x', secret: `whsec_${Buffer.alloc(24).toString('base64')}` }],
    ['enabled', { enabled: null }],
  ])('422 names %s in %j', async (field, json) => {
    const { id } = await endpoints.create(receiver.url)
    const before = (await endpoints.ask('GET', `/${id}`)).body
    const { status, body } = await change(id, json)
    expect(status).toBe(422)
    expect(body.error.details).toMatchObject({ field })
    expect((await endpoints.ask('GET', `/${id}`)).body).toEqual(before)
    await endpoints.ask('DELETE', `/${id}`)
  })

  test('what waits for one that is disabled is held, what comes for it too, and all is sent when it is enabled', async () => {
    const inbox = await startReceiver((_, response) => void response.writeHead(500).end())
    const { id } = await endpoints.create(inbox.url)
    await createUserWithToken(quiet.server)
    await dispatch(quiet.context)
    await createUserWithToken(quiet.server)
    expect(await statuses(id)).toEqual(['retry', 'pending'])
    expect((await change(id, { enabled: false })).body).toMatchObject({ enabled: false, disabled_reason: null })
    expect(await revision(id)).toBe(2)
    await createUserWithToken(quiet.server)
    expect(await statuses(id)).toEqual(['held', 'held', 'held'])
    await quiet.sweep()
    expect(inbox.received).toHaveLength(1)

    inbox.handle = (_, response) => void response.writeHead(204).end()
    const enabled = (await change(id, { enabled: true })).body
    expect(enabled).toMatchObject({ enabled: true, failing_since: null })
    expect(await statuses(id)).toEqual(['pending', 'pending', 'pending'])
    await dispatch(quiet.context)
    expect(await statuses(id)).toEqual(['delivered', 'delivered', 'delivered'])
    expect(inbox.received).toHaveLength(4)
    await inbox.stop()
  })

  test('one that was gone says so, until it is enabled again', async () => {
    const gone = await startReceiver((_, response) => void response.writeHead(410).end())
    const { id } = await endpoints.create(gone.url)
    await createUserWithToken(quiet.server)
    await dispatch(quiet.context)
    const read = async () => (await endpoints.ask('GET', `/${id}`)).body
    const disabled = { enabled: false, disabled_reason: 'gone', failing_since: expect.stringMatching(/Z$/) }
    expect(await read()).toMatchObject(disabled)
    expect((await change(id, { description: 'gone' })).body).toMatchObject(disabled)
    await change(id, { enabled: true })
    expect(await read()).toMatchObject({ enabled: true, disabled_reason: null, failing_since: null })
    await gone.stop()
  })

  test('a new URL begins anew, and is not asked what the one before was', async () => {
    const failing = await startReceiver((_, response) => void response.writeHead(500).end())
    const { id } = await endpoints.create(failing.url, { format: 'devices' })
    await endpoints.ask('POST', `/${id}/test`)
    await dispatch(quiet.context)
    expect(await statuses(id)).toEqual(['retry'])
    expect((await endpoints.ask('GET', `/${id}`)).body.failing_since).not.toBeNull()
    const inbox = await startReceiver()
    expect((await change(id, { url: inbox.url })).body.failing_since).toBeNull()
    expect(await statuses(id)).toEqual(['cancelled'])
    await quiet.hurry()
    await dispatch(quiet.context)
    expect(inbox.received).toEqual([])
    await Promise.all([failing.stop(), inbox.stop()])
  })
})

test('each endpoint is told of the events that it asks for', async () => {
  const wanted = [
    ['*'],
    ['devices.*'],
    ['devices.provider-connected', 'a.b'],
    ['devices.health-data'],
    ['device.*', 'session.*'],
  ]
  const key = quiet.server.keys.sandbox
  const ids: string[] = []
  for (const events of wanted) ids.push((await endpoints.create(receiver.url, { events }, key)).id)
  const { userId } = await createUserWithToken(quiet.server, 'apple', key)
  await call(quiet.server, 'DELETE', `/user/${userId}/revoke?provider=apple`, { key })
  const told = async (id: string) =>
    (await endpoints.ask('GET', `/${id}/deliveries`, { key })).body.data.map(({ event }: any) => event)
  const [disconnected, connected] = ['devices.provider-disconnected', 'devices.provider-connected']
  expect(await Promise.all(ids.map(told))).toEqual([
    [disconnected, connected],
    [disconnected, connected],
    [connected],
    [],
    [],
  ])
})

describe('POST /api/webhooks/:id/test', () => {
  test('in the devices form asks for the pong, in the event form for any 2xx', async () => {
    const inbox = await startReceiver((_, response) => void response.writeHead(202).end())
    const [event, devices] = [
      await endpoints.create(inbox.url),
      await endpoints.create(inbox.url, { format: 'devices' }),
    ]
    const sent = await endpoints.ask('POST', `/${event.id}/test`)
    expect([sent.status, sent.body]).toEqual([202, { message_id: expect.stringMatching(/^msg_/) }])
    await endpoints.ask('POST', `/${devices.id}/test`)
    await dispatch(quiet.context)
    expect([await statuses(event.id), await statuses(devices.id)]).toEqual([['delivered'], ['retry']])
    const ping = await inbox.waitFor(({ headers }) => headers['webhook-id'] === sent.body.message_id)
    expect(ping.body).toMatchObject({ event: 'ping', data: {} })
    const { last_attempt } = (await endpoints.ask('GET', `/${devices.id}/deliveries`)).body.data[0]
    expect(last_attempt).toMatchObject({ response_status: 202, error: 'answered without the pong' })

    // A ping that was made in one form is judged as such, whatever the format is by then.
    await change(devices.id, { format: 'event' })
    await quiet.hurry()
    await dispatch(quiet.context)
    expect(await statuses(devices.id)).toEqual(['retry'])
    await inbox.stop()
  })

  test('409 on one that is disabled', async () => {
    const { id } = await endpoints.create(receiver.url, { enabled: false })
    const { status, body } = await endpoints.ask('POST', `/${id}/test`)
    expect([status, body.error.code]).toEqual([409, 'CONFLICT'])
    expect(await statuses(id)).toEqual([])
  })
})
