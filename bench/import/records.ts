import { randomFrom } from './random.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS
/** The zone that the wearer lives in: as far from UTC as a day of theirs has parts in two UTC days. */
const OFFSET_MS = -5 * HOUR_MS

type Source = { name: string; version: string; device: string }
// A non-breaking space and a typographic apostrophe, as phones name themselves.
const watch: Source = {
  name: 'Alex’s Apple\u00a0Watch',
  version: '10.1',
  device:
    '&lt;&lt;HKDevice: 0x281a3c0a0&gt;, name:Apple Watch, manufacturer:Apple Inc., model:Watch, hardware:Watch6,1, software:10.1&gt;',
}
const phone: Source = {
  name: 'Alex’s iPhone',
  version: '17.1',
  device:
    '&lt;&lt;HKDevice: 0x281a3c1e0&gt;, name:iPhone, manufacturer:Apple Inc., model:iPhone, hardware:iPhone14,2, software:17.1&gt;',
}

/** `2023-11-01 08:05:00 -0500` */
const time = (at: number) => `${new Date(at + OFFSET_MS).toISOString().replace('T', ' ').slice(0, 19)} -0500`

type Measured = { source: Source; start: number; end: number; value: string | number; inner?: string }

function recordOf(type: string, unit: string, { source, start, end, value, inner }: Measured): string {
  const head = ` <Record type="${type}" sourceName="${source.name}" sourceVersion="${source.version}" device="${source.device}"`
  const measure = unit === '' ? '' : ` unit="${unit}"`
  const times = ` creationDate="${time(end + 5000)}" startDate="${time(start)}" endDate="${time(end)}" value="${value}"`
  return inner === undefined ? `${head}${measure}${times}/>\n` : `${head}${measure}${times}>\n${inner} </Record>\n`
}

/** What a day of one type holds: records as text, and how many samples they are. `from` is midnight in UTC, in ms. */
export type DayOfType = (from: number, random: () => number) => { text: string; samples: number }

const join = (records: string[], samples = records.length) => ({ text: records.join(''), samples })
const quantity = (name: string) => `HKQuantityTypeIdentifier${name}`
const metadata = (key: string, value: string | number) => `  <MetadataEntry key="${key}" value="${value}"/>\n`

/** The watch is worn from 8 to 22; what it counts in a minute is counted by the phone as well. */
const isWorn = (minute: number) => minute >= 8 * 60 && minute < 22 * 60
const isAwake = (minute: number) => minute >= 7 * 60 && minute < 23 * 60

/** Steps by the minute. The phone alone counts them while the watch is off: those that count are the watch's and these. */
function stepsOf(from: number, random: () => number): { minute: number; steps: number; by: Source[] }[] {
  const minutes = []
  for (let minute = 0; minute < 24 * 60; minute++) {
    if (!isAwake(minute) || random() > 0.35) continue
    minutes.push({ minute, steps: 1 + Math.floor(random() * 120), by: isWorn(minute) ? [watch, phone] : [phone] })
  }
  return minutes.map((one) => ({ ...one, minute: from + one.minute * MINUTE_MS }))
}

/** What the API has to answer for the steps of a day. */
export const stepsOfDay = (from: number, seed: number): number =>
  stepsOf(from, randomFrom(seed)).reduce((sum, { steps }) => sum + steps, 0)

const steps: DayOfType = (from, random) =>
  join(
    stepsOf(from, random).flatMap(({ minute, steps: value, by }) =>
      by.map((source) =>
        recordOf(quantity('StepCount'), 'count', { source, start: minute, end: minute + MINUTE_MS, value }),
      ),
    ),
  )

type Every = {
  type: string
  unit: string
  everyMs: number
  isInstant?: true
  decimals?: number
  low: number
  high: number
}

/** Values between two bounds, about as often as it says. */
const every =
  ({ type, unit, everyMs, isInstant, decimals = 0, low, high }: Every): DayOfType =>
  (from, random) => {
    const records = []
    for (let at = from; at < from + DAY_MS - everyMs; at += everyMs) {
      const start = at + Math.floor(random() * 4) * 1000
      const end = isInstant ? start : start + everyMs - 5000
      const value = (low + random() * (high - low)).toFixed(decimals)
      const inner =
        type === 'HeartRate' ? metadata('HKMetadataKeyHeartRateMotionContext', Math.floor(random() * 3)) : undefined
      records.push(recordOf(quantity(type), unit, { source: watch, start, end, value, ...(inner && { inner }) }))
    }
    return join(records)
  }

const variability: DayOfType = (from, random) =>
  join(
    Array.from({ length: 6 }, (_, index) => {
      const start = from + index * 4 * HOUR_MS
      const beats = Array.from(
        { length: 40 },
        (__, beat) => `   <InstantaneousBeatsPerMinute bpm="${55 + (beat % 9)}" time="8:05:${10 + beat},42 AM"/>\n`,
      )
      const inner = `  <HeartRateVariabilityMetadataList>\n${beats.join('')}  </HeartRateVariabilityMetadataList>\n`
      const value = (20 + random() * 80).toFixed(4)
      const measured = { source: watch, start, end: start + MINUTE_MS, value, inner }
      return recordOf(quantity('HeartRateVariabilitySDNN'), 'ms', measured)
    }),
  )

const stages = ['AsleepCore', 'AsleepDeep', 'AsleepREM', 'Awake']
const sleep: DayOfType = (from, random) =>
  join(
    Array.from({ length: 32 }, (_, index) => {
      const start = from + 15 * index * MINUTE_MS
      const value = `HKCategoryValueSleepAnalysis${stages[Math.floor(random() * stages.length)]}`
      const end = start + 15 * MINUTE_MS
      return recordOf('HKCategoryTypeIdentifierSleepAnalysis', '', { source: watch, start, end, value })
    }),
  )

/** Half an hour of running, with the totals that make it three samples. */
const workouts: DayOfType = (from, random) => {
  const [start, end] = [time(from + 17 * HOUR_MS), time(from + 17.5 * HOUR_MS)]
  const statistic = (type: string, sum: string, unit: string) =>
    `  <WorkoutStatistics type="${quantity(type)}" startDate="${start}" endDate="${end}" sum="${sum}" unit="${unit}"/>\n`
  const text = ` <Workout workoutActivityType="HKWorkoutActivityTypeRunning" duration="30" durationUnit="min" sourceName="${watch.name}" sourceVersion="10.1" device="${watch.device}" creationDate="${end}" startDate="${start}" endDate="${end}">
${metadata('HKTimeZone', 'America/New_York')}${statistic('ActiveEnergyBurned', (200 + random() * 200).toFixed(2), 'Cal')}${statistic('DistanceWalkingRunning', (4 + random() * 3).toFixed(3), 'km')} </Workout>
`
  return { text, samples: 3 }
}

/** Apple's order is by type. The last two are of types that Pulsewell has not: they count as samples of nothing. */
export const daysOfTypes: DayOfType[] = [
  every({ type: 'HeartRate', unit: 'count/min', everyMs: 75_000, isInstant: true, low: 50, high: 150 }),
  every({
    type: 'OxygenSaturation',
    unit: '%',
    everyMs: HOUR_MS / 2,
    isInstant: true,
    decimals: 2,
    low: 0.93,
    high: 1,
  }),
  every({ type: 'RespiratoryRate', unit: 'count/min', everyMs: HOUR_MS / 4, decimals: 1, low: 10, high: 20 }),
  steps,
  every({ type: 'DistanceWalkingRunning', unit: 'km', everyMs: 4 * MINUTE_MS, decimals: 6, low: 0.001, high: 0.3 }),
  every({ type: 'BasalEnergyBurned', unit: 'Cal', everyMs: 12 * MINUTE_MS, decimals: 3, low: 10, high: 20 }),
  every({ type: 'ActiveEnergyBurned', unit: 'Cal', everyMs: MINUTE_MS, decimals: 3, low: 0.1, high: 8 }),
  variability,
  sleep,
  workouts,
  (from, random) => ({
    ...every({
      type: 'EnvironmentalAudioExposure',
      unit: 'dBASPL',
      everyMs: HOUR_MS / 2,
      decimals: 3,
      low: 40,
      high: 80,
    })(from, random),
    samples: 0,
  }),
  (from, random) => ({
    ...every({ type: 'AppleStandTime', unit: 'min', everyMs: HOUR_MS, low: 1, high: 5 })(from, random),
    samples: 0,
  }),
]
