import { afterAll, beforeAll, expect, test } from 'vitest'
import { createUserWithToken } from '../support/api.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { type Quiet, startWithoutWorker } from '../support/without-worker.ts'

let quiet: Quiet
let receiver: Receiver

beforeAll(async () => {
  quiet = await startWithoutWorker()
  receiver = await startReceiver()
  await quiet.setUrl(receiver.url)
})
afterAll(async () => {
  await quiet.stop()
  await receiver.stop()
})

/** The first attempt of a new delivery, answered so. */
async function attemptAnswered(status: number, headers: Record<string, string>, body = '') {
  receiver.handle = (_, response) => void response.writeHead(status, headers).end(body)
  const { userId } = await createUserWithToken(quiet.server)
  const [waiting] = await quiet.deliveries(userId)
  await quiet.attempt(waiting!.id)
  const [delivery] = await quiet.deliveries(userId)
  return { ...delivery!, delay: delivery!.next_at!.getTime() - delivery!.updated_at.getTime() }
}

test('the first retry comes about 5 s later', async () => {
  for (const status of [500, 404, 302]) {
    const { status: state, delay } = await attemptAnswered(status, {})
    expect(state).toBe('retry')
    expect(delay).toBeGreaterThanOrEqual(4000)
    expect(delay).toBeLessThanOrEqual(6000)
  }
})

// 8 s is within twice the delay due, and more than it ever is by itself.
test('Retry-After in seconds is heeded', async () => {
  const { status, delay } = await attemptAnswered(503, { 'retry-after': '8' })
  expect([status, delay]).toEqual(['retry', 8000])
})

test('Retry-After as a date is heeded', async () => {
  const date = new Date(Math.ceil(Date.now() / 1000) * 1000 + 8000).toUTCString()
  const { status, delay } = await attemptAnswered(503, { 'retry-after': date })
  expect(status).toBe('retry')
  expect(delay).toBeGreaterThan(7000)
  expect(delay).toBeLessThanOrEqual(9000)
})

test('Retry-After is heeded up to twice the delay due, and not when it makes no sense', async () => {
  expect((await attemptAnswered(429, { 'retry-after': '3600' })).delay).toBe(10_000)
  for (const header of ['soon', '-8', '1e3']) {
    expect((await attemptAnswered(503, { 'retry-after': header })).delay).toBeLessThanOrEqual(6000)
  }
})

test('of an answer the first 4 kB are kept', async () => {
  const body = Array.from({ length: 1000 }, (_, i) => `line ${i}\n`).join('')
  const { id } = await attemptAnswered(500, {}, body)
  const { rows } = await quiet.context.pool.query('select response_body from attempt where delivery_id = $1', [id])
  expect(rows[0].response_body.toString()).toBe(body.slice(0, 4096))
})
