import { afterAll, beforeAll, expect, test } from 'vitest'
import { scheduleSyncs } from '../../src/backfills/schedule-syncs.ts'
import { dateAfter } from '../../src/zones.ts'
import { call, sendAny, stepSamples } from '../support/api.ts'
import { begin, newConnectToken } from '../support/connecting.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let ahead = 0

beforeAll(async () => {
  const noon = Date.parse(`${new Date().toISOString().slice(0, 10)}T12:00:00Z`)
  server = await startServer({ worker: false, now: () => new Date(noon + ahead) })
})
afterAll(() => server.stop())

const today = new Date().toISOString().slice(0, 10)
const key = () => server.keys.sandbox

async function connectSandbox(...providers: string[]) {
  const { userId, headers } = await newConnectToken(server, key())
  for (const provider of providers) {
    const { body } = await begin(server, headers, `provider=${provider}`)
    const state = new URL(body).searchParams.get('state')
    const back = await call(server, 'GET', `/connect/${provider}?state=${state}&code=sandbox`)
    expect(back.headers.get('location')).toContain('result=connected')
  }
  return { userId, headers }
}

const read = async (userId: string, shape: string, date: string, zone = '') =>
  (await call(server, 'GET', `/${shape}?userId=${userId}&date=${date}${zone}`, { key: key() })).body

test('any day has data, and the same day the same; none is of the future', async () => {
  const { userId } = await connectSandbox('fitbit')
  const long = '2019-03-04'
  const first = await read(userId, 'activity', long)
  expect(first).toHaveLength(1)
  expect(first[0].metadata.source).toBe('fitbit')
  expect(first[0].summary.movement.steps_count).toBeGreaterThan(300)
  expect(await read(userId, 'activity', long)).toEqual(first)
  const [night] = await read(userId, 'sleep', long)
  expect(night).toBeDefined()
  expect(await read(userId, 'activity', dateAfter(today))).toEqual([])
  expect(await read(userId, 'activity', '2019-03-05', '&timezoneId=Asia/Tokyo')).toHaveLength(1)
})

test('today goes on', async () => {
  const { userId } = await connectSandbox('fitbit')
  const stepsToday = async () => (await read(userId, 'activity', today))[0]?.summary.movement.steps_count ?? 0
  const atNoon = await stepsToday()
  ahead = 11 * 3_600_000
  const atNight = await stepsToday()
  ahead = 0
  expect(atNight).toBeGreaterThan(atNoon)
})

test('days of the sandbox stand beside what an app sends there, and of providers that are connected', async () => {
  const { userId, headers } = await connectSandbox('fitbit', 'oura')
  const minted = await call(server, 'POST', `/user/${userId}/token?provider=apple`, { key: key() })
  await sendAny(server, minted.body.access_token, 'steps', stepSamples('2020-05-05T10:00:00Z', 3))
  const sources = async () => (await read(userId, 'activity', '2020-05-05')).map((day: any) => day.metadata.source)
  expect(await sources()).toEqual(['apple', 'fitbit', 'oura'])
  await call(server, 'DELETE', '/connect/user/providers/oura', { headers })
  expect(await sources()).toEqual(['apple', 'fitbit'])
})

test('a provider that was connected with a token, and without consent, has what was sent', async () => {
  const { userId } = await newConnectToken(server, key())
  await call(server, 'POST', `/user/${userId}/token?provider=fitbit`, { key: key() })
  expect(await read(userId, 'activity', '2020-05-05')).toEqual([])
})

test('a day goes on by itself: yesterday and today are asked for once an hour', async () => {
  const { userId } = await connectSandbox('garmin')
  const asked = async () => {
    const { body } = await call(server, 'GET', `/user/${userId}/backfills`, { key: key() })
    return body.data.map(({ reason, from, to }: any) => [reason, from, to])
  }
  const run = () => scheduleSyncs(server.context, new AbortController().signal)
  await server.context.pool.query(`update backfill set status = 'done', next_day = from_day - 1, next_at = null`)
  await run()
  expect(await asked()).toHaveLength(1)
  ahead = 3_601_000
  await run()
  await run()
  ahead = 0
  expect(await asked()).toEqual([
    ['scheduled', dateAfter(today, -1), today],
    ['connected', dateAfter(today, -29), today],
  ])
})
