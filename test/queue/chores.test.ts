import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, createUserWithToken, send, stepSamples } from '../support/api.ts'
import { type Received, type Receiver, startReceiver } from '../support/receiver.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'

let server: TestServer
let proxy: TcpProxy
let receiver: Receiver
let userId: string

beforeAll(async () => {
  server = await startServer({
    through: async (databaseUrl) => {
      const { hostname, port } = new URL(databaseUrl)
      proxy = await startTcpProxy({ host: hostname, port: Number(port) })
      return proxy.port
    },
  })
  receiver = await startReceiver()
  await call(server, 'POST', '/settings', { key: server.keys.live, json: { webhookUrl: receiver.url } })
  const user = await createUserWithToken(server)
  userId = user.userId
  await send(server, user.token, 'steps', stepSamples('2024-01-05T10:00:00Z', 3))
  await receiver.waitFor(({ body }) => body.meta.type === 'devices.health-data')
})
afterAll(async () => {
  proxy.up()
  await server.stop()
  await receiver.stop()
  await proxy.stop()
})

const told = () => receiver.received.filter(({ body }: Received) => body.meta.type === 'devices.health-data').length

/** As if the job of a change had been lost. */
const mark = () =>
  server.context.pool.query(
    `insert into changed_day (user_id, data_type, day, marked_at, changed_from, changed_to)
     values ($1, 'steps', '2024-01-05', now() - interval '1 minute', '2024-01-05T10:00Z', '2024-01-05T10:03Z')`,
    [userId],
  )

test('a running worker finds changes and deliveries that no job tells of', async () => {
  const before = told()
  await mark()
  await expect.poll(told).toBe(before + 1)
  // The receiver knows of it before the worker has recorded what it answered.
  const lose = `update delivery set status = 'pending', next_at = now() - interval '1 minute'
    where message_id = (select max(message_id) from delivery) and status = 'delivered'`
  await expect.poll(async () => (await server.context.pool.query(lose)).rowCount).toBe(1)
  await expect.poll(told).toBe(before + 2)
})

test('a chore that failed is done again', async () => {
  const failures = () => server.logged.filter((line) => line.includes('a chore failed')).map((line) => JSON.parse(line))
  proxy.down()
  await expect
    .poll(() => failures().map(({ chore }) => chore))
    .toEqual(expect.arrayContaining(['sweepChanges', 'sweepDeliveries']))
  proxy.up()
  const before = told()
  await expect.poll(() => mark().then(() => 'marked', String)).toBe('marked')
  await expect.poll(told).toBe(before + 1)
})
