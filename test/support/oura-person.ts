import { createHash } from 'node:crypto'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

export type Document = { id: string; day: string } & Record<string, any>
export type Row = { timestamp: string; timestamp_unix: number; bpm: number; source: string }

/** Somebody who wears a ring: the same on the same day, whoever asks. Nights belong to the day on which they end. */
export type OuraPerson = {
  id: string
  documents: (collection: string, day: string) => Document[]
  /** From `from` to before `to`, in ms since 1970. */
  heartRates: (from: number, to: number) => Row[]
}

export function createOuraPerson({ id = 'oura-person-1', offsetMinutes = 0 } = {}): OuraPerson {
  const clock = clockAt(offsetMinutes)
  const makers: Record<string, (day: string) => Document[]> = {
    sleep: (day) => sleepOf(id, day, clock),
    daily_activity: (day) => [activityOf(id, day, clock)],
    daily_spo2: (day) => [
      {
        id: documentId(id, 'spo2', day),
        day,
        spo2_percentage: { average: 95.5 + chance(id, day, 'spo2') * 3 },
        breathing_disturbance_index: 4,
      },
    ],
    workout: (day) => workoutsOf(id, day, clock),
    vO2_max: (day) =>
      isWeekday(day, 1)
        ? [{ id: documentId(id, 'vo2', day), day, timestamp: clock.write(day, 4 * 60), vo2_max: 44 }]
        : [],
  }
  return {
    id,
    documents: (collection, day) => makers[collection]?.(day) ?? [],
    heartRates: (from, to) =>
      daysAround(from, to)
        .flatMap((day) => heartRatesOf(id, day, clock))
        .filter(({ timestamp_unix: at }) => at >= from && at < to),
  }
}

type Clock = ReturnType<typeof clockAt>

/** Local minutes of a day, written as Oura does: with the offset of the person. */
function clockAt(offsetMinutes: number) {
  const sign = offsetMinutes < 0 ? '-' : '+'
  const [hours, minutes] = [Math.trunc(Math.abs(offsetMinutes) / 60), Math.abs(offsetMinutes) % 60]
  const offset = `${sign}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`
  const at = (day: string, minute: number) => Date.parse(day) + (minute - offsetMinutes) * MINUTE_MS
  const write = (day: string, minute: number) =>
    new Date(Date.parse(day) + minute * MINUTE_MS).toISOString().replace('Z', offset)
  return { at, write }
}

/** From 0 to below 1. */
function chance(...seed: (string | number)[]): number {
  return createHash('sha256').update(seed.join(' ')).digest().readUInt32BE() / 2 ** 32
}

const documentId = (...parts: string[]) => createHash('sha256').update(parts.join(' ')).digest('hex').slice(0, 32)
const isWeekday = (day: string, ...weekdays: number[]) => weekdays.includes(new Date(day).getUTCDay())

/** Minutes of the night before `day`'s midnight that it begins, and after it that it ends. */
const nightOf = (id: string, day: string) => ({
  from: -Math.round(30 + chance(id, day, 'bed') * 60),
  to: Math.round(390 + chance(id, day, 'up') * 60),
})

function sleepOf(id: string, day: string, clock: Clock): Document[] {
  const { from, to } = nightOf(id, day)
  const night = sleepDocument(id, day, clock, { from, to, type: 'long_sleep' })
  const nap = sleepDocument(id, day, clock, { from: 14 * 60, to: 14 * 60 + 30, type: 'late_nap' })
  const mistaken = sleepDocument(id, day, clock, { from: 19 * 60, to: 19 * 60 + 20, type: 'rest' })
  const removed = sleepDocument(id, day, clock, { from: 17 * 60, to: 17 * 60 + 20, type: 'deleted' })
  return isWeekday(day, 0) ? [night, nap, mistaken, removed] : [night]
}

type Bed = { from: number; to: number; type: string }

function sleepDocument(id: string, day: string, clock: Clock, { from, to, type }: Bed): Document {
  const epochs = (to - from) * 2
  // Ninety minutes from light over deep to REM; awake at first, and for a while in the middle.
  const phaseOf = (epoch: number) => {
    if (epoch < 20 || (epoch > epochs / 2 && epoch < epochs / 2 + 12)) return '4'
    const minute = (epoch / 2) % 90
    return minute < 40 ? '2' : minute < 65 ? '1' : '3'
  }
  const phases = Array.from({ length: epochs }, (_, epoch) => phaseOf(epoch)).join('')
  const secondsOf = (phase: string) => phases.split(phase).length * 30 - 30
  const series = (base: number, spread: number) => ({
    interval: 300,
    timestamp: clock.write(day, from),
    // The ring misses some.
    items: Array.from({ length: Math.floor((to - from) / 5) }, (_, index) =>
      index % 17 === 3 ? null : base + Math.round(chance(id, day, type, base, index) * spread),
    ),
  })
  return {
    id: documentId(id, 'sleep', type, day),
    day,
    type,
    bedtime_start: clock.write(day, from),
    bedtime_end: clock.write(day, to),
    sleep_phase_30_sec: phases,
    sleep_phase_5_min: Array.from({ length: epochs / 10 }, (_, index) => phases[index * 10]).join(''),
    total_sleep_duration: secondsOf('1') + secondsOf('2') + secondsOf('3'),
    deep_sleep_duration: secondsOf('1'),
    light_sleep_duration: secondsOf('2'),
    rem_sleep_duration: secondsOf('3'),
    awake_time: secondsOf('4'),
    time_in_bed: (to - from) * 60,
    heart_rate: series(52, 14),
    hrv: series(35, 50),
    average_breath: 14.25,
    lowest_heart_rate: 50,
    low_battery_alert: false,
    period: 0,
    readiness: null,
  }
}

function activityOf(id: string, day: string, clock: Clock): Document {
  const steps = 4000 + Math.round(chance(id, day, 'steps') * 9000)
  const active = 200 + Math.round(chance(id, day, 'kcal') * 500)
  return {
    id: documentId(id, 'activity', day),
    day,
    timestamp: clock.write(day, 4 * 60),
    steps,
    active_calories: active,
    total_calories: 1600 + active,
    equivalent_walking_distance: Math.round(steps * 0.8),
    high_activity_time: 600,
    medium_activity_time: 2400,
    low_activity_time: 14_400,
    class_5_min: '2'.repeat(288),
    met: { interval: 60, timestamp: clock.write(day, 4 * 60), items: [1.2, 1.1] },
    score: null,
  }
}

function workoutsOf(id: string, day: string, clock: Clock): Document[] {
  if (!isWeekday(day, 1, 3, 6)) return []
  const activity = isWeekday(day, 1) ? 'running' : isWeekday(day, 3) ? 'strengthTraining' : 'yardwork'
  return [
    {
      id: documentId(id, 'workout', day),
      day,
      activity,
      start_datetime: clock.write(day, 12 * 60 - 10),
      end_datetime: clock.write(day, 12 * 60 + 35),
      calories: 320.5,
      distance: activity === 'running' ? 6400 : null,
      intensity: 'moderate',
      source: 'confirmed',
      label: null,
    },
  ]
}

/** Every 5 minutes in the night, and now and then by day. */
function heartRatesOf(id: string, day: string, clock: Clock): Row[] {
  const { to } = nightOf(id, day)
  const next = new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10)
  const bed = 24 * 60 + nightOf(id, next).from
  return Array.from({ length: 288 }, (_, index) => index * 5).flatMap((minute) => {
    const isAsleep = minute < to || minute >= bed
    if (!isAsleep && chance(id, day, 'gap', minute) < 0.7) return []
    const at = clock.at(day, minute)
    const bpm = Math.round((isAsleep ? 50 : 62) + chance(id, day, 'bpm', minute) * (isAsleep ? 15 : 45))
    return [{ timestamp: new Date(at).toISOString(), timestamp_unix: at, bpm, source: isAsleep ? 'sleep' : 'awake' }]
  })
}

function daysAround(from: number, to: number): string[] {
  const days: string[] = []
  for (let at = from - DAY_MS; at < to + DAY_MS; at += DAY_MS) days.push(new Date(at).toISOString().slice(0, 10))
  return days
}
