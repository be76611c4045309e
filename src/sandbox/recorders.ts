import type { DataType } from '../samples/types/sample-types.ts'
import type { Meal } from './day-plan.ts'
import type { Life, Minute } from './live-day.ts'
import { nightSamplers } from './night-recorders.ts'
import { courseAt, hashOf, randomOf } from './random.ts'
import type { Device } from './sources.ts'

/** Minutes since 1970, UTC; they need not be whole. The end is the start where there is none. */
export type Recorded = { start: number; end?: number } & ({ value: number; unit: string } | { kind: string })

export type Recorder = (life: Life, device: Device) => Recorded[]

/** How each type is measured. Everything is known once its end has come, and is not changed afterwards. */
export const recorders: Readonly<Partial<Record<DataType, Recorder>>> = {
  ...nightSamplers,
  steps: counts('count', ({ steps }) => steps, 0),
  distance: counts('m', ({ meters }) => meters, 1),
  floors: counts('count', ({ floors }) => floors, 0, 15),
  active_energy: counts('kcal', ({ activeKcal }) => activeKcal, 2, 15),
  basal_energy: (life) => {
    const { isMale, ageYears, heightMeters } = life.person
    // Mifflin and St Jeor 1990, kcal a day.
    const daily = 10 * life.wellness.weightKg + 625 * heightMeters - 5 * ageYears + (isMale ? 5 : -161)
    return hours(life).map((start) => ({ start, end: start + 60, value: round(daily / 24, 2), unit: 'kcal' }))
  },
  bpm: (life, device) =>
    life.minutes.flatMap((minute, i) => {
      const at = life.start + i
      const every = minute.bout?.sport === undefined ? device.bpmEvery : 1
      if (at % every !== 0) return []
      const random = randomOf(life.person.seed, device.name, 'bpm', at)
      return [
        { start: at + random.next() * 0.9, value: Math.round(minute.bpm + random.between(-1, 1)), unit: 'count/min' },
      ]
    }),
  workout: (life) => workouts(life).map(({ start, end, sport }) => ({ start, end, kind: sport })),
  workout_distance: (life) =>
    workouts(life).flatMap(({ start, end, meters }) =>
      meters === 0 ? [] : [{ start, end, value: round(meters, 0), unit: 'm' }],
    ),
  workout_energy: (life) =>
    workouts(life).map(({ start, end, kcal }) => ({ start, end, value: round(kcal, 1), unit: 'kcal' })),
  vo2_max: (life) =>
    workouts(life)
      .filter(({ sport }) => sport === 'running' || sport === 'hiking')
      .map(({ end }) => ({
        start: end,
        value: round(24 + 30 * life.person.fitness + 0.1 * life.wellness.hrvMs, 1),
        unit: 'mL/min/kg',
      })),
  weight: (life, device) =>
    weighings(life, device).map((start) => ({
      start,
      value: round(life.wellness.weightKg + scaleOff(life, device, start), 2),
      unit: 'kg',
    })),
  body_fat: (life, device) =>
    weighings(life, device).map((start) => {
      const change = (life.wellness.weightKg / life.person.weightKg - 1) * 40
      const off = 4 * scaleOff(life, device, start)
      return { start: start + 0.1, value: round(life.person.bodyFatPercent + change + off, 1), unit: '%' }
    }),
  blood_glucose: (life) => glucose(life),
  blood_pressure_systolic: (life) =>
    pressures(life).map(({ start, systolic }) => ({ start, value: systolic, unit: 'mmHg' })),
  blood_pressure_diastolic: (life) =>
    pressures(life).map(({ start, diastolic }) => ({ start, value: diastolic, unit: 'mmHg' })),
  energy_intake: eaten('kcal', ({ kcal }) => kcal),
  carbs: eaten('g', ({ carbs }) => carbs),
  protein: eaten('g', ({ protein }) => protein),
  fat: eaten('g', ({ fat }) => fat),
  fiber: eaten('g', ({ fiber }) => fiber),
  water: (life) =>
    life.plans.flatMap(({ waterAt }) =>
      waterAt.map((start) => ({
        start,
        end: start + 1,
        value: 50 * Math.round(randomOf(start).between(3, 8)),
        unit: 'mL',
      })),
    ),
}

export const round = (value: number, digits: number) => Math.round(value * 10 ** digits) / 10 ** digits

/** What adds up, in the device's intervals; those in which nothing was counted are left out. */
function counts(unit: string, of: (minute: Minute) => number, digits: number, atLeast = 1): Recorder {
  return (life, device) => {
    const length = Math.max(device.countsEvery, atLeast)
    const calibration = 1 + device.error * randomOf(life.person.seed, device.name, 'calibration').between(-1, 1)
    const samples: Recorded[] = []
    for (let i = 0; i < life.minutes.length; i += length) {
      const start = life.start + i
      const within = life.minutes.slice(i, i + length).map((minute, after) => ({ minute, at: start + after }))
      const seen = within.filter(({ minute }) => device.sees === 'all' || minute.bout?.hasPhone)
      const sum = seen.reduce((total, { minute }) => total + of(minute), 0)
      const value = round(sum * calibration * randomOf(device.name, unit, start).between(0.99, 1.01), digits)
      // A phone's intervals end with the walk: the rest of one would fill a gap of the watch with steps that it counted.
      const span = device.sees === 'carried' ? { start: seen[0]?.at, end: (seen.at(-1)?.at ?? 0) + 1 } : undefined
      if (value > 0) samples.push({ start: span?.start ?? start, end: span?.end ?? start + length, value, unit })
    }
    return samples
  }
}

const hours = ({ start }: Life) => Array.from({ length: 24 }, (_, hour) => start + hour * 60)

type Workout = { start: number; end: number; sport: string; meters: number; kcal: number }

/** Those that begin on the day. */
function workouts(life: Life): Workout[] {
  const { person } = life
  return life.plans
    .flatMap(({ bouts }) => bouts)
    .filter(({ start }) => start >= life.start && start < life.end)
    .flatMap(({ start, end, sport, metersPerMinute, met }) =>
      sport === undefined
        ? []
        : [
            {
              start,
              end,
              sport,
              meters: metersPerMinute * (end - start),
              kcal: ((met * 3.5 * person.weightKg) / 200) * (end - start),
            },
          ],
    )
}

/** Some mornings, before breakfast; whoever has two scales steps on one after the other. */
function weighings({ person: { seed }, plans, start, end }: Life, device: Device): number[] {
  return plans
    .map(({ wake }) => wake + 9 + randomOf(seed, 'scale', wake).next())
    .filter((at) => randomOf(seed, 'weighs', Math.floor(at)).chance(0.62))
    .map((at) => at + randomOf(seed, device.name, 'turn', at).between(0, 3))
    .filter((at) => at >= start && at < end)
}

/** What a scale is always off by, and a little more each time. */
const scaleOff = ({ person: { seed } }: Life, { name }: Device, at: number) =>
  randomOf(seed, name, 'scale').between(-0.12, 0.12) + randomOf(seed, name, 'weighing', at).between(-0.04, 0.04)

function eaten(unit: string, of: (meal: Meal) => number): Recorder {
  return (life) =>
    life.plans
      .flatMap(({ meals }) => meals)
      .map((meal) => ({ start: meal.at, end: meal.at + 15, value: round(of(meal), 1), unit }))
}

/** Every five minutes: what each meal adds rises for three quarters of an hour and takes two hours to go. */
function glucose(life: Life): Recorded[] {
  const { person, plans } = life
  const hash = hashOf(`${person.seed} glucose`)
  const meals = plans.flatMap((plan) => plan.meals)
  const sensitivity = 1.25 - 0.5 * person.fitness
  return Array.from({ length: 288 }, (_, i) => {
    const start = life.start + i * 5 + (hash % 5)
    const risen = meals.reduce((total, meal) => {
      const hoursSince = (start - meal.at) / 60
      if (hoursSince <= 0 || hoursSince > 6) return total
      return total + meal.carbs * sensitivity * 1.55 * hoursSince * Math.exp(-1.35 * hoursSince)
    }, 0)
    const effort = life.minutes[Math.min(1439, i * 5)]!.bout?.sport === undefined ? 0 : 9
    const value = 90 + 6 * courseAt(hash, start, 170) + 2.5 * courseAt(hash + 1, start, 14) + risen - effort
    return { start, value: Math.round(Math.max(58, value)), unit: 'mg/dL' }
  })
}

/** Most mornings, and some evenings. */
function pressures(life: Life): { start: number; systolic: number; diastolic: number }[] {
  const { person, plans } = life
  return plans
    .flatMap(({ wake, bed }) => [
      { at: wake + 35, often: 0.85, add: 3 },
      { at: bed - 80, often: 0.5, add: 0 },
    ])
    .filter(({ at }) => at >= life.start && at < life.end)
    .flatMap(({ at, often, add }) => {
      const random = randomOf(person.seed, 'pressure', at)
      if (!random.chance(often)) return []
      const base =
        104 +
        0.35 * person.ageYears -
        8 * person.fitness +
        3 * courseAt(hashOf(`${person.seed} pressure`), at / 1440, 9)
      const systolic = Math.round(base + add + random.normal(0, 4))
      return [
        {
          start: at + Math.round(random.between(0, 20)),
          systolic,
          diastolic: Math.round(systolic * 0.63 + random.normal(0, 2.5)),
        },
      ]
    })
}
