import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { call, createUserWithToken, send, stepSamples } from '../support/api.ts'
import { connectCare, createGroup, patientIn } from '../support/care.ts'
import { endpointsOf } from '../support/endpoints.ts'
import { type Received, type Receiver, startReceiver } from '../support/receiver.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { dispatch, noQueue } from '../support/without-worker.ts'
import { openSender } from '../../src/webhooks/sender.ts'

let server: TestServer
/** Of `POST /settings`, and of an endpoint whose messages are signed in themselves. */
let settings: Receiver
let own: Receiver
let endpointId: string
let users = 0
/** How far ahead of the clock the server is: what waits becomes due without waiting. */
let ahead = 0

beforeAll(async () => {
  server = await startServer({ worker: false, now: () => new Date(Date.now() + ahead) })
  const key = server.keys.sandbox
  ;[settings, own] = await Promise.all([startReceiver(), startReceiver()])
  await call(server, 'POST', '/settings', { key, json: { webhookUrl: settings.url } })
  endpointId = (await endpointsOf(server).create(own.url, {}, key)).id
  await work()
})
afterAll(async () => {
  await server.stop()
  await Promise.all([settings.stop(), own.stop()])
})
beforeEach(async () => {
  ahead += 3_600_000
  await work()
  for (const { received } of [settings, own]) received.length = 0
})

/** Sends what is due, and what becomes due by that. */
async function work(): Promise<void> {
  const sender = openSender(server.context.config.webhooks)
  const context = { ...server.context, queue: noQueue, sender }
  for (let i = 0; i < 2; i++) await dispatch(context)
  await sender.close()
}

const fault = (value: string) => ({ 'x-sandbox-fault': value })
const idsOf = ({ received }: Receiver) => received.map(({ headers }) => headers['webhook-id'])

/** A user whose deletion is told of: each is a message. Of the ten who may be connected, none stays. */
async function tell(value?: string, key = server.keys.sandbox): Promise<string> {
  const { body } = await call(server, 'POST', `/user?appUserId=told-${users++}`, { key })
  const headers = value === undefined ? {} : fault(value)
  await call(server, 'POST', `/user/${body.userId}/token?provider=oura`, { key, headers })
  await server.context.pool.query('delete from connection where user_id = $1', [body.userId])
  return body.userId
}
const told = ({ received }: Receiver) =>
  received.map(({ body }: Received) => (body.users ?? body.data.users)[0].userId as string)

test('duplicate: the message of this request comes twice to each endpoint, with the same id, and no other does', async () => {
  const first = await tell('webhook=duplicate')
  const second = await tell()
  await work()
  for (const receiver of [settings, own]) {
    expect(told(receiver).toSorted()).toEqual([first, first, second].toSorted())
    const [id, ...others] = idsOf(receiver).filter((_, i) => told(receiver)[i] === first)
    expect(others).toEqual([id])
  }
  const { body } = await call(server, 'GET', `/api/webhooks/messages/${String(idsOf(own)[told(own).indexOf(first)])}`, {
    key: server.keys.sandbox,
  })
  expect(body.deliveries[0]).toMatchObject({ status: 'delivered', attempt_count: 2 })
  expect(body.deliveries[0].attempts.map((each: any) => each.response_status)).toEqual([200, 200])
})

test('duplicate: a copy that fails is tried again, and what is not delivered has no copy yet', async () => {
  const answers = [503, 200, 500, 200]
  own.handle = (_, response) => void response.writeHead(answers.shift() ?? 200).end()
  const userId = await tell('webhook=duplicate')
  const counts = []
  for (let i = 0; i < 5; i++) {
    await work()
    counts.push(told(own).filter((each) => each === userId).length)
    ahead += 3_600_000
  }
  expect(counts).toEqual([1, 3, 4, 4, 4])
})

test('out-of-order: the message waits, and those that follow do not', async () => {
  const first = await tell('webhook=out-of-order')
  const second = await tell()
  await work()
  expect(told(settings)).toEqual([second])
  ahead += 10_000
  await work()
  expect(told(settings)).toEqual([second, first])
  expect(told(own)).toEqual([second, first])
})

test.each([
  ['webhook=late', 30],
  ['webhook=late=600', 600],
])('%s: the message comes that much later', async (value, seconds) => {
  const userId = await tell(value)
  ahead += (seconds - 2) * 1000
  await work()
  expect(told(settings)).toEqual([])
  ahead += 2000
  await work()
  expect(told(settings)).toEqual([userId])
})

test('what is armed waits for the next message, a minute at most, and the latest counts', async () => {
  const arm = (value: string) => call(server, 'GET', '/user', { key: server.keys.sandbox, headers: fault(value) })
  const armed = await arm('webhook=late')
  expect([armed.status, armed.headers.get('x-sandbox-fault')]).toEqual([200, 'webhook=late=30'])
  await arm('webhook=duplicate')
  const first = await tell()
  await arm('webhook=duplicate')
  ahead += 61_000
  const second = await tell()
  const third = await tell()
  await work()
  expect(told(settings).toSorted()).toEqual([first, first, second, third].toSorted())
})

test('a request that is not done arms nothing; one that fails afterwards does', async () => {
  const { tenantId } = await server.context.prisma.user.findFirstOrThrow({ where: { id: await tell() } })
  const armed = () => server.context.prisma.sandboxFault.findUnique({ where: { tenantId } })
  const ask = (headers: Record<string, string>, path = '/user') =>
    call(server, 'GET', path, { key: server.keys.sandbox, headers })
  expect((await ask(fault('webhook=duplicate, status=503'))).status).toBe(400)
  expect((await ask(fault('webhook=duplicate'), '/user?date=never')).status).toBe(400)
  expect(await armed()).toBeNull()
  expect((await ask(fault('webhook=late=9, status=503, when=after'))).status).toBe(503)
  expect(await armed()).toMatchObject({ copies: 0, delaySeconds: 9 })
})

test('samples arm the message that tells of them', async () => {
  const { userId, token } = await createUserWithToken(server, 'apple', server.keys.sandbox)
  await work()
  settings.received.length = 0
  const steps = stepSamples('2024-05-01T08:00:00Z', 3)
  const sent = await send(server, token, 'steps', steps, fault('webhook=duplicate'))
  expect([sent.status, sent.headers.get('x-sandbox-fault')]).toEqual([200, 'webhook=duplicate'])
  const { rows } = await server.context.pool.query('select tenant_id, copies from sandbox_fault')
  expect(rows).toEqual([{ tenant_id: expect.any(String), copies: 1 }])
  const ping = await call(server, 'POST', `/api/webhooks/${endpointId}/test`, { key: server.keys.sandbox })
  expect(ping.status).toBe(202)
  await work()
  expect(idsOf(own).filter((id) => id === ping.body.message_id)).toHaveLength(2)
  expect(told(settings)).not.toContain(userId)
})

test('of several messages of one request it is the first', async () => {
  const care = await connectCare(server, { environment: 'sandbox' })
  const group = await createGroup(care, 'North')
  const data = [patientIn([group], { first_name: 'A' }), patientIn([group], { first_name: 'B' })]
  const { status } = await care.ask('POST', '/patient', { data }, fault('webhook=duplicate'))
  expect(status).toBe(201)
  await work()
  const ids = idsOf(own)
  expect(ids).toHaveLength(3)
  expect(new Set(ids).size).toBe(2)
})

test('messages at once: one of them is the next', async () => {
  await call(server, 'GET', '/user', { key: server.keys.sandbox, headers: fault('webhook=duplicate') })
  const all = await Promise.all(Array.from({ length: 5 }, () => tell()))
  await work()
  expect(told(settings)).toHaveLength(6)
  expect(new Set(told(settings))).toEqual(new Set(all))
})

test('another environment is not concerned', async () => {
  const live = await startReceiver()
  await call(server, 'POST', '/settings', { key: server.keys.live, json: { webhookUrl: live.url } })
  await work()
  live.received.length = 0
  await call(server, 'GET', '/user', { key: server.keys.sandbox, headers: fault('webhook=duplicate') })
  const inLive = await tell(undefined, server.keys.live)
  const inSandbox = await tell()
  await work()
  expect(told(live)).toEqual([inLive])
  expect(told(settings)).toEqual([inSandbox, inSandbox])
  const refused = await call(server, 'GET', '/user', { key: server.keys.live, headers: fault('webhook=duplicate') })
  expect(refused.status).toBe(400)
  await live.stop()
})
