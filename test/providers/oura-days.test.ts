import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { oura } from '../../src/providers/oura.ts'
import { ProviderError } from '../../src/providers/provider-error.ts'
import type { ProviderApi, ProviderBatch } from '../../src/providers/provider.ts'
import { sampleReaders } from '../../src/samples/batch-schemas.ts'
import { type OuraServer, startOuraServer } from '../support/oura-server.ts'

const DAY_MS = 86_400_000
const { identify, readDay, isNotAllowed } = oura.live

let server: OuraServer
beforeAll(async () => {
  server = await startOuraServer({ offsetMinutes: 120 })
})
afterAll(() => server.stop())

/** As the engine asks: a bearer token, and errors by what the status means. */
function openApi(of: OuraServer, scopes?: string[]): ProviderApi {
  const { access_token } = of.oauth.issue(scopes)
  const getJson = async (path: string, query: Record<string, string> = {}): Promise<unknown> => {
    const url = `${of.url}${path}?${new URLSearchParams(query).toString()}`
    const response = await fetch(url, { headers: { authorization: `Bearer ${access_token}` } })
    const body: unknown = await response.json()
    const { status } = response
    if (response.ok) return body
    throw new ProviderError(status === 401 && !isNotAllowed(body) ? 'revoked' : 'refused', 'refused', { status })
  }
  return { getJson, postJson: () => Promise.reject(new Error('Oura is not written to')) }
}

async function read(api: ProviderApi, day: string): Promise<ProviderBatch[]> {
  const batches: ProviderBatch[] = []
  for await (const batch of readDay(api, day)) batches.push(batch)
  return batches
}

type Flat = { type: string; start: string; end: string | undefined; value: number | string; isTotal: boolean }

const flatten = (batches: ProviderBatch[]): Flat[] =>
  batches.flatMap(({ dataType, samples, totals }) =>
    samples.map((sample) => ({
      type: dataType,
      start: sample.start_date,
      end: sample.end_date,
      value: 'kind' in sample ? sample.kind : sample.value,
      isTotal: totals === 'daily',
    })),
  )

const ofType = (all: Flat[], type: string) => all.filter((each) => each.type === type)
const daysFrom = (first: string, count: number) =>
  Array.from({ length: count }, (_, index) => new Date(Date.parse(first) + index * DAY_MS).toISOString().slice(0, 10))

describe('a day', () => {
  test('is what Oura has of it, in our types and units', async () => {
    // A Monday: with a run, and a VO2 max.
    const batches = await read(openApi(server), '2026-03-02')
    const all = flatten(batches)
    const activity = server.person.documents('daily_activity', '2026-03-02')[0]!
    expect(all.filter(({ isTotal }) => isTotal).map(({ type, value, start }) => [type, value, start])).toEqual([
      ['steps', activity.steps, '2026-03-02T11:00:00.000Z'],
      ['active_energy', activity.active_calories, '2026-03-02T11:00:00.000Z'],
      ['basal_energy', 1600, '2026-03-02T11:00:00.000Z'],
      ['distance', activity.equivalent_walking_distance, '2026-03-02T11:00:00.000Z'],
      ['exercise_time', 3000, '2026-03-02T11:00:00.000Z'],
    ])
    const run = { start: '2026-03-02T09:50:00.000Z', end: '2026-03-02T10:35:00.000Z', isTotal: false }
    expect(all.filter(({ type }) => type.startsWith('workout'))).toEqual([
      { type: 'workout', value: 'running', ...run },
      { type: 'workout_energy', value: 320.5, ...run },
      { type: 'workout_distance', value: 6400, ...run },
    ])
    expect(ofType(all, 'vo2_max')).toEqual([
      { type: 'vo2_max', value: 44, start: '2026-03-02T02:00:00.000Z', end: undefined, isTotal: false },
    ])
    const rows = server.person.heartRates(Date.parse('2026-03-02'), Date.parse('2026-03-03'))
    expect(ofType(all, 'bpm').map(({ start, value }) => [start, value])).toEqual(
      rows.map(({ timestamp, bpm }) => [timestamp, bpm]),
    )
    expect(rows.length).toBeGreaterThan(150)
    const devices = new Set(
      batches.flatMap(({ samples }) => samples.map((each) => [each.device_name, each.device_type].join())),
    )
    expect([...devices]).toEqual(['Oura Ring,', 'Oura Ring,ring'])
  })

  test('samples of every type are such as POST /api/v2/samples takes', async () => {
    const batches = (await Promise.all(daysFrom('2026-03-01', 3).map((day) => read(openApi(server), day)))).flat()
    expect(new Set(batches.map(({ dataType }) => dataType)).size).toBe(15)
    for (const { dataType, samples } of batches) {
      const { schema } = sampleReaders.v2.get(dataType)!
      for (const sample of samples) expect(schema.safeParse(sample).error?.issues).toBeUndefined()
    }
  })

  test('the night has the stages, and the length of each, that Oura tells', async () => {
    const all = (await Promise.all(daysFrom('2026-03-02', 2).map((day) => read(openApi(server), day)))).flatMap(flatten)
    const night = server.person.documents('sleep', '2026-03-03')[0]!
    const [from, to] = [Date.parse(night.bedtime_start), Date.parse(night.bedtime_end)]
    const during = all.filter(({ start }) => Date.parse(start) >= from && Date.parse(start) < to)
    const stages = ofType(during, 'sleep')
    const secondsOf = (kind: string) =>
      stages
        .filter(({ value }) => value === kind)
        .reduce((sum, { start, end }) => sum + (Date.parse(end!) - Date.parse(start)) / 1000, 0)
    expect(['deep', 'light', 'rem', 'awake', 'in_bed'].map(secondsOf)).toEqual([
      night.deep_sleep_duration,
      night.light_sleep_duration,
      night.rem_sleep_duration,
      night.awake_time,
      night.time_in_bed,
    ])
    const variabilities = night.hrv.items.filter((item: number | null) => item !== null)
    expect(ofType(during, 'hrv_rmssd').map(({ value }) => value)).toEqual(variabilities)
    // The one figure of a night is of its end.
    const end = new Date(to - 30_000).toISOString()
    for (const [type, value] of [
      ['resting_bpm', 50],
      ['respiratory_rate', 14.25],
      ['spo2', expect.closeTo(97, -1)],
    ] as const) {
      expect(ofType(during, type)).toEqual([{ type, value, start: end, end: undefined, isTotal: false }])
    }
  })

  test('naps are slept, rests and what was deleted are not', async () => {
    const all = flatten(await read(openApi(server), '2026-03-01'))
    const beds = ofType(all, 'sleep').filter(({ value }) => value === 'in_bed')
    expect(beds.map(({ start }) => start)).toEqual(
      [expect.stringMatching(/T2[0-3]/), '2026-03-01T12:00:00.000Z'].toReversed(),
    )
  })
})

describe('days together', () => {
  test.each([-720, -480, -210, 0, 345, 780, 840])(
    'have everything once, %i minutes from UTC',
    async (offsetMinutes) => {
      const own = await startOuraServer({ offsetMinutes })
      try {
        const dates = daysFrom('2026-03-27', 6)
        const days = await Promise.all(dates.map((day) => read(openApi(own), day)))
        for (const [index, batches] of days.entries()) {
          expect(new Set(flatten(batches).map(({ start }) => start.slice(0, 10)))).toEqual(new Set([dates[index]]))
          // The date that Oura gives a total is its date in UTC, and where the person is.
          const [steps] = ofType(flatten(batches), 'steps')
          expect(steps!.value).toBe(own.person.documents('daily_activity', dates[index]!)[0]!.steps)
          const local = new Date(Date.parse(steps!.start) + offsetMinutes * 60_000)
          expect(local.toISOString().slice(0, 10)).toBe(dates[index])
        }
        const stages = ofType(days.flatMap(flatten), 'sleep').filter(({ value }) => value === 'in_bed')
        const nights = dates
          .slice(1, -1)
          .flatMap((day) => own.person.documents('sleep', day))
          .filter(({ type }) => type === 'long_sleep' || type === 'late_nap')
        const starts = stages.map(({ start }) => start)
        expect(new Set(starts).size).toBe(starts.length)
        for (const night of nights) expect(starts).toContain(new Date(night.bedtime_start).toISOString())
      } finally {
        await own.stop()
      }
    },
  )
})

describe('what the person did not allow', () => {
  test('is left out, and the rest is read', async () => {
    const all = flatten(await read(openApi(server, ['daily']), '2026-03-02'))
    const types = new Set(all.map(({ type }) => type))
    expect(types).toContain('steps')
    expect(types).not.toContain('workout')
    expect(types).not.toContain('spo2')
    // Without the series of its own, the night's heart rates are there.
    const night = server.person.documents('sleep', '2026-03-02')[0]!
    expect(ofType(all, 'bpm').length).toBeGreaterThan(night.heart_rate.items.length / 2)
  })

  test('is told when it is everything', async () => {
    await expect(read(openApi(server, ['tag']), '2026-03-02')).rejects.toMatchObject({ kind: 'refused' })
  })

  test('is no bad token', async () => {
    const api = openApi(server)
    server.oauth.expireAccessTokens()
    await expect(read(api, '2026-03-02')).rejects.toMatchObject({ kind: 'revoked' })
  })

  test('who it is may be asked in any case', async () => {
    expect(await identify(openApi(server, ['tag']))).toBe(server.person.id)
  })
})

describe('answers that are not as documented', () => {
  const undocumented = { kind: 'undocumented', name: 'ProviderError' }

  test('pages that do not end', async () => {
    const own = await startOuraServer()
    own.fail('loop', { path: '/v2/usercollection/sleep', times: 100 })
    await expect(read(openApi(own), '2026-03-02')).rejects.toMatchObject(undocumented)
    expect(own.requests.filter((request) => request.includes('/sleep')).length).toBeLessThan(5)
    await own.stop()
  })

  test.each([
    ['sleep', { data: [{ day: '2026-03-02', bedtime_start: 'yesterday' }], next_token: null }, 'data.0.bedtime_start'],
    ['daily_activity', { data: {} }, 'data'],
    ['workout', [], ''],
    ['heartrate', { data: [{ timestamp: '2026-03-02T00:00:00Z', bpm: '60' }] }, 'data.0.bpm'],
  ])('%s', async (collection, answer, path) => {
    const own = await startOuraServer()
    own.api.instead.set(collection, answer)
    const failure = await read(openApi(own), '2026-03-02').catch((error: unknown) => error)
    expect(failure).toMatchObject(undocumented)
    expect((failure as Error).message).toContain(path)
    expect((failure as Error).message).not.toMatch(/yesterday|60/)
    await own.stop()
  })

  test('fields and documents that we do not know are passed over', async () => {
    const own = await startOuraServer()
    const [known] = own.person.documents('workout', '2026-03-02')
    own.api.instead.set('workout', { data: [{ ...known, activity: 'underwaterHockey', new_field: [1] }], more: 1 })
    const all = flatten(await read(openApi(own), '2026-03-02'))
    expect(ofType(all, 'workout').map(({ value }) => value)).toEqual(['other'])
    await own.stop()
  })
})
