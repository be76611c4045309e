import { randomOf } from './random.ts'
import { type Sport, sportNames } from './sports.ts'

/** Somebody who does not exist. Times of the day are minutes after local midnight. */
export type Person = {
  seed: string
  /** Their clocks are not changed in summer. */
  utcOffsetMinutes: number
  isMale: boolean
  ageYears: number
  heightMeters: number
  weightKg: number
  bodyFatPercent: number
  /** From 0, hardly ever moves, to 1, races. */
  fitness: number
  restingBpm: number
  maxBpm: number
  /** When they fall asleep before a working day; negative before midnight. */
  bedtime: number
  sleepMinutes: number
  /** How much they walk, 1 being usual. */
  restlessness: number
  /** On foot each way; none works at home. */
  commuteMinutes: number
  workStart: number
  workouts: { weekday: number; sport: Sport; start: number; minutes: number }[]
}

const UTC_OFFSETS = [-480, -420, -360, -300, -180, 0, 60, 120, 180, 330, 480, 540, 600] as const

export function personOf(seed: string): Person {
  const random = randomOf(seed, 'person')
  const isMale = random.chance(0.5)
  const ageYears = Math.round(random.between(22, 68))
  const fitness = clamp(random.normal(0.5, 0.22), 0.08, 0.95)
  const heightMeters = random.normal(isMale ? 1.77 : 1.65, 0.06)
  return {
    seed,
    utcOffsetMinutes: random.pick(UTC_OFFSETS),
    isMale,
    ageYears,
    heightMeters,
    weightKg: random.between(20.5, 29 - 4 * fitness) * heightMeters ** 2,
    bodyFatPercent: (isMale ? 27 : 34) - 14 * fitness + random.normal(0, 1.5),
    fitness,
    restingBpm: clamp(74 - 24 * fitness + random.normal(0, 2.5), 46, 78),
    // Tanaka, Monahan and Seals 2001: 208 - 0.7 x age.
    maxBpm: 208 - 0.7 * ageYears + random.normal(0, 4),
    bedtime: random.normal(-55, 38),
    sleepMinutes: random.normal(442, 24),
    restlessness: clamp(random.normal(1, 0.25), 0.55, 1.6),
    commuteMinutes: random.chance(0.7) ? Math.round(random.between(5, 19)) : 0,
    workStart: random.between(460, 560),
    workouts: workoutsOf(seed, fitness),
  }
}

/** What they do every week, if nothing comes between. */
function workoutsOf(seed: string, fitness: number): Person['workouts'] {
  const random = randomOf(seed, 'workouts')
  const favourites = [random.pick(sportNames), random.pick(sportNames)]
  const isEarly = random.chance(0.35)
  const week = [0, 1, 2, 3, 4, 5, 6]
  const often = week.filter(() => random.chance(fitness * 0.7))
  // Once at least: whoever tries the sandbox with one user is to see workouts.
  const weekdays = often.length > 0 ? often : [random.pick(week)]
  return weekdays.map((weekday) => ({
    weekday,
    sport: random.pick(favourites),
    start: isFree(weekday) ? random.between(570, 700) : isEarly ? random.between(390, 410) : random.between(1070, 1130),
    minutes: Math.round(random.between(28, 45 + 30 * fitness)),
  }))
}

/** 0 is a Sunday. */
export const isFree = (weekday: number) => weekday === 0 || weekday === 6

export const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value))
