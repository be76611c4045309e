import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createUserWithToken } from '../support/api.ts'
import { answerLikeAPartner, type Received, type Receiver, startReceiver } from '../support/receiver.ts'
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

const latestPing = async () => (await quiet.deliveries()).findLast(({ type }) => type === 'ping')!
const read = async (id: string) => (await quiet.deliveries()).find((delivery) => delivery.id === id)!

async function attemptAll(): Promise<void> {
  await quiet.hurry()
  for (const { id } of await quiet.deliveries()) await quiet.attempt(id)
}

test('a ping that failed is not asked of the URL that is set after', async () => {
  const failing = await startReceiver((_, response) => void response.writeHead(500).end())
  await quiet.setUrl(failing.url)
  const first = await latestPing()
  await attemptAll()
  expect(await read(first.id)).toMatchObject({ status: 'retry', attempt_count: 1 })
  await quiet.setUrl(receiver.url)
  expect(await read(first.id)).toMatchObject({ status: 'cancelled', next_at: null })
  await attemptAll()
  await attemptAll()
  expect(receiver.received.map(({ body }) => body.meta.type)).toEqual(['ping'])
  expect((await latestPing()).status).toBe('delivered')
  expect(failing.received).toHaveLength(1)
  await failing.stop()
})

test('an answer without the pong, and one with another, is a failure that says so', async () => {
  const wrong = await startReceiver()
  const answers = ['{}', '{"pong":"another"}', 'null', 'not JSON', '']
  await quiet.setUrl(wrong.url)
  const ping = await latestPing()
  for (const [i, answer] of answers.entries()) {
    wrong.handle = (_, response) => void response.writeHead(200).end(answer)
    await attemptAll()
    expect(await read(ping.id)).toMatchObject({ status: 'retry', attempt_count: i + 1 })
  }
  const { rows } = await quiet.context.pool.query(
    `select distinct error, response_status from attempt where delivery_id = $1`,
    [ping.id],
  )
  expect(rows).toEqual([{ error: 'answered without the pong', response_status: 200 }])
  wrong.handle = answerLikeAPartner
  await attemptAll()
  expect(await read(ping.id)).toMatchObject({ status: 'delivered', attempt_count: answers.length + 1 })
  await wrong.stop()
})

test('clearing the URL holds what waits at once', async () => {
  await quiet.setUrl(receiver.url)
  const { userId } = await createUserWithToken(quiet.server)
  await createUserWithToken(quiet.server)
  const [delivery] = await quiet.deliveries(userId)
  await quiet.context.pool.query(`update delivery set status = 'retry' where id = $1`, [delivery!.id])
  await quiet.setUrl('')
  const held = (await quiet.deliveries()).filter(({ status }) => status === 'held')
  expect(held.map(({ type, next_at }) => [type, next_at])).toEqual([
    ['ping', null],
    ['devices.provider-connected', null],
    ['devices.provider-connected', null],
  ])
})

test('from the second POST /settings on, everything is signed with the second key', async () => {
  const first = await quiet.setUrl(receiver.url)
  const { userId } = await createUserWithToken(quiet.server)
  const second = await quiet.setUrl(receiver.url)
  await attemptAll()
  const { raw, headers, body } = await receiver.waitFor(about(userId))
  const verify = (key: string) => new Webhook(key).verify(raw.toString(), headers as Record<string, string>)
  expect(verify(second.webhookKey)).toEqual(body)
  expect(() => verify(first.webhookKey)).toThrow()
  expect(headers['x-webhook-key']).toBe(second.webhookKey)
})

const about = (userId: string) => (received: Received) => received.body.users?.[0]?.userId === userId
