import { afterAll, beforeAll, expect, test } from 'vitest'
import { subscribeGoogle } from '../../src/connect/subscribe-google.ts'
import { dateAfter } from '../../src/zones.ts'
import { call, send } from '../support/api.ts'
import { agree, begin, comeBack, newConnectToken } from '../support/connecting.ts'
import { clientId, clientSecret } from '../support/google-health-oauth.ts'
import { stepsAt } from '../support/google-health-person.ts'
import { type Fault, type GoogleHealth, healthUserId, startGoogleHealth } from '../support/google-health-server.ts'
import { projectToken } from '../support/google-health-subscribers.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { startServer, type TestServer } from '../support/server.ts'

const HOUR = 3_600_000
let at = Date.parse('2026-03-10T23:00:00Z')
const DAY = '2026-03-05'

let stand: GoogleHealth
let server: TestServer
let receiver: Receiver
/** One person goes through all of it: thirty days of both providers are read once. */
let userId: string
let headers: Record<string, string>

beforeAll(async () => {
  stand = await startGoogleHealth()
  const environment = {
    GOOGLE_HEALTH_CLIENT_ID: clientId,
    GOOGLE_HEALTH_CLIENT_SECRET: clientSecret,
    GOOGLE_HEALTH_BASE_URL: stand.url,
  }
  server = await startServer({ environment, now: () => new Date(at) })
  receiver = await startReceiver()
  await call(server, 'POST', '/settings', { key: server.keys.live, json: { webhookUrl: receiver.url } })
  ;({ userId, headers } = await newConnectToken(server))
})
afterAll(async () => {
  await server.stop()
  await receiver.stop()
  await stand.stop()
})

const get = async (path: string) => (await call(server, 'GET', path, { key: server.keys.live })).body

async function connect(provider: string): Promise<string | null> {
  const { body } = await begin(server, headers, `provider=${provider}`)
  const back = await comeBack(server, await agree(body))
  return back.headers.get('location')
}

const backfills = async (): Promise<any[]> => (await get(`/user/${userId}/backfills`)).data

/** Asks for a day, and gives the id of what was asked for. */
async function ask(provider: string, day: string): Promise<string> {
  const json = { provider, from: day, to: day }
  return (await call(server, 'POST', `/user/${userId}/backfills`, { key: server.keys.live, json })).body.id
}

const stateOf = async (id: string) => (await backfills()).find((backfill) => backfill.id === id)

/** Steps by provider. */
async function stepsOf(date = DAY): Promise<Record<string, number>> {
  const days: any[] = await get(`/activity?userId=${userId}&date=${date}`)
  return Object.fromEntries(days.map(({ metadata, summary }) => [metadata.source, summary.movement?.steps_count]))
}
const stepsOfDay = Array.from({ length: 60 }, (_, i) => stepsAt(Date.parse(DAY) + 6 * HOUR + i * (HOUR / 4))).reduce(
  (a, b) => a + b,
)

test('Fitbit and Google are connected by the dance, thirty days arrive, beside what the phone sent', async () => {
  expect(await connect('fitbit')).toBe('/widget/?result=connected&provider=fitbit')
  expect(await connect('google')).toBe('/widget/?result=connected&provider=google')
  const minted = await call(server, 'POST', `/user/${userId}/token?provider=apple`, { key: server.keys.live })
  const walk = ['00', '10', '20'].map((minute) => ({
    device_name: 'iPhone',
    start_date: `${DAY}T10:${minute}:00Z`,
    end_date: `${DAY}T10:${minute}:59Z`,
    value: 40,
    unit: 'count',
  }))
  expect((await send(server, minted.body.access_token, 'steps', walk)).status).toBe(200)
  const states = async () => (await backfills()).map(({ status }) => status)
  await expect.poll(states, { timeout: 100_000, interval: 200 }).toEqual(['done', 'done'])
  expect(await backfills()).toMatchObject([
    { provider: expect.any(String), reason: 'connected', days_done: 30, days_total: 30, to: '2026-03-10' },
    { provider: expect.any(String), reason: 'connected', days_done: 30, days_total: 30, to: '2026-03-10' },
  ])
  const steps = await stepsOf()
  expect(steps).toMatchObject({ apple: 120, fitbit: stepsOfDay })
  expect(steps.google).toBeGreaterThan(0)
  expect((await stepsOf('2026-02-09')).fitbit).toBeGreaterThan(0)
  expect(await stepsOf('2026-02-08')).toEqual({})

  const [night] = await get(`/sleep?userId=${userId}&date=${DAY}`)
  expect(night).toMatchObject({
    start_time: '2026-03-04T22:30:00.000Z',
    end_time: `${DAY}T04:30:00.000Z`,
    durations: { deep_seconds: 3600, rem_seconds: 3600, light_seconds: 5 * 1800 + 1800, awake_seconds: 3600 },
  })
  const told = await receiver.waitFor(({ body }) =>
    body.users?.some(
      (user: any) =>
        user.userId === userId &&
        user.activity?.some(({ metadata }: any) => metadata.source === 'fitbit' && metadata.date === DAY),
    ),
  )
  expect(told.body.meta.type).toBe('devices.health-data')
}, 120_000)

test('a push has the days read anew, of both providers; a forged one, and a second, have not', async () => {
  const before = await stepsOf()
  const config = { ...server.context.config, publicUrl: server.url }
  expect(await subscribeGoogle(config, 'health', projectToken)).toBe('ACTIVE')
  expect(await subscribeGoogle(config, 'health', projectToken)).toBe('ACTIVE')
  expect(stand.subscribers.size).toBe(1)
  const { endpointUri, authorization } = stand.subscribers.get('pulsewell')!
  expect(endpointUri).toBe(`${server.url}/providers/google/push`)

  const intervals = [{ physicalTimeInterval: { startTime: `${DAY}T10:00:00Z`, endTime: `${DAY}T10:15:00Z` } }]
  const notification = { data: { healthUserId, operation: 'UPSERT', dataType: 'steps', intervals } }
  const forged = { authorization, 'x-healthapi-signature': stand.sign('another body') }
  // Google's keys cannot be had for the moment.
  stand.failNext('unavailable', /keyset/)
  expect((await stand.push(endpointUri, [notification], { authorization })).status).toBe(502)
  at += 5000
  expect((await stand.push(endpointUri, [notification], forged)).status).toBe(401)
  expect(await backfills()).toHaveLength(2)

  const pushed = await Promise.all([1, 2].map(() => stand.push(endpointUri, [notification], { authorization })))
  expect(pushed.map(({ status }) => status)).toEqual([204, 204])
  await expect.poll(async () => (await backfills()).every(({ status }) => status === 'done')).toBe(true)
  const pushes = (await backfills()).filter(({ reason }) => reason === 'push')
  expect(new Set(pushes.map(({ provider, from, to }) => `${provider} ${from} ${to}`))).toEqual(
    new Set([`fitbit ${DAY} ${DAY}`, `google ${DAY} ${DAY}`]),
  )
  expect(await stepsOf()).toEqual(before)
})

test('what is taken back at Google goes, be it all there was of a type', async () => {
  const ratesOf = async () => {
    const days: any[] = await get(`/biometrics?userId=${userId}&date=${DAY}`)
    return days.find(({ metadata }) => metadata.source === 'fitbit')?.heart_rate?.samples_bpm?.length ?? 0
  }
  const readAnew = async () => {
    const asked = await ask('fitbit', DAY)
    await expect.poll(() => stateOf(asked), { timeout: 20_000 }).toMatchObject({ status: 'done' })
  }
  const [steps, rates] = [await stepsOf(), await ratesOf()]
  expect(rates).toBeGreaterThan(0)
  stand.deleted.add('heart-rate')
  await readAnew()
  expect(await ratesOf()).toBe(0)
  expect(await stepsOf()).toEqual(steps)
  stand.deleted.clear()
  await readAnew()
  expect(await ratesOf()).toBe(rates)
})

test('a consent whose person cannot be told is not given back while the other provider is under one', async () => {
  stand.failNext('unavailable', /users\/me\/identity/)
  expect(await connect('google')).toBe('/widget/?result=failed&provider=google')
  expect(stand.paths.filter((path) => path === 'POST /revoke')).toEqual([])
  expect((await get(`/user/${userId}/connected-providers`)).connectedProviders).toEqual(['apple', 'fitbit', 'google'])
})

test('a subscriber that cannot be verified, and a stranger’s token, are told in a sentence', async () => {
  const config = { ...server.context.config, publicUrl: `${server.url}/nowhere` }
  await expect(subscribeGoogle(config, 'health', projectToken)).rejects.toThrow(/answered with 400.*reachable/)
  await expect(subscribeGoogle(config, 'health', 'stolen')).rejects.toThrow(/answered with 403/)
  const { publicUrl: _, ...unset } = config
  await expect(subscribeGoogle({ ...unset, publicUrl: undefined }, 'health', '')).rejects.toThrow(/PUBLIC_URL/)
})

test.each<[Fault, RegExp, string]>([
  ['rate_limited', /answered with 429/, '2026-01-10'],
  ['cut', /broke off/, '2026-01-11'],
  ['truncated', /not JSON/, '2026-01-12'],
  ['circle', /circle/, '2026-01-13'],
])('a day whose page is %s is put off, and whole afterwards', async (fault, error, day) => {
  for (let i = 0; i < (fault === 'circle' ? 2 : 1); i++) stand.failNext(fault, /dataTypes\/distance/)
  const asked = await ask('fitbit', day)
  await expect.poll(() => stateOf(asked)).toMatchObject({ status: 'waiting', error: expect.stringMatching(error) })
  expect(await stepsOf(day)).toEqual({})
  // Later, with a token that has ended meanwhile.
  at += HOUR / 4
  const refreshes = stand.oauth.refreshes
  stand.oauth.expireAccessTokens()
  const another = await ask('fitbit', dateAfter(day, -10))
  for (const id of [asked, another]) await expect.poll(() => stateOf(id)).toMatchObject({ status: 'done' })
  expect((await stepsOf(day)).fitbit).toBeGreaterThan(0)
  expect(stand.oauth.refreshes).toBe(refreshes + 1)
})

test('disconnecting one of both leaves the other its consent; who takes it back at Google is disconnected', async () => {
  // The connect token that all began with has ended.
  const { token } = await get(`/user/connect/token?userId=${userId}`)
  const gone = await call(server, 'DELETE', '/connect/user/providers/fitbit', { headers: { 'api-token': token } })
  expect(gone.status).toBe(200)
  stand.oauth.expireAccessTokens()
  const asked = await ask('google', '2026-01-20')
  await expect.poll(() => stateOf(asked)).toMatchObject({ status: 'done' })
  expect((await get(`/user/${userId}/connected-providers`)).connectedProviders).toEqual(['apple', 'google'])

  stand.oauth.revokeAll()
  await ask('google', DAY)
  await receiver.waitFor(
    ({ body }) =>
      body.meta.type === 'devices.provider-disconnected' &&
      body.users[0].userId === userId &&
      body.users[0].providers.includes('google'),
  )
})
