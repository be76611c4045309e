import { afterAll, beforeAll, expect, test } from 'vitest'
import { bpmSamples, call, createUserWithToken, send, stepSamples } from '../support/api.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let receiver: Receiver

beforeAll(async () => {
  server = await startServer({ environment: { LOG_LEVEL: 'trace' } })
  receiver = await startReceiver()
})
afterAll(async () => {
  await server.stop()
  await receiver.stop()
})

test('log lines are JSON with request ids, and hold no secret and no health value', async () => {
  const key = server.keys.live
  const settings = await call(server, 'POST', '/settings', { key, json: { webhookUrl: receiver.url } })
  const { userId, token, refreshToken } = await createUserWithToken(server)
  const connect = await call(server, 'GET', `/user/connect/token?userId=${userId}`, { key })
  await send(server, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 3, 23_456))
  await send(server, token, 'bpm', bpmSamples('2024-01-05T10:00:00Z', [187.625, 187.625, 187.625]))
  await send(server, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 3, 98_765))
  await call(server, 'POST', '/api/v1.1/samples', {
    token,
    body: '{"value": 54321',
    headers: { 'content-type': 'application/json' },
  })
  await call(server, 'POST', '/oauth/token', { json: { grant_type: 'refresh_token', refresh_token: refreshToken } })
  await call(server, 'GET', `/activity?userId=${userId}&date=2024-01-05`, {
    key,
    headers: { 'x-request-id': 'my-request' },
  })
  await receiver.waitFor(({ body }) => body.meta.type === 'devices.health-data')
  // A fault of ours, whose error Postgres words with the row that it refused.
  const [device] = (await server.context.pool.query('select id from device where user_id = $1', [userId])).rows
  await server.context.pool.query('alter table sample_day add constraint broken check (max < 20000) not valid')
  const fault = await send(server, token, 'steps', stepSamples('2024-01-05T12:00:00Z', 3, 23_456))
  expect(fault.status).toBe(500)
  expect(fault.body).toEqual({ error: { code: 'INTERNAL_ERROR', message: 'Something went wrong on our side.' } })
  expect(device).toBeDefined()

  const lines = server.logged.map((line) => JSON.parse(line))
  expect(lines).toContainEqual(
    expect.objectContaining({ requestId: 'my-request', route: '/activity', status: 200, method: 'GET' }),
  )
  expect(lines).toContainEqual(expect.objectContaining({ level: 50, err: expect.objectContaining({ code: '23514' }) }))
  const text = server.logged.join('')
  const secrets = [key, token, refreshToken, connect.body.token, settings.body.webhookKey]
  for (const secret of [...secrets, ...Object.values(server.keys)]) expect(text).not.toContain(secret)
  for (const value of ['23456', '187.625', '98765', '54321', '70368']) expect(text).not.toContain(value)
})
