import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { call, createUserWithToken, sendAny } from '../support/api.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { startServer, type TestServer } from '../support/server.ts'

/** What a webhook tells of days other than that of the samples which came: nights and workouts reach over midnight. */

let server: TestServer
let receiver: Receiver
let userId: string
let token: string

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())
beforeEach(async () => {
  receiver = await startReceiver()
  await call(server, 'POST', '/settings', { key: server.keys.live, json: { webhookUrl: receiver.url } })
  ;({ userId, token } = await createUserWithToken(server))
})
afterEach(async () => {
  await call(server, 'POST', '/settings', { key: server.keys.live, json: { webhookUrl: '' } })
  await receiver.stop()
})

const interval = (start: string, end: string, kind: string) => ({
  device_name: 'Apple Watch',
  start_date: `${start}:00Z`,
  end_date: `${end}:00Z`,
  kind,
})
const beat = (start: string, value: number) => ({
  device_name: 'Apple Watch',
  start_date: `${start}:00Z`,
  value,
  unit: 'count/min',
})

/** Does something, and waits for what the webhook says of it. */
async function told(act: () => Promise<unknown>): Promise<any> {
  const before = receiver.received.length
  const isNews = ({ body }: { body: any }) =>
    body.meta.type === 'devices.health-data' && body.users[0].userId === userId
  await act()
  const message = await receiver.waitFor((one) => receiver.received.indexOf(one) >= before && isNews(one))
  return message.body.users[0]
}

const read = async (shape: string, date: string) =>
  (await call(server, 'GET', `/${shape}?userId=${userId}&date=${date}`, { key: server.keys.live })).body

const remove = (data_type: string) =>
  call(server, 'DELETE', '/api/v2/samples', {
    token,
    json: { data_type, start: '2024-01-01T00:00:00Z', end: '2024-01-10T00:00:00Z' },
  })

test('a night is told anew when its beginning, or its heart rate, comes late', async () => {
  const late = interval('2024-01-05T00:00', '2024-01-05T06:00', 'deep')
  expect((await told(() => sendAny(server, token, 'sleep', [late]))).sleep).toEqual(await read('sleep', '2024-01-05'))

  const early = interval('2024-01-04T22:00', '2024-01-04T23:59', 'light')
  const whole = await told(() => sendAny(server, token, 'sleep', [early]))
  expect(whole.sleep).toEqual(await read('sleep', '2024-01-05'))
  expect(whole.sleep[0].start_time).toBe('2024-01-04T22:00:00.000Z')

  const measured = await told(() => sendAny(server, token, 'bpm', [beat('2024-01-04T23:00', 51)]))
  expect(measured.sleep).toEqual(await read('sleep', '2024-01-05'))
  expect(measured.sleep[0].biometrics.heart_rate.avg_bpm).toBe(51)

  // Nothing of the night.
  expect((await told(() => sendAny(server, token, 'bpm', [beat('2024-01-05T15:00', 80)]))).sleep).toEqual([])
})

test('a night that was deleted is told of as none, and so is a workout', async () => {
  const night = interval('2024-01-05T00:00', '2024-01-05T06:00', 'deep')
  const run = interval('2024-01-05T08:00', '2024-01-05T09:00', 'running')
  await told(() => sendAny(server, token, 'sleep', [night]))
  await told(() => sendAny(server, token, 'workout', [run]))
  const metadata = { date: '2024-01-05', source: 'apple' }
  expect((await told(() => remove('sleep'))).sleep).toEqual([{ metadata, durations: { total_seconds: 0 } }])
  expect((await told(() => remove('workout'))).activity).toEqual([{ metadata, activity_logs: [] }])
  expect([await read('sleep', '2024-01-05'), await read('activity', '2024-01-05')]).toEqual([[], []])
})

test('a workout over midnight is told anew with what was measured after it', async () => {
  await told(() => sendAny(server, token, 'workout', [interval('2024-01-05T23:00', '2024-01-06T01:00', 'running')]))
  const { activity } = await told(() => sendAny(server, token, 'bpm', [beat('2024-01-06T00:30', 140)]))
  expect(activity).toEqual([...(await read('activity', '2024-01-05')), ...(await read('activity', '2024-01-06'))])
  expect(activity[0].activity_logs[0].biometrics.heart_rate.avg_bpm).toBe(140)
})
