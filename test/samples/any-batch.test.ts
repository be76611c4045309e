import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call, createUserWithToken, send, sendAny, stepSamples } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

const DATE = '2024-01-05'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ worker: false })
})
afterAll(() => server.stop())

const measured = (value: number, unit: string, time = '07:00:00') => ({
  device_name: 'Scale',
  start_date: `${DATE}T${time}Z`,
  value,
  unit,
})
const stage = (start: string, end: string, kind: string, device_name = 'Apple Watch') => ({
  device_name,
  start_date: start,
  end_date: end,
  kind,
})

const readBack = async (userId: string, type: string): Promise<any[]> => {
  const query = `userId=${userId}&data_type=${type}&start=${DATE}T00:00:00Z&end=2024-01-06T00:00:00Z`
  return (await call(server, 'GET', `/api/v2/samples?${query}`, { key: server.keys.live })).body.data
}

async function read(route: string, userId: string, date = DATE): Promise<any> {
  return (await call(server, 'GET', `/${route}?userId=${userId}&date=${date}`, { key: server.keys.live })).body[0]
}

describe('POST /api/v2/samples', () => {
  test.each([
    ['weight', 'lb', 180, 'kg', 81.646627],
    ['height', 'm', 1.8, 'cm', 180],
    ['blood_glucose', 'mmol/L', 5.5, 'mg/dL', 99.0858],
    ['body_temperature', 'degF', 98.6, 'degC', 37],
    ['active_energy', 'kJ', 418.4, 'kcal', 100],
    ['distance', 'km', 1.5, 'm', 1500],
  ])('%s in %s is kept in one unit', async (type, unit, value, stored, expected) => {
    const { userId, token } = await createUserWithToken(server)
    const sent = await sendAny(server, token, type, [measured(value, unit)])
    expect([sent.status, sent.body]).toEqual([200, { inserted: 1, updated: 0, unchanged: 0, rejected: [] }])
    expect(await readBack(userId, type)).toEqual([expect.objectContaining({ value: expected, unit: stored })])
  })

  test('v1.1 goes on taking steps and heart rate alone, three samples at least', async () => {
    const { token } = await createUserWithToken(server)
    const refused = await send(
      server,
      token,
      'weight',
      [1, 2, 3].map((hour) => measured(80, 'kg', `0${hour}:00:00`)),
    )
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([422, expect.stringContaining('data_type')])
    expect((await send(server, token, 'steps', stepSamples(`${DATE}T10:00:00Z`, 2))).status).toBe(422)
    expect((await sendAny(server, token, 'steps', stepSamples(`${DATE}T10:00:00Z`, 2))).status).toBe(200)
    const typed = stepSamples(`${DATE}T10:00:00Z`, 3).map((sample) => ({ ...sample, device_type: 'watch' }))
    expect((await send(server, token, 'steps', typed)).status).toBe(422)
  })

  test.each([
    ['a unit of another type', 'weight', measured(80, 'count/min'), 'unit'],
    ['more than anyone weighs', 'weight', measured(800, 'kg'), 'value'],
    ['less than life allows', 'body_temperature', measured(12, 'degC'), 'value'],
    ['a kind of device that there is not', 'weight', { ...measured(80, 'kg'), device_type: 'toaster' }, 'device_type'],
    ['a kind of another type', 'sleep', stage(`${DATE}T01:00:00Z`, `${DATE}T02:00:00Z`, 'running'), 'kind'],
    ['an interval without end', 'sleep', { ...stage(`${DATE}T01:00:00Z`, '', 'rem'), end_date: undefined }, 'end_date'],
    ['an interval of no time', 'sleep', stage(`${DATE}T01:00:00Z`, `${DATE}T01:00:00Z`, 'rem'), 'end_date'],
    ['a value for an interval', 'workout', measured(80, 'kg'), 'kind'],
    ['a kind for a value', 'weight', stage(`${DATE}T01:00:00Z`, `${DATE}T02:00:00Z`, 'rem'), 'value'],
  ])('%s is refused, by name, and nothing is stored', async (_, type, sample, field) => {
    const { userId, token } = await createUserWithToken(server)
    const { status, body } = await sendAny(server, token, type, [sample])
    expect(status).toBe(422)
    expect(body.error.details).toContainEqual({ index: 0, field, reason: expect.any(String) })
    expect(await readBack(userId, type)).toEqual([])
  })

  test('a type that there is not is refused', async () => {
    const { token } = await createUserWithToken(server)
    const { status, body } = await sendAny(server, token, 'aura', [measured(1, 'kg')])
    expect([status, body.error.details[0].field]).toEqual([422, 'data_type'])
  })

  test('intervals are read back and deleted as other samples are', async () => {
    const { userId, token } = await createUserWithToken(server)
    const night = stage(`${DATE}T01:00:00Z`, `${DATE}T02:00:00Z`, 'deep')
    await sendAny(server, token, 'sleep', [night])
    expect((await sendAny(server, token, 'sleep', [{ ...night, kind: 'rem' }])).body).toMatchObject({ updated: 1 })
    const stored = await readBack(userId, 'sleep')
    expect(stored).toEqual([
      expect.objectContaining({ kind: 'rem', end_date: `${DATE}T02:00:00.000Z`, device_name: 'Apple Watch' }),
    ])
    expect(stored[0]).not.toHaveProperty('value')
    const json = { data_type: 'sleep', start: `${DATE}T00:00:00Z`, end: '2024-01-06T00:00:00Z' }
    const deleted = await call(server, 'DELETE', '/api/v2/samples', { token, json })
    expect(deleted.body).toEqual({ deleted: 1 })
    expect(await readBack(userId, 'sleep')).toEqual([])
    expect(await read('sleep', userId)).toBeUndefined()
  })

  test('a device has no more workouts on a day than anybody does', async () => {
    const { token } = await createUserWithToken(server)
    const minute = (index: number) => new Date(Date.parse(DATE) + index * 60_000).toISOString()
    const many = Array.from({ length: 201 }, (_, index) => stage(minute(index), minute(index + 1), 'yoga'))
    expect((await sendAny(server, token, 'workout', many.slice(1))).status).toBe(200)
    const { status, body } = await sendAny(server, token, 'workout', many.slice(0, 1))
    expect([status, body.error.code]).toEqual([422, 'TOO_MANY_SAMPLES'])
  })
})

describe('a night', () => {
  test('belongs to the day on which the sleeper wakes, in the zone that is asked for', async () => {
    const { userId, token } = await createUserWithToken(server)
    await sendAny(server, token, 'sleep', [stage('2024-01-05T22:30:00Z', '2024-01-06T05:30:00Z', 'asleep')])
    const dates = async (zone: string) => {
      const found: string[] = []
      for (const date of ['2024-01-04', '2024-01-05', '2024-01-06', '2024-01-07']) {
        const query = `userId=${userId}&date=${date}&timezoneId=${zone}`
        const { body } = await call(server, 'GET', `/sleep?${query}`, { key: server.keys.live })
        if (body.length > 0) found.push(date)
      }
      return found
    }
    expect(await dates('UTC')).toEqual(['2024-01-06'])
    expect(await dates('America/Los_Angeles')).toEqual(['2024-01-05'])
    expect(await dates('Pacific/Kiritimati')).toEqual(['2024-01-06'])
  })

  test('of two devices is told once: the better-ranked one’s stages, the other where it has none', async () => {
    const { userId, token } = await createUserWithToken(server)
    await sendAny(server, token, 'sleep', [
      stage(`${DATE}T00:00:00Z`, `${DATE}T03:00:00Z`, 'light'),
      stage(`${DATE}T03:00:00Z`, `${DATE}T04:00:00Z`, 'deep'),
    ])
    await sendAny(server, token, 'sleep', [
      stage('2024-01-04T23:00:00Z', `${DATE}T05:00:00Z`, 'in_bed', 'iPhone'),
      stage(`${DATE}T02:00:00Z`, `${DATE}T05:00:00Z`, 'asleep', 'iPhone'),
    ])
    expect(await read('sleep', userId)).toMatchObject({
      metadata: { data_source: { name: 'Apple Watch' } },
      start_time: '2024-01-04T23:00:00.000Z',
      durations: {
        total_seconds: 5 * 3600,
        light_seconds: 3 * 3600,
        deep_seconds: 3600,
        in_bed_seconds: 6 * 3600,
        time_to_fall_asleep_seconds: 3600,
      },
    })
  })

  test('is not the nap of that day, and has the heart rate of its own time', async () => {
    const { userId, token } = await createUserWithToken(server)
    await sendAny(server, token, 'sleep', [
      stage(`${DATE}T00:00:00Z`, `${DATE}T06:00:00Z`, 'asleep'),
      stage(`${DATE}T13:00:00Z`, `${DATE}T14:00:00Z`, 'asleep'),
    ])
    await sendAny(server, token, 'bpm', [measured(50, 'count/min', '03:00:00'), measured(130, 'count/min', '18:00:00')])
    expect(await read('sleep', userId)).toMatchObject({
      end_time: `${DATE}T06:00:00.000Z`,
      durations: { total_seconds: 6 * 3600 },
      biometrics: { heart_rate: { min_bpm: 50, max_bpm: 50, avg_bpm: 50 } },
    })
  })
})

describe('workouts', () => {
  test('that two devices recorded are told once, from the better-ranked', async () => {
    const { userId, token } = await createUserWithToken(server)
    await sendAny(server, token, 'workout', [
      stage(`${DATE}T08:00:00Z`, `${DATE}T08:30:00Z`, 'running', 'iPhone'),
      stage(`${DATE}T18:00:00Z`, `${DATE}T19:00:00Z`, 'yoga', 'iPhone'),
    ])
    await sendAny(server, token, 'workout', [stage(`${DATE}T08:02:00Z`, `${DATE}T08:33:00Z`, 'running')])
    const { activity_logs } = await read('activity', userId)
    const told = activity_logs.map(({ type, metadata }: any) => [type, metadata.data_source.name])
    expect(told).toEqual([
      ['running', 'Apple Watch'],
      ['yoga', 'iPhone'],
    ])
  })

  test('have what was counted and measured in their time', async () => {
    const { userId, token } = await createUserWithToken(server)
    await sendAny(server, token, 'workout', [stage(`${DATE}T08:00:00Z`, `${DATE}T08:30:00Z`, 'hiking')])
    await sendAny(server, token, 'steps', stepSamples(`${DATE}T07:50:00Z`, 60, 100))
    await sendAny(server, token, 'bpm', [measured(90, 'count/min', '07:59:59'), measured(140, 'count/min', '08:10:00')])
    const { activity_logs, summary } = await read('activity', userId)
    expect(activity_logs[0]).toMatchObject({
      name: 'Hiking',
      movement: { steps_count: 3000 },
      biometrics: { heart_rate: { avg_bpm: 140 } },
      durations: { active_seconds: 1800 },
    })
    expect(summary.movement.steps_count).toBe(6000)
  })
})
