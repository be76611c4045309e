import { nightOf } from './nights.ts'
import { isFree, type Person } from './person.ts'
import { type Random, randomOf } from './random.ts'
import { type Exercise, type Sport, sports, walking } from './sports.ts'
import { weekdayOf, wellnessOf } from './wellness.ts'

/** Times are whole minutes since 1970, UTC; the end is not included. */
export type Bout = Exercise & {
  start: number
  end: number
  /** What it is recorded as; nobody records the way to work. */
  sport: Sport | undefined
  hasPhone: boolean
}

export type Meal = { at: number; kcal: number; carbs: number; protein: number; fat: number; fiber: number }

export type DayPlan = { wake: number; bed: number; bouts: Bout[]; meals: Meal[]; waterAt: number[] }

/** What somebody does between waking up on a local day and going to bed. */
export function planDay(person: Person, localDay: number): DayPlan {
  const wake = nightOf(person, localDay).end
  const { bed } = nightOf(person, localDay + 1)
  const random = randomOf(person.seed, 'plan', localDay)
  const bouts: Bout[] = []
  for (const wish of wishesOf(person, localDay, random)) {
    const isFreeThen = bouts.every(({ start, end }) => wish.end + 5 <= start || wish.start >= end + 5)
    if (isFreeThen && wish.start >= wake + 12 && wish.end <= bed - 25) bouts.push(wish)
  }
  return {
    wake,
    bed,
    bouts: bouts.toSorted((a, b) => a.start - b.start),
    meals: mealsOf(person, localDay, wake, bed),
    waterAt: drinksOf(random, wake, bed),
  }
}

/** The most important first: what comes later does without what is taken. */
function wishesOf(person: Person, localDay: number, random: Random): Bout[] {
  const midnight = localDay * 1440 - person.utcOffsetMinutes
  const weekday = weekdayOf(localDay)
  const { isSick, isHoliday } = wellnessOf(person, localDay)
  const walk = (at: number, minutes: number): Bout =>
    walkOf(person, random, midnight + at, minutes * person.restlessness)
  if (isSick) return [walk(random.between(700, 1000), random.between(4, 12))]
  const workouts = person.workouts
    .filter((workout) => workout.weekday === weekday && random.chance(isHoliday ? 0.4 : 0.82))
    .map((workout) => workoutOf(person, random, workout.sport, midnight + workout.start, workout.minutes))
  if (isFree(weekday) || isHoliday) {
    const outing = random.chance(isHoliday ? 0.85 : 0.45)
      ? [walk(random.between(660, 900), random.between(35, 95))]
      : []
    const errands = Array.from({ length: 3 }, () => walk(random.between(600, 1250), random.between(6, 22)))
    return [...workouts, ...outing, ...errands]
  }
  const { commuteMinutes, workStart } = person
  const isAtHome = commuteMinutes === 0 || random.chance(0.15)
  const late = random.normal(0, 7)
  const ways = isAtHome
    ? []
    : [
        walk(workStart - commuteMinutes + late, commuteMinutes / person.restlessness),
        walk(workStart + 510 + random.normal(0, 22), commuteMinutes / person.restlessness),
      ]
  const lunch = random.chance(0.7) ? [walk(random.between(715, 760), random.between(7, 18))] : []
  const evening = random.chance(0.4) ? [walk(random.between(1120, 1260), random.between(8, 30))] : []
  const errands = Array.from({ length: 3 }, () => walk(random.between(560, 1180), random.between(2, 9)))
  return [...workouts, ...ways, ...lunch, ...evening, ...errands]
}

function walkOf(person: Person, random: Random, at: number, minutes: number): Bout {
  const pace = random.normal(1, 0.06) * (0.93 + 0.14 * person.fitness)
  const start = Math.round(at)
  return {
    ...walking,
    effort: walking.effort * (1.25 - 0.45 * person.fitness) * pace,
    cadence: walking.cadence * pace,
    metersPerMinute: walking.metersPerMinute * pace,
    start,
    end: start + Math.max(2, Math.round(minutes)),
    sport: undefined,
    hasPhone: random.chance(0.85),
  }
}

function workoutOf(person: Person, random: Random, sport: Sport, at: number, minutes: number): Bout {
  const exercise = sports[sport]
  const pace = (0.82 + 0.36 * person.fitness) * random.normal(1, 0.05)
  const start = Math.round(at + random.normal(0, 9))
  return {
    ...exercise,
    effort: exercise.effort * random.normal(1, 0.05),
    met: exercise.met * pace,
    // Who is slower takes shorter steps, and fewer.
    cadence: (exercise.cadence * (1 + pace)) / 2,
    metersPerMinute: exercise.metersPerMinute * pace,
    start,
    end: start + Math.round(minutes * random.normal(1, 0.12)),
    sport,
    hasPhone: sport === 'hiking' || (sport === 'running' && random.chance(0.4)),
  }
}

/** A glass now and then. */
function drinksOf(random: Random, wake: number, bed: number): number[] {
  const count = Math.round(random.between(4, 8))
  return Array.from({ length: count }, (_, i) =>
    Math.round(wake + ((bed - wake) * (i + random.between(0.2, 0.8))) / count),
  )
}

function mealsOf(person: Person, localDay: number, wake: number, bed: number): Meal[] {
  const random = randomOf(person.seed, 'meals', localDay)
  const { isSick } = wellnessOf(person, localDay)
  const need = (isSick ? 18 : 24 + 8 * person.fitness) * person.weightKg
  const awake = bed - wake
  const courses = [
    { at: wake + random.between(25, 60), share: 0.22, isKept: random.chance(0.88) },
    { at: wake + awake * random.between(0.32, 0.38), share: 0.33, isKept: true },
    { at: wake + awake * random.between(0.5, 0.58), share: 0.1, isKept: random.chance(0.6) },
    { at: wake + awake * random.between(0.7, 0.8), share: 0.37, isKept: true },
  ]
  return courses
    .filter(({ isKept }) => isKept)
    .map(({ at, share }) => {
      const kcal = need * share * random.normal(1, 0.14)
      const protein = (kcal * random.normal(0.17, 0.03)) / 4
      const fat = (kcal * random.normal(0.34, 0.04)) / 9
      const carbs = (kcal - protein * 4 - fat * 9) / 4
      return { at: Math.round(at), kcal, protein, fat, carbs, fiber: carbs * random.between(0.07, 0.14) }
    })
}
