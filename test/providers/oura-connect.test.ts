import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { requireConfigured } from '../../src/connect/live-providers.ts'
import { applicationOf } from '../../src/connect/provider-application.ts'
import { oura as provider } from '../../src/providers/oura.ts'
import { call, createUserWithToken, stepSamples } from '../support/api.ts'
import { connectOura, ouraEnvironment } from '../support/connect-oura.ts'
import { type OuraServer, startOuraServer } from '../support/oura-server.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { startServer, type TestServer } from '../support/server.ts'

const DAY_MS = 86_400_000
const dayOf = (daysAgo: number) => new Date(Date.now() - daysAgo * DAY_MS).toISOString().slice(0, 10)
/** The latest Monday that is over: the person runs at noon. */
const monday = Array.from({ length: 7 }, (_, index) => dayOf(index + 1)).find((day) => new Date(day).getUTCDay() === 1)!

let server: TestServer
let oura: OuraServer
let receiver: Receiver
/** How far the server's clock is ahead. */
let ahead = 0
beforeAll(async () => {
  oura = await startOuraServer()
  oura.api.pageSize = { documents: 3, rows: 150 }
  server = await startServer({ environment: ouraEnvironment(oura), now: () => new Date(Date.now() + ahead) })
  receiver = await startReceiver()
  await call(server, 'POST', '/settings', { key: server.keys.live, json: { webhookUrl: receiver.url } })
})
afterAll(async () => {
  await server.stop()
  await oura.stop()
  await receiver.stop()
})

const get = async (path: string) => (await call(server, 'GET', path, { key: server.keys.live })).body
const createUser = async () => (await createUserWithToken(server)).userId
const providersOf = async (userId: string) => (await get(`/user/${userId}/connected-providers`)).connectedProviders
const backfillsOf = async (userId: string) => (await get(`/user/${userId}/backfills`)).data

async function ofOura(path: string, userId: string, date: string) {
  const answer: { metadata: { source: string } }[] = await get(`${path}?userId=${userId}&date=${date}`)
  return answer.find(({ metadata }) => metadata.source === 'oura') as any
}

const allDone = (userId: string) =>
  vi.waitUntil(
    async () => {
      const all: { status: string }[] = await backfillsOf(userId)
      return all.length > 0 && all.every(({ status }) => status === 'done')
    },
    { timeout: 60_000, interval: 100 },
  )

describe('a person who connects Oura', () => {
  let userId: string
  beforeAll(async () => {
    const phone = await createUserWithToken(server)
    userId = phone.userId
    const json = { data_type: 'steps', data: stepSamples(`${monday}T08:00:00Z`, 10, 50) }
    await call(server, 'POST', '/api/v2/samples', { token: phone.token, json })
    // Nothing is lost to a limit, and to an answer that breaks off.
    oura.fail('rate_limited', { path: '/v2/usercollection/sleep', times: 2, retryAfter: 1 })
    expect(await connectOura(server, oura, userId)).toBe('/widget/?result=connected&provider=oura')
    await allDone(userId)
  })

  test('has 30 days of theirs, with progress told', async () => {
    expect(await providersOf(userId)).toEqual(['apple', 'oura'])
    const [backfill] = await backfillsOf(userId)
    expect(backfill).toMatchObject({
      provider: 'oura',
      reason: 'connected',
      days_done: 30,
      days_total: 30,
      to: dayOf(0),
    })
    expect(backfill.samples).toBeGreaterThan(30 * 200)
    for (const daysAgo of [1, 2, 10, 28]) {
      const day = dayOf(daysAgo)
      const activity = oura.person.documents('daily_activity', day)[0]!
      const { summary } = await ofOura('/activity', userId, day)
      expect(summary.movement).toMatchObject({
        steps_count: activity.steps,
        distance_meters: activity.equivalent_walking_distance,
      })
      expect(summary.energy_expenditure).toMatchObject({
        active_kcal: activity.active_calories,
        basal_metabolic_rate_kcal: activity.total_calories - activity.active_calories,
      })
      expect(summary.durations.active_seconds).toBe(3000)
    }
  })

  test('has what a day came to where a day is asked for, and not in a workout at its instant', async () => {
    const { summary, activity_logs: logs } = await ofOura('/activity', userId, monday)
    expect(summary.movement.steps_count).toBe(oura.person.documents('daily_activity', monday)[0]!.steps)
    expect(logs).toEqual([expect.objectContaining({ type: 'running', movement: { distance_meters: 6400 } })])
    expect(logs[0].energy_expenditure).toEqual({ active_kcal: 320.5 })
    const sources = await ofOura('/activity/sources', userId, monday)
    const steps = sources.types.find((each: { data_type: string }) => each.data_type === 'steps')
    expect(steps.devices).toEqual([
      expect.objectContaining({ device_name: 'Oura Ring by the day', kind: 'merged', used: steps.total }),
    ])
  })

  test('has their nights as Oura scored them', async () => {
    const day = dayOf(2)
    const night = oura.person.documents('sleep', day).find(({ type }) => type === 'long_sleep')!
    const sleep = await ofOura('/sleep', userId, day)
    expect(sleep).toMatchObject({
      start_time: new Date(night.bedtime_start).toISOString(),
      end_time: new Date(night.bedtime_end).toISOString(),
      durations: {
        total_seconds: night.total_sleep_duration,
        deep_seconds: night.deep_sleep_duration,
        rem_seconds: night.rem_sleep_duration,
        light_seconds: night.light_sleep_duration,
        awake_seconds: night.awake_time,
        in_bed_seconds: night.time_in_bed,
      },
      biometrics: {
        heart_rate: { resting_bpm: 50 },
        respiration: { avg_breaths_per_minute: 14.25, spo2: { avg_pct: expect.closeTo(97, -1) } },
      },
    })
    const variabilities = night.hrv.items.filter((item: number | null) => item !== null)
    expect(sleep.biometrics.hrv.rmssd.samples_millis).toHaveLength(variabilities.length)
    const { heart_rate: rates } = await ofOura('/biometrics', userId, day)
    expect(rates.samples_bpm.length).toBe(oura.person.heartRates(Date.parse(day), Date.parse(day) + DAY_MS).length)
  })

  test('has the phone’s day beside it', async () => {
    const answer = await get(`/activity?userId=${userId}&date=${monday}`)
    expect(answer.map((each: any) => [each.metadata.source, each.summary.movement.steps_count])).toEqual([
      ['apple', 500],
      ['oura', oura.person.documents('daily_activity', monday)[0]!.steps],
    ])
  })

  test('webhooks tell of each of these days', async () => {
    const told = () =>
      receiver.received.flatMap(({ body }) =>
        (body.users ?? [])
          .filter((user: any) => user.userId === userId)
          .flatMap(({ activity = [] }: any) => activity)
          .filter(({ metadata }: any) => metadata.source === 'oura')
          .map(({ metadata }: any) => metadata.date),
      )
    await expect.poll(() => new Set(told()).size, { timeout: 20_000 }).toBeGreaterThanOrEqual(29)
    expect(told()).toContain(dayOf(20))
  })

  test('gives the consent back at Oura when it is disconnected here, again where Oura does not say that it has it', async () => {
    oura.fail('server_error', { path: '/oauth/revoke' })
    await call(server, 'DELETE', `/user/${userId}/revoke?provider=oura`, { key: server.keys.live })
    await expect.poll(() => oura.oauth.revoked, { timeout: 10_000 }).toEqual(['done'])
    ahead = 11 * 60_000
    await expect.poll(() => oura.oauth.revoked, { timeout: 10_000 }).toEqual(['done', 'done'])
    ahead = 0
  })
})

describe('consent', () => {
  test('that is denied connects nothing', async () => {
    const userId = await createUser()
    expect(await connectOura(server, oura, userId, { decision: 'deny' })).toBe('/widget/?result=denied&provider=oura')
    expect(await providersOf(userId)).toEqual(['apple'])
  })
})

describe('a person who consents to a part', () => {
  let userId: string
  beforeAll(async () => {
    userId = await createUser()
    await connectOura(server, oura, userId, { scopes: ['daily', 'workout'] })
    await allDone(userId)
  })

  test('is connected, and that part is there', async () => {
    expect(await providersOf(userId)).toContain('oura')
    const { summary, activity_logs: logs } = await ofOura('/activity', userId, monday)
    expect(summary.movement.steps_count).toBe(oura.person.documents('daily_activity', monday)[0]!.steps)
    expect(logs).toHaveLength(1)
    expect((await ofOura('/sleep', userId, dayOf(2))).biometrics.respiration.spo2).toBeUndefined()
    // What is not allowed is no bad token: nothing is refreshed for it.
    expect(oura.oauth.exchanged.at(-1)).toBe('authorization_code')
  })

  const ask = (from: string, to: string) =>
    call(server, 'POST', `/user/${userId}/backfills`, { key: server.keys.live, json: { provider: 'oura', from, to } })

  test('a push has its days read again, a copy of it once; what is taken back goes, be it all there was', async () => {
    const application = applicationOf(server.context, requireConfigured(server.context.config, 'oura'), server.url)
    await provider.live.push.ensureSubscriptions(application)
    const day = [1, 2, 3, 4].map(dayOf).find((each) => oura.person.documents('workout', each).length === 0)!
    const [start, end] = [`${day}T15:00:00+00:00`, `${day}T15:15:00+00:00`]
    const night = oura.person.documents('sleep', day)[0]!
    const times = { bedtime_start: start, bedtime_end: end, sleep_phase_30_sec: null, sleep_phase_5_min: '224' }
    oura.api.added.set('sleep', [{ ...night, ...times, type: 'late_nap' }])
    const workout = { day, activity: 'walking', start_datetime: start, end_datetime: end, calories: 60 }
    oura.api.added.set('workout', [workout])
    const recorded = async () => {
      const types = ['sleep', 'workout', 'workout_energy'].map(async (type) => {
        const range = `start=${day}T15:00:00Z&end=${day}T16:00:00Z`
        return (await get(`/api/v2/samples?userId=${userId}&data_type=${type}&${range}`)).data.length
      })
      return Promise.all(types)
    }
    const before = (await backfillsOf(userId)).length
    const event = { event_type: 'create', data_type: 'workout', event_time: new Date().toISOString() }
    expect(await oura.webhooks.push(event)).toEqual([200])
    expect(await oura.webhooks.push(event)).toEqual([200])
    await allDone(userId)
    expect((await backfillsOf(userId)).length).toBeLessThanOrEqual(before + 2)
    expect(await recorded()).toEqual([3, 1, 1])
    oura.api.added.clear()
    expect(await oura.webhooks.push({ ...event, event_type: 'delete' })).toEqual([200])
    await allDone(userId)
    expect(await recorded()).toEqual([0, 0, 0])
  })

  test.each([
    ['of another application', { secret: 'another' }],
    ['of yesterday', { timestamp: String(Math.floor(Date.now() / 1000) - 86_400) }],
    ['that is not signed', { signature: '' }],
  ])('a push %s is refused, and nothing is read', async (_, forgery) => {
    const before = (await backfillsOf(userId)).length
    const event = { event_type: 'update', data_type: 'sleep' }
    expect(await oura.webhooks.push(event, { ...forgery, url: `${server.url}/providers/oura/push` })).toEqual([401])
    expect(await backfillsOf(userId)).toHaveLength(before)
  })

  test.each(['cut', 'truncated', 'server_error', 'html'] as const)(
    'an answer that is %s is asked for again',
    async (fault) => {
      oura.fail(fault, { path: '/v2/usercollection/sleep' })
      const { body } = await ask(monday, monday)
      const own = async () => (await backfillsOf(userId)).find(({ id }: { id: string }) => id === body.id)
      await expect.poll(async () => (await own()).status).toBe('waiting')
      expect((await own()).error).toMatch(/./)
      ahead += 60_000
      await ask(dayOf(3), dayOf(3))
      await expect.poll(async () => (await own()).status, { timeout: 10_000 }).toBe('done')
    },
  )

  test('a token that has expired is refreshed, once', async () => {
    const before = oura.oauth.exchanged.length
    oura.oauth.expireAccessTokens()
    await ask(dayOf(5), dayOf(4))
    await allDone(userId)
    expect(oura.oauth.exchanged.slice(before)).toEqual(['refresh_token'])
  })

  test('who takes the consent back at Oura is disconnected, and that is told', async () => {
    oura.oauth.revokeGrants()
    await ask(dayOf(1), dayOf(1))
    await expect.poll(() => providersOf(userId)).toEqual(['apple'])
    await receiver.waitFor(
      ({ body }) => body.meta?.type === 'devices.provider-disconnected' && body.users[0].userId === userId,
    )
  })
})
