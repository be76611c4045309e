import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, createUserWithToken, send, stepSamples } from './support/api.ts'
import { startReceiver, type Receiver } from './support/receiver.ts'
import { startServer, type TestServer } from './support/server.ts'

let server: TestServer
let receiver: Receiver

beforeAll(async () => {
  server = await startServer()
  receiver = await startReceiver()
})
afterAll(async () => {
  await server.stop()
  await receiver.stop()
})

test('a phone sends steps, a partner reads the day and gets a webhook', async () => {
  await call(server, 'POST', '/settings', { key: server.keys.live, json: { webhookUrl: receiver.url } })
  const { userId, token } = await createUserWithToken(server)

  const sent = await send(server, token, 'steps', stepSamples('2024-03-01T08:00:00Z', 10))
  expect(sent.status).toBe(200)
  expect(sent.body).toEqual({ inserted: 10, updated: 0, unchanged: 0, rejected: [] })

  const day = await call(server, 'GET', `/activity?userId=${userId}&date=2024-03-01`, { key: server.keys.live })
  const expected = [{ metadata: { date: '2024-03-01', source: 'apple' }, summary: { movement: { steps_count: 100 } } }]
  expect(day.body).toEqual(expected)

  const webhook = await receiver.waitFor(({ body }) => body.meta.type === 'devices.health-data')
  expect(webhook.body.users).toEqual([
    { userId, activity: expected, biometrics: [], body: [], nutrition: [], sleep: [] },
  ])
})
