import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { datesBetween, windowOf } from '../../src/zones.ts'
import { bpmSamples, call, createUserWithToken, send, sendAny } from '../support/api.ts'
import { startReceiver } from '../support/receiver.ts'
import { startServer, type TestServer } from '../support/server.ts'

const HOUR_MS = 3_600_000

/** The days around each change of clocks in 2024 and 2026, and around skipped days. */
const daysFrom = (date: string, count: number) =>
  Array.from({ length: count }, (_, index) =>
    new Date(Date.parse(date) + index * 24 * HOUR_MS).toISOString().slice(0, 10),
  )

describe('windowOf', () => {
  test.each([
    ['2024-03-10', 'America/Los_Angeles', 23],
    ['2024-11-03', 'America/Los_Angeles', 25],
    ['2024-03-31', 'Europe/Berlin', 23],
    ['2024-10-27', 'Europe/Berlin', 25],
    // By half an hour.
    ['2024-10-06', 'Australia/Lord_Howe', 23.5],
    // The day begins at 01:00.
    ['2018-11-04', 'America/Sao_Paulo', 23],
    // Midnight comes twice.
    ['2024-11-03', 'America/Havana', 25],
    ['2024-10-27', 'Atlantic/Azores', 25],
    // Skipped.
    ['2011-12-30', 'Pacific/Apia', 0],
    ['2024-01-05', 'Pacific/Kiritimati', 24],
    ['2024-01-05', 'Pacific/Pago_Pago', 24],
  ])('%s in %s has %d hours', (date, zone, hours) => {
    const { from, to } = windowOf(date, zone)
    expect((to - from) / HOUR_MS).toBe(hours)
  })

  test.each([
    ['Pacific/Kiritimati', '2024-01-04T10:00:00Z'],
    ['Pacific/Pago_Pago', '2024-01-05T11:00:00Z'],
    ['Asia/Kathmandu', '2024-01-04T18:15:00Z'],
  ])('the 5th of January in %s begins at %s', (zone, from) => {
    expect(windowOf('2024-01-05', zone).from).toBe(Date.parse(from))
  })

  test.each([
    'America/Havana',
    'Atlantic/Azores',
    'Africa/Cairo',
    'Asia/Beirut',
    'America/Santiago',
    'Antarctica/Troll',
  ])('in %s each day begins where the one before ends', (zone) => {
    const windows = daysFrom('2024-01-01', 366).map((date) => windowOf(date, zone))
    const gaps = windows.slice(1).filter(({ from }, index) => windows[index]!.to !== from)
    expect(gaps).toEqual([])
  })

  test('the dates of an instant and of a stretch are those whose windows it touches', () => {
    const zone = 'America/Havana'
    const { from, to } = windowOf('2024-11-03', zone)
    expect(datesBetween(from, to, zone)).toEqual(['2024-11-03'])
    expect(datesBetween(from - 1, to + 1, zone)).toEqual(['2024-11-02', '2024-11-03', '2024-11-04'])
    expect(datesBetween(to, to, zone)).toEqual(['2024-11-04'])
    // Clocks went back from 00:01 to 23:01 of the day before: what they showed is not the day it is.
    const repeated = Date.parse('2007-11-04T03:00:00Z')
    const [date] = datesBetween(repeated, repeated, 'America/St_Johns')
    expect(windowOf(date!, 'America/St_Johns').from).toBeLessThanOrEqual(repeated)
    expect(windowOf(date!, 'America/St_Johns').to).toBeGreaterThan(repeated)
  })
})

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())

async function stepsOn(userId: string, date: string, zone: string): Promise<number | undefined> {
  const query = `userId=${userId}&date=${date}&timezoneId=${encodeURIComponent(zone)}`
  const { body } = await call(server, 'GET', `/activity?${query}`, { key: server.keys.live })
  return body[0]?.summary.movement.steps_count
}

const steps = (start_date: string, end_date: string, value: number, device_name = 'iPhone') => ({
  device_name,
  start_date,
  end_date,
  value,
  unit: 'count',
})

describe('days of a zone', () => {
  test.each([
    ['a spring night of 23 hours', 'Europe/Berlin', '2024-03-31', [10, 230, 10]],
    ['an autumn day of 25 hours', 'Europe/Berlin', '2024-10-27', [10, 250, 10]],
  ])('%s has its share of a sample across it, in proportion', async (_, zone, date, shares) => {
    const { userId, token } = await createUserWithToken(server)
    const { from, to } = windowOf(date, zone)
    const around = steps(
      new Date(from - HOUR_MS).toISOString(),
      new Date(to + HOUR_MS).toISOString(),
      shares[0]! * 2 + shares[1]!,
    )
    await sendAny(server, token, 'steps', [around])
    const [before, after] = [datesBetween(from - 1, from - 1, zone)[0]!, datesBetween(to, to, zone)[0]!]
    expect(await Promise.all([before, date, after].map((day) => stepsOn(userId, day, zone)))).toEqual(shares)
  })

  test('14 hours ahead and 11 behind, the same walk is on other days', async () => {
    const { userId, token } = await createUserWithToken(server)
    await sendAny(server, token, 'steps', [steps('2024-01-05T10:30:00Z', '2024-01-05T10:45:00Z', 900)])
    const read = (date: string, zone: string) => stepsOn(userId, date, zone)
    expect(await read('2024-01-05', 'UTC')).toBe(900)
    expect(await read('2024-01-06', 'Pacific/Kiritimati')).toBe(900)
    expect(await read('2024-01-05', 'Pacific/Kiritimati')).toBeUndefined()
    expect(await read('2024-01-04', 'Pacific/Pago_Pago')).toBe(900)
    expect(await read('2024-01-05', 'Pacific/Pago_Pago')).toBeUndefined()
  })

  test.each([
    'UTC',
    'Pacific/Kiritimati',
    'Pacific/Pago_Pago',
    'America/Los_Angeles',
    'America/Havana',
    'Asia/Kathmandu',
  ])('in %s a week across a change of clocks has every step, once', async (zone) => {
    const { userId, token } = await createUserWithToken(server)
    const start = Date.parse('2024-10-31T00:00:00Z')
    // Odd lengths and counts, on two devices, so that midnights and the change of clocks cut samples anywhere.
    const walk = (device: string, minutes: number, value: number) =>
      Array.from({ length: 150 }, (_, index) => {
        const from = start + index * (minutes + 7) * 60_000
        return steps(new Date(from).toISOString(), new Date(from + minutes * 60_000).toISOString(), value, device)
      })
    await send(server, token, 'steps', walk('iPhone', 53, 97))
    await send(server, token, 'steps', walk('Apple Watch', 31, 41))
    const totals = await Promise.all(daysFrom('2024-10-29', 12).map((date) => stepsOn(userId, date, zone)))
    const week = totals.reduce<number>((sum, value) => sum + (value ?? 0), 0)
    const whole = await Promise.all(daysFrom('2024-10-29', 12).map((date) => stepsOn(userId, date, 'UTC')))
    expect(week).toBe(whole.reduce<number>((sum, value) => sum + (value ?? 0), 0))
    expect(week).toBeGreaterThanOrEqual(150 * 41)
    expect(week).toBeLessThanOrEqual(150 * (97 + 41))
    expect(totals.every((value) => value === undefined || Number.isInteger(value))).toBe(true)
  })

  test('heart rates are of the day that they were measured on there', async () => {
    const { userId, token } = await createUserWithToken(server)
    await send(server, token, 'bpm', [
      ...bpmSamples('2024-01-05T06:00:00Z', [60, 62]),
      ...bpmSamples('2024-01-05T09:00:00Z', [80, 90]),
    ])
    const read = async (date: string) => {
      const query = `userId=${userId}&date=${date}&timezoneId=America/Los_Angeles`
      const { body } = await call(server, 'GET', `/biometrics?${query}`, { key: server.keys.live })
      return body[0].heart_rate
    }
    expect(await read('2024-01-04')).toMatchObject({ min_bpm: 60, max_bpm: 62, avg_bpm: 61 })
    expect(await read('2024-01-05')).toMatchObject({ min_bpm: 80, max_bpm: 90, avg_bpm: 85 })
    expect((await read('2024-01-05')).samples_bpm).toHaveLength(2)
  })
})

test('a walk that ends where days do is split alike by every route, and in every zone that is UTC', async () => {
  const { userId, token } = await createUserWithToken(server)
  await sendAny(server, token, 'steps', [steps('2024-01-05T23:45:00Z', '2024-01-06T00:07:00Z', 11)])
  const counts = async () => [
    await stepsOn(userId, '2024-01-05', 'UTC'),
    await stepsOn(userId, '2024-01-05', 'Etc/UTC'),
    (await call(server, 'GET', `/activity/sources?userId=${userId}&date=2024-01-05`, { key: server.keys.live })).body[0]
      .types[0].total,
    await stepsOn(userId, '2024-01-06', 'UTC'),
  ]
  expect(await counts()).toEqual([8, 8, 8, 3])
  await sendAny(server, token, 'steps', [steps('2024-01-06T10:00:00Z', '2024-01-06T10:01:00Z', 100, 'Apple Watch')])
  expect(await counts()).toEqual([8, 8, 8, 103])
})

test.each(['0001-01-01', '1969-12-31', '2100-01-01', '9999-12-31'])(
  '%s is a day that there is nothing of',
  async (date) => {
    const { userId } = await createUserWithToken(server)
    for (const route of ['activity', 'sleep', 'activity/sources']) {
      const query = `userId=${userId}&date=${date}&timezoneId=America/Los_Angeles`
      const { status, body } = await call(server, 'GET', `/${route}?${query}`, { key: server.keys.live })
      expect([status, body.detail]).toEqual([400, expect.stringContaining('date')])
    }
  },
)

test.each(['1970-01-01', '2099-12-31'])('%s is answered in every zone', async (date) => {
  const { userId } = await createUserWithToken(server)
  for (const route of ['activity', 'sleep', 'activity/sources'])
    for (const zone of ['UTC', 'Pacific/Kiritimati', 'Pacific/Pago_Pago']) {
      const query = `userId=${userId}&date=${date}&timezoneId=${zone}`
      const { status, body } = await call(server, 'GET', `/${route}?${query}`, { key: server.keys.live })
      expect([status, body]).toEqual([200, []])
    }
})

describe("a user's own zone", () => {
  const setZone = (userId: string, timezoneId: unknown, key = server.keys.live) =>
    call(server, 'PUT', `/user/${userId}/timezone`, { key, json: { timezoneId } })

  test('decides the days in webhooks', async () => {
    const receiver = await startReceiver()
    await call(server, 'POST', '/settings', { key: server.keys.live, json: { webhookUrl: receiver.url } })
    const { userId, token } = await createUserWithToken(server)
    expect((await setZone(userId, 'America/Los_Angeles')).body).toEqual({ timezoneId: 'America/Los_Angeles' })
    await sendAny(server, token, 'steps', [steps('2024-01-05T07:00:00Z', '2024-01-05T09:00:00Z', 100)])
    const { body } = await receiver.waitFor(
      (got) => got.body.meta.type === 'devices.health-data' && got.body.users[0].userId === userId,
    )
    expect(body.users).toHaveLength(1)
    expect(body.users[0].activity).toEqual([
      { metadata: { date: '2024-01-04', source: 'apple' }, summary: { movement: { steps_count: 50 } } },
      { metadata: { date: '2024-01-05', source: 'apple' }, summary: { movement: { steps_count: 50 } } },
    ])
    await call(server, 'POST', '/settings', { key: server.keys.live, json: { webhookUrl: '' } })
    await receiver.stop()
  })

  test('is kept, and taken away again', async () => {
    const { userId } = await createUserWithToken(server)
    const read = async () =>
      (await call(server, 'GET', `/user/${userId}/timezone`, { key: server.keys.live })).body.timezoneId
    expect(await read()).toBeNull()
    await setZone(userId, 'Asia/Kathmandu')
    expect(await read()).toBe('Asia/Kathmandu')
    await setZone(userId, null)
    expect(await read()).toBeNull()
  })

  test('is refused where there is no such zone, and does not exist for another account', async () => {
    const { userId } = await createUserWithToken(server)
    for (const zone of ['Mars/Olympus', '', 5, '+25:00']) {
      const { status, body } = await setZone(userId, zone)
      expect([zone, status, body.detail]).toEqual([zone, 400, expect.stringContaining('timezoneId')])
    }
    expect((await setZone(userId, 'UTC', server.keys.sandbox)).status).toBe(404)
  })
})
