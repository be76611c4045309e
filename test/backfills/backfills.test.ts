import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { ProviderBatch } from '../../src/providers/provider.ts'
import { dateAfter } from '../../src/zones.ts'
import { call, sendAny, stepSamples } from '../support/api.ts'
import { connectUser } from '../support/connecting.ts'
import { replaceOura } from '../support/oauth-provider.ts'
import { type OAuthServer, startOAuthServer } from '../support/oauth-server.ts'
import { startReceiver } from '../support/receiver.ts'
import { startServer, type TestServer } from '../support/server.ts'

beforeAll(replaceOura)

let provider: OAuthServer
let server: TestServer

beforeAll(async () => {
  provider = await startOAuthServer()
  server = await startServer({ environment: provider.environment })
})
afterAll(async () => {
  await server.stop()
  await provider.stop()
})
afterEach(() => {
  provider.answer('/v1/days', undefined)
  provider.daysOf = stepsOf
})

const today = new Date().toISOString().slice(0, 10)
const ring = { device_name: 'Oura Ring', device_type: 'ring' } as const

function stepsOf(day: string): ProviderBatch[] {
  const samples = stepSamples(`${day}T08:00:00Z`, 10, 10).map((sample) => ({ ...sample, ...ring }))
  return [
    { dataType: 'steps', samples: samples.slice(0, 5) },
    { dataType: 'steps', samples: samples.slice(5) },
  ]
}

const backfillsOf = async (userId: string) =>
  (await call(server, 'GET', `/user/${userId}/backfills`, { key: server.keys.live })).body.data

const untilDone = (userId: string) =>
  expect
    .poll(async () => (await backfillsOf(userId)).map((each: any) => each.status), { timeout: 20_000 })
    .toEqual(['done'])

const stepsOn = async (userId: string, date: string) => {
  const { body } = await call(server, 'GET', `/activity?userId=${userId}&date=${date}`, { key: server.keys.live })
  return body.map((each: any) => [each.metadata.source, each.summary.movement.steps_count])
}

test('thirty days arrive, are told of, and stand beside what the phone sent', async () => {
  provider.daysOf = stepsOf
  const receiver = await startReceiver()
  await call(server, 'POST', '/settings', { key: server.keys.live, json: { webhookUrl: receiver.url } })
  const { userId } = await connectUser(server)
  const minted = await call(server, 'POST', `/user/${userId}/token?provider=apple`, { key: server.keys.live })
  await sendAny(server, minted.body.access_token, 'steps', stepSamples(`${today}T09:00:00Z`, 3))
  await untilDone(userId)
  const [backfill] = await backfillsOf(userId)
  expect(backfill).toMatchObject({
    provider: 'oura',
    reason: 'connected',
    status: 'done',
    from: dateAfter(today, -29),
    to: today,
    days_done: 30,
    days_total: 30,
    samples: 300,
  })
  expect(await stepsOn(userId, today)).toEqual([
    ['apple', 30],
    ['oura', 100],
  ])
  expect(await stepsOn(userId, dateAfter(today, -29))).toEqual([['oura', 100]])
  expect(await stepsOn(userId, dateAfter(today, -30))).toEqual([])
  const asked = provider.asked.filter((each) => each.includes('/v1/days')).map((each) => /day=([\d-]+)/.exec(each)![1]!)
  expect(asked[0]).toBe(today)
  expect(asked).toEqual(asked.toSorted().toReversed())

  const told = await receiver.waitFor(({ body }) => body.meta.type === 'devices.provider-connected')
  expect(told.body.users[0].providers).toEqual(['oura'])
  await receiver.waitFor(({ body }) =>
    body.users?.some((user: any) => user.activity?.some((day: any) => day.metadata.date === dateAfter(today, -29))),
  )
  await call(server, 'POST', '/settings', { key: server.keys.live, json: { webhookUrl: '' } })
  await receiver.stop()
})

test('what the provider does not have any longer does not stay beside the new; what it never had does', async () => {
  provider.daysOf = () => []
  const { userId } = await connectUser(server)
  await untilDone(userId)
  const minted = await call(server, 'POST', `/user/${userId}/token?provider=oura`, { key: server.keys.live })
  await sendAny(server, minted.body.access_token, 'steps', stepSamples(`${today}T01:00:00Z`, 1, 7, 'Scale'))
  const sleep = (from: string, to: string): ProviderBatch[] => [
    {
      dataType: 'sleep',
      samples: [{ ...ring, start_date: `${today}T0${from}Z`, end_date: `${today}T0${to}Z`, kind: 'deep' }],
    },
  ]
  const read = async (days: ProviderBatch[]) => {
    provider.daysOf = (day) => (day === today ? days : [])
    const json = { provider: 'oura', from: today, to: today }
    const asked = await call(server, 'POST', `/user/${userId}/backfills`, { key: server.keys.live, json })
    expect(asked.status, JSON.stringify(asked.body)).toBe(200)
    await expect
      .poll(async () => (await backfillsOf(userId)).find((each: any) => each.id === asked.body.id).status)
      .toBe('done')
  }
  const stored = async () => {
    const { rows } = await server.context.pool.query(
      `select data_type, start_date, end_date from samples where user_id = $1 order by 1, 2`,
      [userId],
    )
    return rows.map(({ data_type, start_date, end_date }) =>
      [data_type, start_date.toISOString(), end_date.toISOString()].join(' '),
    )
  }
  await read(sleep('1:00:00', '2:00:00'))
  await read(sleep('1:30:00', '2:00:00'))
  const at = (time: string) => `${today}T${time}:00.000Z`
  expect(await stored()).toEqual([`sleep ${at('01:30')} ${at('02:00')}`, `steps ${at('01:00')} ${at('01:01')}`])
})

test('samples that break a rule are left out, and the others stored', async () => {
  provider.daysOf = (day) => [
    ...stepsOf(day),
    { dataType: 'bpm', samples: [{ ...ring, start_date: `${day}T01:00:00Z`, value: 9000, unit: 'count/min' }] },
  ]
  const { userId } = await connectUser(server)
  await untilDone(userId)
  expect(await stepsOn(userId, today)).toEqual([['oura', 100]])
  const logged = server.logged.filter((line) => line.includes('left out'))
  expect(logged.length).toBeGreaterThan(0)
  expect(logged.join()).not.toContain('9000')
})

test('a totals batch is kept apart from what the device counted', async () => {
  provider.daysOf = (day) => [
    ...stepsOf(day),
    {
      dataType: 'steps',
      totals: 'daily',
      samples: [{ ...ring, start_date: `${day}T00:00:00Z`, value: 45_000, unit: 'count' }],
    },
  ]
  const { userId } = await connectUser(server)
  await untilDone(userId)
  const { body } = await call(server, 'GET', `/activity/sources?userId=${userId}&date=${today}`, {
    key: server.keys.live,
  })
  expect(JSON.stringify(body)).toContain('Oura Ring by the day')
  expect(await stepsOn(userId, today)).toEqual([['oura', 45_000]])
})

test.each([
  [{ provider: 'oura', from: '2026-01-02', to: '2026-01-01' }, 'to'],
  [{ provider: 'oura', from: '2024-01-01', to: '2025-06-01' }, 'to'],
  [{ provider: 'oura', from: '2026-01-01', to: '2026-13-01' }, 'to'],
  [{ provider: 'nobody', from: '2026-01-01', to: '2026-01-01' }, 'provider'],
  [{ provider: 'oura', from: dateAfter(today), to: dateAfter(today) }, 'to'],
])('a backfill that cannot be is refused, naming the field: %j', async (json, field) => {
  const { userId } = await connectUser(server)
  const { status, body } = await call(server, 'POST', `/user/${userId}/backfills`, { key: server.keys.live, json })
  expect(status).toBe(400)
  expect(body.detail).toContain(field)
})

test('backfills are of the account, and of a connection with a consent', async () => {
  const { userId } = await connectUser(server)
  expect((await call(server, 'GET', `/user/${userId}/backfills`, { key: server.keys.sandbox })).status).toBe(404)
  const json = { provider: 'garmin', from: today, to: today }
  const path = `/user/${userId}/backfills`
  expect((await call(server, 'POST', path, { key: server.keys.live, json })).status).toBe(409)
  expect((await call(server, 'POST', path, { key: server.keys.sandbox, json })).status).toBe(404)
})
