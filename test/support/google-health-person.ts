/*
 * Somebody with a Google account, a Fitbit and a phone, an hour ahead of UTC; the same on every reading of a date. Data
 * points have the form of the Google Health API's discovery document: int64 as strings, durations as `3600s`.
 */

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const OFFSET = '3600s'

export type RecordKind = 'interval' | 'sample' | 'daily' | 'exercise' | 'sleep'
type Source = Record<string, unknown>
type Point = Record<string, any>

const band: Source = {
  recordingMethod: 'PASSIVELY_MEASURED',
  platform: 'FITBIT',
  device: { displayName: 'Charge 6', manufacturer: 'Fitbit', formFactor: 'FITNESS_BAND' },
}
const phone: Source = {
  recordingMethod: 'UNKNOWN',
  platform: 'HEALTH_CONNECT',
  device: { manufacturer: 'Google', formFactor: 'PHONE' },
  application: { packageName: 'com.example.walks' },
}
const scale: Source = {
  recordingMethod: 'ACTIVELY_MEASURED',
  platform: 'FITBIT',
  device: { displayName: 'Aria Air', formFactor: 'SCALE' },
}

/** A number from 0 to `below`, the same for the same instant and salt. */
function pick(at: number, salt: number, below: number): number {
  let hash = (at / MINUTE) ^ Math.imul(salt + 1, 0x9e3779b1)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) % below
}

const iso = (at: number) => new Date(at).toISOString().replace('.000Z', 'Z')
const civil = (at: number) => {
  const local = new Date(at + HOUR)
  const [year, month, day] = [local.getUTCFullYear(), local.getUTCMonth() + 1, local.getUTCDate()]
  return { date: { year, month, day }, time: { hours: local.getUTCHours(), minutes: local.getUTCMinutes() } }
}
const interval = (from: number, to: number) => ({
  startTime: iso(from),
  startUtcOffset: OFFSET,
  endTime: iso(to),
  endUtcOffset: OFFSET,
  civilStartTime: civil(from),
  civilEndTime: civil(to),
})
const sampleTime = (at: number) => ({ physicalTime: iso(at), utcOffset: OFFSET, civilTime: civil(at) })

/** Every quarter of an hour from 06:00 to 21:00 UTC. */
const quarters = (day: number) => Array.from({ length: 60 }, (_, i) => day + 6 * HOUR + i * 15 * MINUTE)
export const stepsAt = (at: number) => 100 + pick(at, 1, 400)
/** The phone is left on the table for every other quarter. */
const carries = (at: number) => pick(at, 2, 2) === 1

const walked = (field: string, valueOf: (steps: number) => number) => (day: number) =>
  quarters(day).flatMap((at) => [
    {
      dataSource: band,
      [field]: { ...quantity(field, valueOf(stepsAt(at))), interval: interval(at, at + 15 * MINUTE) },
    },
    ...(carries(at)
      ? [
          {
            dataSource: phone,
            [field]: { ...quantity(field, valueOf(stepsAt(at) - 50)), interval: interval(at, at + 15 * MINUTE) },
          },
        ]
      : []),
  ])
const quantity = (field: string, value: number) =>
  ({
    steps: { count: String(value) },
    distance: { millimeters: String(value * 700) },
    activeEnergyBurned: { kcal: value / 20 },
  })[field]

const every = (from: number, step: number, count: number) => Array.from({ length: count }, (_, i) => from + i * step)
const measured = (field: string, at: number, values: Point, dataSource: Source | undefined = band): Point => ({
  ...(dataSource === undefined ? {} : { dataSource }),
  [field]: { ...values, sampleTime: sampleTime(at) },
})
const ofDate = (field: string, day: number, values: Point): Point => ({
  dataSource: { ...band, recordingMethod: 'DERIVED' },
  [field]: { ...values, date: civil(day).date },
})

/** From 22:30 UTC of the day before, in stages of 30 minutes. */
const stageTypes = [
  'AWAKE',
  'LIGHT',
  'DEEP',
  'LIGHT',
  'REM',
  'LIGHT',
  'DEEP',
  'LIGHT',
  'REM',
  'LIGHT',
  'AWAKE',
  'LIGHT',
]
function night(day: number): Point {
  const from = day - 90 * MINUTE
  const stages = stageTypes.map((type, i) => ({
    startTime: iso(from + i * 30 * MINUTE),
    startUtcOffset: OFFSET,
    endTime: iso(from + (i + 1) * 30 * MINUTE),
    endUtcOffset: OFFSET,
    type,
  }))
  return {
    name: `users/me/dataTypes/sleep/dataPoints/${day / DAY}`,
    dataSource: band,
    sleep: { type: 'STAGES', stages, interval: interval(from, from + stages.length * 30 * MINUTE) },
  }
}
/** An hour after lunch on the sofa, noticed by an old tracker: no stages. */
const nap = (day: number): Point => ({
  dataSource: band,
  sleep: { type: 'CLASSIC', interval: interval(day + 13 * HOUR, day + 14 * HOUR) },
})

const exercise = (
  from: number,
  minutes: number,
  exerciseType: string,
  metricsSummary: Point,
  source = band,
): Point => ({
  dataSource: source,
  exercise: {
    interval: interval(from, from + minutes * MINUTE),
    exerciseType,
    displayName: exerciseType.toLowerCase(),
    activeDuration: `${minutes * 60}s`,
    metricsSummary,
  },
})

type Declared = { kind: RecordKind; scope: 'activity' | 'metrics' | 'sleep'; pointsOf: (day: number) => Point[] }

/** What there is of each data type on a UTC day, which is given as its first instant in ms. Others have no points. */
export const recorded: Record<string, Declared> = {
  steps: { kind: 'interval', scope: 'activity', pointsOf: walked('steps', (steps) => steps) },
  distance: { kind: 'interval', scope: 'activity', pointsOf: walked('distance', (steps) => steps) },
  'active-energy-burned': { kind: 'interval', scope: 'activity', pointsOf: walked('activeEnergyBurned', (s) => s) },
  altitude: {
    kind: 'interval',
    scope: 'activity',
    pointsOf: (day) => [
      { dataSource: band, altitude: { gainMillimeters: '30500', interval: interval(day + 9 * HOUR, day + 10 * HOUR) } },
      // A 0 may be left out of protobuf's JSON.
      { dataSource: band, altitude: { interval: interval(day + 10 * HOUR, day + 11 * HOUR) } },
    ],
  },
  floors: {
    kind: 'interval',
    scope: 'activity',
    pointsOf: (day) => [{ floors: { count: '10', interval: interval(day + 9 * HOUR, day + 10 * HOUR) } }],
  },
  'basal-energy-burned': {
    kind: 'interval',
    scope: 'activity',
    pointsOf: (day) =>
      every(day, HOUR, 24).map((at) => ({ basalEnergyBurned: { kcal: 68.5, interval: interval(at, at + HOUR) } })),
  },
  'active-minutes': {
    kind: 'interval',
    scope: 'activity',
    pointsOf: (day) => [
      {
        dataSource: band,
        activeMinutes: {
          interval: interval(day + 17 * HOUR, day + 18 * HOUR),
          activeMinutesByActivityLevel: [
            { activityLevel: 'LIGHT', activeMinutes: '18' },
            { activityLevel: 'MODERATE', activeMinutes: '12' },
            { activityLevel: 'VIGOROUS', activeMinutes: '30' },
          ],
        },
      },
    ],
  },
  exercise: {
    kind: 'exercise',
    scope: 'activity',
    pointsOf: (day) => [
      exercise(day + 17 * HOUR, 40, 'RUNNING', { caloriesKcal: 410.5, distanceMillimeters: 7_200_000, steps: '6400' }),
      // By the person's own clock this is on the next day.
      exercise(day + 23 * HOUR + 30 * MINUTE, 15, 'HYPERBOLIC_UNDERWATER_CHESS', {}, phone),
    ],
  },
  'vo2-max': { kind: 'sample', scope: 'activity', pointsOf: () => [] },
  'daily-vo2-max': {
    kind: 'daily',
    scope: 'activity',
    pointsOf: (day) => [ofDate('dailyVo2Max', day, { vo2Max: 44.2 })],
  },
  'heart-rate': {
    kind: 'sample',
    scope: 'metrics',
    pointsOf: (day) =>
      every(day, 5 * MINUTE, 288).map((at) => measured('heartRate', at, { beatsPerMinute: String(bpmAt(at)) })),
  },
  'daily-resting-heart-rate': {
    kind: 'daily',
    scope: 'metrics',
    pointsOf: (day) => [ofDate('dailyRestingHeartRate', day, { beatsPerMinute: '57' })],
  },
  'heart-rate-variability': {
    kind: 'sample',
    scope: 'metrics',
    pointsOf: (day) =>
      every(day, 5 * MINUTE, 50).map((at) =>
        measured('heartRateVariability', at, {
          rootMeanSquareOfSuccessiveDifferencesMilliseconds: 30 + pick(at, 4, 40),
        }),
      ),
  },
  'oxygen-saturation': {
    kind: 'sample',
    scope: 'metrics',
    pointsOf: (day) =>
      every(day, 5 * MINUTE, 50).map((at) => measured('oxygenSaturation', at, { percentage: 94.5 + pick(at, 5, 5) })),
  },
  'respiratory-rate-sleep-summary': {
    kind: 'sample',
    scope: 'metrics',
    pointsOf: (day) => [
      measured('respiratoryRateSleepSummary', day + 4.5 * HOUR, { fullSleepStats: { breathsPerMinute: 14.2 } }),
    ],
  },
  'core-body-temperature': { kind: 'sample', scope: 'metrics', pointsOf: () => [] },
  'daily-sleep-temperature-derivations': {
    kind: 'daily',
    scope: 'metrics',
    pointsOf: (day) => [ofDate('dailySleepTemperatureDerivations', day, { nightlyTemperatureCelsius: 33.8 })],
  },
  'blood-glucose': { kind: 'sample', scope: 'metrics', pointsOf: () => [] },
  weight: {
    kind: 'sample',
    scope: 'metrics',
    pointsOf: (day) => [measured('weight', day + 7 * HOUR, { weightGrams: 71_250.5 }, scale)],
  },
  'body-fat': {
    kind: 'sample',
    scope: 'metrics',
    pointsOf: (day) => [measured('bodyFat', day + 7 * HOUR, { percentage: 21.5 }, scale)],
  },
  height: {
    kind: 'sample',
    scope: 'metrics',
    pointsOf: (day) => [measured('height', day + 7 * HOUR, { heightMillimeters: '1785' }, phone)],
  },
  sleep: { kind: 'sleep', scope: 'sleep', pointsOf: (day) => [night(day), nap(day)] },
}

export const bpmAt = (at: number) => 55 + pick(at, 3, 60)
