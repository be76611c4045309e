import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, call, createUserWithToken, send, stepSamples } from '../support/api.ts'
import { startReceiver } from '../support/receiver.ts'
import { startServer, type TestServer } from '../support/server.ts'

const DATE = '2024-01-05'
const NOBODY = '00000000-0000-4000-8000-000000000000'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())

let persons = 0
async function newUser(): Promise<string> {
  const { body } = await call(server, 'POST', `/user?appUserId=apple-${persons++}`, { key: server.keys.live })
  return body.userId
}

/** What a phone sends: `data` is JSON within JSON. */
const push = (metriportUserId: string, data: unknown, { hourly = false, key = server.keys.client } = {}) =>
  call(server, 'POST', '/webhook/apple', { key, json: { metriportUserId, data: JSON.stringify(data), hourly } })

const read = async (route: string, userId: string, date = DATE): Promise<any> =>
  (await call(server, 'GET', `/${route}?userId=${userId}&date=${date}`, { key: server.keys.live })).body[0]

const providers = async (userId: string): Promise<string[]> =>
  (await call(server, 'GET', `/user/${userId}/connected-providers`, { key: server.keys.live })).body.connectedProviders

const accepted = (answer: Answer) => {
  expect([answer.status, answer.body.rejected, answer.body.ignored]).toEqual([200, [], []])
  return answer.body
}

describe('what the published SDKs push', () => {
  test('totals of a day, with a client key; Apple Health is connected the first time, and told of', async () => {
    const receiver = await startReceiver()
    await call(server, 'POST', '/settings', { key: server.keys.live, json: { webhookUrl: receiver.url } })
    const userId = await newUser()
    const data = {
      HKQuantityTypeIdentifierStepCount: [
        { date: `${DATE}T00:00:00Z`, value: 8123 },
        { date: '2024-01-06T00:00:00Z', value: 40 },
      ],
      HKQuantityTypeIdentifierActiveEnergyBurned: [{ date: `${DATE}T00:00:00Z`, value: 312.5 }],
      HKQuantityTypeIdentifierFlightsClimbed: [{ date: `${DATE}T00:00:00Z`, value: 12 }],
    }
    expect(accepted(await push(userId, data))).toMatchObject({ stored: 4, unchanged: 0 })
    expect(accepted(await push(userId, data))).toMatchObject({ stored: 0, unchanged: 4 })
    expect(await providers(userId)).toEqual(['apple'])
    const day = await read('activity', userId)
    expect(day.summary).toEqual({
      movement: { steps_count: 8123, floors_count: 12 },
      energy_expenditure: { active_kcal: 312.5 },
    })
    const of = (type: string) =>
      receiver.waitFor(({ body }) => body.meta.type === type && body.users[0].userId === userId)
    expect((await of('devices.provider-connected')).body.users[0].connectedProviders).toEqual(['apple'])
    expect((await of('devices.health-data')).body.users[0].activity[0]).toEqual(day)
    await call(server, 'POST', '/settings', { key: server.keys.live, json: { webhookUrl: '' } })
    await receiver.stop()
  })

  test('a day that grows is replaced by its later total', async () => {
    const userId = await newUser()
    const total = (value: number) => ({ HKQuantityTypeIdentifierStepCount: [{ date: `${DATE}T00:00:00Z`, value }] })
    await push(userId, total(100))
    expect(accepted(await push(userId, total(250)))).toMatchObject({ stored: 1 })
    expect((await read('activity', userId)).summary.movement.steps_count).toBe(250)
  })

  test('totals of hours add up to the day; means of hours are its samples', async () => {
    const userId = await newUser()
    const hours = [9, 10, 23].map((hour) => `${DATE}T${String(hour).padStart(2, '0')}:00:00Z`)
    await push(
      userId,
      {
        HKQuantityTypeIdentifierStepCount: hours.map((date) => ({ date, value: 500 })),
        HKQuantityTypeIdentifierHeartRate: hours.map((date, index) => ({ date, value: 60 + 10 * index })),
      },
      { hourly: true },
    )
    expect((await read('activity', userId)).summary.movement.steps_count).toBe(1500)
    expect((await read('biometrics', userId)).heart_rate).toMatchObject({ min_bpm: 60, max_bpm: 80, avg_bpm: 70 })
  })

  test('a merged total is never added to raw samples, nor hours to the day', async () => {
    const { userId, token } = await createUserWithToken(server)
    const answers: number[] = []
    const steps = async () => answers.push((await read('activity', userId)).summary.movement.steps_count)
    await send(server, token, 'steps', stepSamples(`${DATE}T10:00:00Z`, 10, 30))
    await steps()
    await push(
      userId,
      { HKQuantityTypeIdentifierStepCount: [{ date: `${DATE}T10:00:00Z`, value: 450 }] },
      { hourly: true },
    )
    await steps()
    await push(userId, { HKQuantityTypeIdentifierStepCount: [{ date: `${DATE}T00:00:00Z`, value: 460 }] })
    await steps()
    await send(server, token, 'steps', stepSamples(`${DATE}T12:00:00Z`, 20, 30))
    await steps()
    // Samples; an hour that knows more; a day that knows more still; and samples that know more than both.
    expect(answers).toEqual([300, 450, 460, 900])
    const [{ devices, total }] = (await read('activity/sources', userId)).types
    expect(total).toBe(900)
    expect(devices.map(({ kind, counted, used }: any) => [kind, counted, used])).toEqual([
      ['phone', 900, 900],
      ['merged', 460, 0],
      ['merged', 450, 0],
    ])
  })

  test('what a phone sends again after a failure lacks the flag, and is never added to the day', async () => {
    const userId = await newUser()
    const counted = (hour: string, value: number) => ({ date: `${DATE}T${hour}:00:00Z`, value })
    const pushAgain = (items: object[]) => {
      const json = { metriportUserId: userId, data: JSON.stringify({ HKQuantityTypeIdentifierStepCount: items }) }
      return call(server, 'POST', '/webhook/apple', { key: server.keys.client, json })
    }
    const steps = async () => (await read('activity', userId)).summary.movement.steps_count
    await pushAgain([counted('09', 300), counted('10', 400)])
    expect(await steps()).toBe(700)
    await push(userId, { HKQuantityTypeIdentifierStepCount: [counted('12', 800)] })
    expect(await steps()).toBe(800)
    await pushAgain([counted('11', 100)])
    expect(await steps()).toBe(800)
  })

  test('a day of the phone’s zone is that day in it', async () => {
    const userId = await newUser()
    await push(userId, { HKQuantityTypeIdentifierStepCount: [{ date: `${DATE}T00:00:00-08:00`, value: 77 }] })
    const query = `userId=${userId}&date=${DATE}&timezoneId=America/Los_Angeles`
    const { body } = await call(server, 'GET', `/activity?${query}`, { key: server.keys.live })
    expect(body[0].summary.movement.steps_count).toBe(77)
  })

  test('units of HealthKit become ours', async () => {
    const userId = await newUser()
    const at = (value: number) => [{ date: `${DATE}T00:00:00Z`, value }]
    const noisy = await newUser()
    await push(noisy, {
      HKQuantityTypeIdentifierOxygenSaturation: at(0.57),
      HKQuantityTypeIdentifierBloodGlucose: at(5.1),
    })
    expect((await read('biometrics', noisy)).respiration.spo2.min_pct).toBe(57)
    expect((await read('biometrics', noisy)).blood_glucose.samples_mg_dL[0].value).toBe(91.87956)
    accepted(
      await push(userId, {
        HKQuantityTypeIdentifierOxygenSaturation: at(0.97),
        HKQuantityTypeIdentifierBodyFatPercentage: at(0.21),
        HKQuantityTypeIdentifierBodyMass: at(81.5),
        HKQuantityTypeIdentifierBloodGlucose: at(5.5),
        HKQuantityTypeIdentifierAppleExerciseTime: at(30),
        HKQuantityTypeIdentifierDietarySodium: at(2.3),
      }),
    )
    expect((await read('biometrics', userId)).respiration.spo2.avg_pct).toBe(97)
    expect((await read('biometrics', userId)).blood_glucose.avg_mg_dL).toBeCloseTo(99.09, 2)
    expect(await read('body', userId)).toMatchObject({ body_fat_pct: 21, weight_kg: 81.5 })
    expect((await read('nutrition', userId)).summary.macros.sodium_mg).toBe(2300)
    expect((await read('activity', userId)).summary.durations.active_seconds).toBe(1800)
  })

  test('sleep and workouts', async () => {
    const userId = await newUser()
    const source = { sourceName: 'Ada’s Watch', sourceId: 'com.apple.health.1' }
    const stage = (date: string, endDate: string, type: string) => ({ date, endDate, type, ...source })
    const answer = await push(userId, {
      HKCategoryValueSleepAnalysis: [
        stage('2024-01-04T23:00:00Z', `${DATE}T03:00:00Z`, 'core'),
        stage(`${DATE}T03:00:00Z`, `${DATE}T04:00:00Z`, 'deep'),
        stage(`${DATE}T04:00:00Z`, `${DATE}T06:00:00Z`, 'rem'),
      ],
      HKWorkout: [
        {
          startTime: `${DATE}T17:00:00Z`,
          endTime: `${DATE}T17:45:00Z`,
          type: 37,
          kcal: 410,
          distance: 7300,
          duration: 45,
          ...source,
        },
      ],
    })
    accepted(answer)
    expect(await read('sleep', userId)).toMatchObject({
      metadata: { data_source: { name: 'Ada’s Watch' } },
      durations: { total_seconds: 7 * 3600, light_seconds: 4 * 3600, deep_seconds: 3600, rem_seconds: 2 * 3600 },
    })
    expect((await read('activity', userId)).activity_logs).toEqual([
      expect.objectContaining({
        type: 'running',
        energy_expenditure: { active_kcal: 410 },
        movement: { distance_meters: 7300 },
        durations: { active_seconds: 2700 },
      }),
    ])
  })
})

describe('what is wrong in a push', () => {
  test('is named item by item, and keeps nothing else from being stored', async () => {
    const userId = await newUser()
    const { status, body } = await push(userId, {
      HKQuantityTypeIdentifierStepCount: [
        { date: 'yesterday', value: 5 },
        { date: `${DATE}T00:00:00Z`, value: -5 },
        { date: `${DATE}T00:00:00Z`, value: 5 },
        { date: '2140-01-01T00:00:00Z', value: 5 },
        'seven',
      ],
      HKQuantityTypeIdentifierHeartRate: { date: DATE },
      HKCategoryValueSleepAnalysis: [{ date: `${DATE}T05:00:00Z`, endDate: `${DATE}T05:00:00Z`, type: 'rem' }],
      HKQuantityTypeIdentifierOfTheFuture: [{ date: `${DATE}T00:00:00Z`, value: 1 }],
    })
    expect(status).toBe(200)
    expect(body).toMatchObject({ stored: 1, ignored: ['HKQuantityTypeIdentifierOfTheFuture'] })
    expect(body.rejected.map(({ field }: any) => field)).toEqual([
      'HKQuantityTypeIdentifierStepCount[0].date',
      'HKQuantityTypeIdentifierStepCount[1].value',
      'HKQuantityTypeIdentifierStepCount[3].date',
      'HKQuantityTypeIdentifierStepCount[4]',
      'HKQuantityTypeIdentifierHeartRate',
      'HKCategoryValueSleepAnalysis[0].endDate',
    ])
    expect((await read('activity', userId)).summary.movement.steps_count).toBe(5)
  })

  test('workouts are bounded as they are elsewhere', async () => {
    const workout = { startTime: `${DATE}T17:00:00Z`, endTime: `${DATE}T18:00:00Z`, type: 37 }
    const { body } = await push(await newUser(), {
      HKWorkout: [
        { ...workout, kcal: 1e308 },
        { ...workout, distance: 1e7 },
      ],
    })
    expect(body).toMatchObject({
      stored: 0,
      rejected: [{ field: 'HKWorkout[0].kcal' }, { field: 'HKWorkout[1].distance' }],
    })
  })

  test('too many of one type do not keep the others from being stored', async () => {
    const userId = await newUser()
    const minute = (index: number) => new Date(Date.parse(DATE) + index * 60_000).toISOString().replace('.000', '')
    const { status, body } = await push(userId, {
      HKWorkout: Array.from({ length: 201 }, (_, i) => ({ startTime: minute(i), endTime: minute(i + 1), type: 37 })),
      HKQuantityTypeIdentifierStepCount: [{ date: `${DATE}T00:00:00Z`, value: 5 }],
    })
    expect([status, body]).toEqual([
      200,
      {
        stored: 1,
        unchanged: 0,
        ignored: [],
        rejected: [{ field: 'workout', reason: expect.stringContaining('200') }],
      },
    ])
    expect((await read('activity', userId)).activity_logs).toBeUndefined()
  })

  test('no app may call a device as totals are called', async () => {
    const { token } = await createUserWithToken(server)
    const samples = stepSamples(`${DATE}T10:00:00Z`, 3, 30, 'HealthKit by the day')
    const { status, body } = await send(server, token, 'steps', samples)
    expect([status, body.error.details[0].field]).toEqual([422, 'device_name'])
  })

  test.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['text', '"steps"'],
    ['null', 'null'],
  ])('data that is %s is refused', async (_, data) => {
    const json = { metriportUserId: await newUser(), data }
    const { status, body } = await call(server, 'POST', '/webhook/apple', { key: server.keys.client, json })
    expect([status, body.name, body.detail]).toEqual([400, 'BAD_REQUEST', expect.stringContaining('data')])
  })

  test('more items than a push may have are refused', async () => {
    const items = Array.from({ length: 50_001 }, () => 0)
    const { status, body } = await push(await newUser(), { HKQuantityTypeIdentifierStepCount: items })
    expect([status, body.detail]).toEqual([400, expect.stringContaining('50000')])
  })

  test('what went wrong on the phone is taken, and its words are not logged', async () => {
    const userId = await newUser()
    accepted(await push(userId, { error: 'pulse was 187', extra: 'heart' }))
    expect(server.logged.some((line) => line.includes('could not read HealthKit'))).toBe(true)
    expect(server.logged.some((line) => line.includes('pulse was'))).toBe(false)
    expect(await read('activity', userId)).toBeUndefined()
  })
})

describe('who may push for whom', () => {
  const data = { HKQuantityTypeIdentifierStepCount: [{ date: `${DATE}T00:00:00Z`, value: 5 }] }

  test('nobody without a key, nor for somebody who does not exist or is of another account', async () => {
    const userId = await newUser()
    expect((await push(userId, data, { key: 'pk_live_nobody' })).status).toBe(401)
    expect((await push(NOBODY, data)).status).toBe(404)
    expect((await push('me', data)).status).toBe(400)
    expect((await push(userId, data, { key: server.keys.sandbox })).status).toBe(404)
    expect((await push(userId, data, { key: server.keys.live })).status).toBe(200)
  })

  test('nobody for a user who has disconnected Apple Health, until it is connected again', async () => {
    const userId = await newUser()
    await push(userId, data)
    await call(server, 'DELETE', `/user/revoke?userId=${userId}&provider=apple`, { key: server.keys.live })
    expect((await push(userId, data)).status).toBe(403)
    expect(await providers(userId)).toEqual([])
    const { body } = await call(server, 'GET', `/user/connect/token?userId=${userId}`, { key: server.keys.live })
    const connected = await call(server, 'GET', '/connect/user/apple', { headers: { 'api-token': body.token } })
    expect([connected.status, connected.body]).toEqual([200, userId])
    const listed = await call(server, 'GET', '/connect/user/providers', { headers: { 'api-token': body.token } })
    expect(listed.body).toEqual(['apple'])
    expect((await push(userId, data)).status).toBe(200)
  })
})
