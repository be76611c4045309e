import { afterAll, beforeAll, expect, test } from 'vitest'
import { fitbit } from '../../src/providers/fitbit.ts'
import { google as googleProvider } from '../../src/providers/google.ts'
import { ProviderError } from '../../src/providers/provider-error.ts'
import type { ProviderApi, ProviderBatch } from '../../src/providers/provider.ts'
import { sampleReaders } from '../../src/samples/batch-schemas.ts'
import { bpmAt, recorded, stepsAt } from '../support/google-health-person.ts'
import { allScopes, type GoogleHealth, healthUserId, startGoogleHealth } from '../support/google-health-server.ts'

const DAY = '2026-03-10'
const MIDNIGHT = Date.parse(DAY)
const HOUR = 3_600_000
type Live = typeof fitbit.live
type Sample = ProviderBatch['samples'][number]
type Day = Map<string, Sample[]>

let stand: GoogleHealth
let ours: Day
let others: Day
beforeAll(async () => {
  stand = await startGoogleHealth()
  ours = await readDay(fitbit.live, DAY)
  others = await readDay(googleProvider.live, DAY)
})
afterAll(() => stand.stop())

/** Requests with a token of these scopes, without the engine's care for limits and tokens. */
function apiOf(scopes: string[]): ProviderApi {
  const authorization = `Bearer ${stand.oauth.grantDirectly(scopes)}`
  const getJson = async (path: string, query: Record<string, string> = {}) => {
    const response = await fetch(`${stand.url}${path}?${new URLSearchParams(query).toString()}`, {
      headers: { authorization },
    })
    if (!response.ok) {
      const body = await response.text()
      throw new ProviderError('refused', `${response.status} ${body}`, { status: response.status })
    }
    return response.json()
  }
  return { getJson, postJson: () => Promise.reject(new Error('nothing is posted')) }
}

async function readDay({ readDay: read }: Live, day: string, scopes = allScopes): Promise<Day> {
  const samples = new Map<string, Sample[]>()
  for await (const batch of read(apiOf(scopes), day)) {
    if (batch.samples.length > 0)
      samples.set(batch.dataType, [...(samples.get(batch.dataType) ?? []), ...batch.samples])
  }
  return samples
}

const valuesOf = (samples: Sample[] | undefined) => samples?.map((sample) => ('value' in sample ? sample.value : NaN))
const sumOf = (samples: Sample[] | undefined) => valuesOf(samples)?.reduce((sum, value) => sum + value, 0)
const quarters = Array.from({ length: 60 }, (_, i) => MIDNIGHT + 6 * HOUR + i * (HOUR / 4))
const allSteps = quarters.reduce((sum, at) => sum + stepsAt(at), 0)

test('a day of Fitbit has all types, in our units', () => {
  const day = ours
  expect(sumOf(day.get('steps'))).toBe(allSteps)
  expect(sumOf(day.get('distance'))).toBeCloseTo(allSteps * 0.7, 6)
  expect(sumOf(day.get('active_energy'))).toBeCloseTo(allSteps / 20, 6)
  expect(sumOf(day.get('basal_energy'))).toBe(24 * 68.5)
  expect(sumOf(day.get('bpm'))).toBe(
    Array.from({ length: 288 }, (_, i) => bpmAt(MIDNIGHT + i * 300_000)).reduce((a, b) => a + b),
  )
  const single = (dataType: string, value: number, unit: string, at: string) =>
    expect(day.get(dataType)).toMatchObject([{ value, unit, start_date: `${DAY}T${at}.000Z` }])
  single('elevation_gain', 30.5, 'm', '09:00:00')
  single('floors', 10, 'count', '09:00:00')
  single('exercise_time', 42, 'min', '17:00:00')
  single('vo2_max', 44.2, 'mL/min/kg', '12:00:00')
  single('resting_bpm', 57, 'count/min', '12:00:00')
  single('skin_temperature', 33.8, 'degC', '12:00:00')
  single('respiratory_rate', 14.2, 'count/min', '04:30:00')
  single('weight', 71_250.5, 'g', '07:00:00')
  single('body_fat', 21.5, '%', '07:00:00')
  expect(day.get('hrv_rmssd')).toHaveLength(50)
  expect(day.get('hrv_sdnn')).toBeUndefined()
  expect(day.get('spo2')).toHaveLength(50)
})

test('a night is told by its stages, on the days on which they begin', async () => {
  const before = await readDay(fitbit.live, '2026-03-09')
  const sleepOf = (samples: Day) =>
    samples.get('sleep')!.map((each) => ('kind' in each ? `${each.start_date.slice(5, 16)} ${each.kind}` : ''))
  const nap = (date: string) => `${date}T13:00 asleep`
  expect(
    sleepOf(before)
      .filter((each) => each > '03-09T20')
      .toSorted(),
  ).toEqual(['03-09T22:30 awake', '03-09T22:30 in_bed', '03-09T23:00 light', '03-09T23:30 deep'])
  const morning = ['light', 'rem', 'light', 'deep', 'light', 'rem', 'light', 'awake', 'light']
  expect(
    sleepOf(ours)
      .filter((each) => each < '03-10T13:00')
      .toSorted(),
  ).toEqual(morning.map((kind, i) => `03-10T${new Date(i * 30 * 60_000).toISOString().slice(11, 16)} ${kind}`))
  expect(sleepOf(ours)).toContain(nap('03-10'))
  const inBed = before
    .get('sleep')!
    .find((each) => 'kind' in each && each.kind === 'in_bed' && each.start_date > '2026-03-09T20')
  expect(inBed!.end_date).toBe('2026-03-10T04:30:00.000Z')
})

test('workouts have their kind, energy and distance, and are found though their own clock is on another date', () => {
  const run = { start_date: `${DAY}T17:00:00.000Z`, end_date: `${DAY}T17:40:00.000Z` }
  expect(ours.get('workout')).toMatchObject([{ kind: 'running', ...run }])
  expect(ours.get('workout_energy')).toMatchObject([{ value: 410.5, unit: 'kcal', ...run }])
  expect(ours.get('workout_distance')).toMatchObject([{ value: 7200, unit: 'm', ...run }])
  expect(others.get('workout')).toMatchObject([{ kind: 'other', start_date: `${DAY}T23:30:00.000Z` }])
})

test('devices have the names and kinds that their data source gives', () => {
  const devicesOf = (samples: Sample[] | undefined) => [
    ...new Set(samples?.map(({ device_name: name, device_type: type }) => `${name}, ${type}`)),
  ]
  expect(devicesOf(ours.get('steps'))).toEqual(['Charge 6, band'])
  expect(devicesOf(ours.get('weight'))).toEqual(['Aria Air, other'])
  expect(devicesOf(ours.get('floors'))).toEqual(['Fitbit, undefined'])
  expect(devicesOf(others.get('steps'))).toEqual(['Google phone, phone'])
})

test('both providers of one account have everything once', () => {
  const days = [ours, others]
  const all = days.flatMap((day) => [...day].flatMap(([type, samples]) => samples.map((each) => ({ type, ...each }))))
  const keys = all.map(({ type, device_name: name, start_date: start, ...each }) =>
    [type, name, start, 'kind' in each && each.kind].join(),
  )
  expect(new Set(keys).size).toBe(keys.length)
  const steps = days.flatMap((day) => day.get('steps') ?? [])
  expect(steps).toHaveLength(recorded.steps!.pointsOf(MIDNIGHT).length)
  expect(new Set(all.map(({ start_date: start }) => start.slice(0, 10)))).toEqual(new Set([DAY]))
})

test('every sample is one that the samples API takes', () => {
  for (const day of [ours, others]) {
    for (const [dataType, samples] of day) {
      const { schema } = sampleReaders.v2.get(dataType)!
      for (const sample of samples) expect(schema.safeParse(sample).error?.issues, dataType).toBeUndefined()
    }
  }
})

test('of what was read and has nothing, it is said that there is nothing; of what was not allowed, it is not', async () => {
  const saidToBeEmpty = async (scopes: string[]) => {
    const batches: ProviderBatch[] = []
    for await (const batch of fitbit.live.readDay(apiOf(scopes), DAY)) batches.push(batch)
    const types = new Set(batches.map(({ dataType }) => dataType))
    return [...types].filter((type) =>
      batches.every(({ dataType, samples }) => dataType !== type || samples.length === 0),
    )
  }
  stand.deleted.add('heart-rate').add('sleep')
  try {
    expect(await saidToBeEmpty(allScopes)).toEqual(expect.arrayContaining(['bpm', 'sleep']))
    const withoutSleep = await saidToBeEmpty(allScopes.filter((scope) => !scope.includes('sleep')))
    expect(withoutSleep).toContain('bpm')
    expect(withoutSleep).not.toContain('sleep')
  } finally {
    stand.deleted.clear()
  }
})

test('pages are followed to the last', async () => {
  stand.maxPageSize = 70
  const paged = await readDay(fitbit.live, DAY)
  stand.maxPageSize = 10_000
  expect(paged).toEqual(ours)
})

test('of a scope that was not granted nothing is read, and the rest is', async () => {
  const asked = stand.paths.length
  const day = await readDay(fitbit.live, DAY, allScopes.slice(0, 1))
  expect(sumOf(day.get('steps'))).toBe(allSteps)
  expect(['bpm', 'weight', 'sleep'].filter((type) => day.has(type))).toEqual([])
  expect(stand.paths.slice(asked).filter((path) => /heart|weight|oxygen|sleep/.test(path))).toHaveLength(2)
  await expect(readDay(fitbit.live, DAY, [])).rejects.toMatchObject({ status: 403 })
})

test.each([
  ['pages in a circle', ['circle', 'circle'] as const, /circle/],
  ['times that are none', ['undocumented'] as const, /steps is not as documented at interval\.startTime$/],
])('%s are an answer that is not as documented', async (_, faults, message) => {
  for (const fault of faults) stand.failNext(fault, /steps/)
  await expect(readDay(fitbit.live, DAY)).rejects.toMatchObject({
    kind: 'undocumented',
    message: expect.stringMatching(message),
  })
})

test('what fails otherwise fails the day', async () => {
  stand.failNext('unavailable', /weight/)
  await expect(readDay(fitbit.live, DAY)).rejects.toMatchObject({ status: 503 })
})

test('the person is known by the id that notifications name', async () => {
  await expect(fitbit.live.identify(apiOf(allScopes.slice(2)))).resolves.toBe(healthUserId)
  const api = { ...apiOf([]), getJson: () => Promise.resolve({ healthUserId: '../admin' }) }
  await expect(fitbit.live.identify(api)).rejects.toMatchObject({ kind: 'undocumented' })
})
