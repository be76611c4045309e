import { afterAll, beforeAll, expect, test } from 'vitest'
import { createUserWithToken } from '../support/api.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { type Delivery, type Quiet, startWithoutWorker } from '../support/without-worker.ts'

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

async function waitingFor(url: string): Promise<{ id: string; read: () => Promise<Delivery> }> {
  await quiet.setUrl(url)
  const { userId } = await createUserWithToken(quiet.server)
  const read = async () => (await quiet.deliveries(userId))[0]!
  return { id: (await read()).id, read }
}

const set = (id: string, columns: string) =>
  quiet.context.pool.query(`update delivery set ${columns} where id = $1`, [id])

test('a retry is not sent before its time', async () => {
  const { id, read } = await waitingFor(receiver.url)
  await set(id, `status = 'retry', next_at = now() + interval '1 minute'`)
  await quiet.attempt(id)
  expect(receiver.received).toEqual([])
  expect((await read()).status).toBe('retry')
})

test("another's attempt under way goes on when the endpoint is disabled", async () => {
  const { id, read } = await waitingFor(receiver.url)
  const lease = `status = 'sending', lease_token = gen_random_uuid()`
  await set(id, `${lease}, lease_until = now() + interval '1 minute'`)
  await quiet.context.pool.query('update webhook_endpoint set enabled = false')
  const before = await read()
  await quiet.attempt(id)
  expect(await read()).toEqual(before)
  await set(id, `lease_until = now() - interval '1 minute'`)
  await quiet.sweep()
  expect((await read()).status).toBe('held')
  expect(receiver.received).toEqual([])
})

test('a stop gives back only what is still its own', async () => {
  const stop = new AbortController()
  const hanging = await startReceiver(async () => {
    await set(id, `lease_token = '00000000-0000-4000-8000-000000000000'`)
    stop.abort()
  })
  const { id, read } = await waitingFor(hanging.url)
  await quiet.attempt(id, stop.signal)
  expect(await read()).toMatchObject({ status: 'sending', lease_token: '00000000-0000-4000-8000-000000000000' })
  await hanging.stop()
})

test('a lease outlives the longest attempt, which is 15 s', async () => {
  let left = 0
  const slow = await startReceiver(async (_, response) => {
    left = (await read()).lease_until!.getTime() - Date.now()
    response.writeHead(204).end()
  })
  const { id, read } = await waitingFor(slow.url)
  await quiet.attempt(id)
  expect(left).toBeGreaterThan(15_000)
  expect(await read()).toMatchObject({ status: 'delivered', lease_token: null, lease_until: null })
  await slow.stop()
})
