import type { DataType } from '../../samples/types/sample-types.ts'
import { ProviderError } from '../provider-error.ts'
import type { ProviderApi, ProviderBatch } from '../provider.ts'
import { mapActivity } from './map-activity.ts'
import { findBeds, mapSleep } from './map-sleep.ts'
import { mapWorkouts } from './map-workouts.ts'
import { readCollection } from './read-collection.ts'
import { isWithin, measure, type Window } from './samples.ts'
import { DailyActivity, DailySpo2, HeartRate, Sleep, Vo2Max, Workout } from './schemas.ts'

const DAY_MS = 86_400_000

/**
 * What begins on a UTC day; each sample is of one day, so that days read one by one, or again, make up the whole. Oura
 * takes dates in the zone of the person, and is not clear on whether the last is included: a day more is asked for on
 * both sides, and what is of another day is left to that. What the person did not allow is left out. Throws ProviderError.
 */
export async function* readDay(api: ProviderApi, day: string): AsyncIterable<ProviderBatch> {
  const window = { from: Date.parse(day), to: Date.parse(day) + DAY_MS }
  const around = { start_date: isoDay(window.from - DAY_MS), end_date: isoDay(window.to + DAY_MS) }
  const activities = await readCollection(api, 'daily_activity', DailyActivity, around)
  const workouts = await readCollection(api, 'workout', Workout, around)
  const maxima = await readCollection(api, 'vO2_max', Vo2Max, around)
  const sleeps = await readCollection(api, 'sleep', Sleep, around)
  const spo2 = await readCollection(api, 'daily_spo2', DailySpo2, around)
  const heartRates = await readCollection(api, 'heartrate', HeartRate, {
    start_datetime: `${day}T00:00:00+00:00`,
    end_datetime: `${isoDay(window.to)}T00:00:00+00:00`,
  })
  const read = [activities, workouts, maxima, sleeps, spo2, heartRates]
  if (read.every((documents) => documents === undefined)) {
    throw new ProviderError(
      'refused',
      'Oura gives none of what it is asked for: it was not allowed, or the membership ended',
    )
  }
  yield* (activities ?? []).filter((activity) => activity.day === day).flatMap(mapActivity)
  // A batch without samples says that there is nothing of the type: it is not said of what was not allowed.
  const [slept, measured] = [sleeps !== undefined, heartRates !== undefined]
  const wasRead = { bpm: slept || measured, spo2: slept && spo2 !== undefined } as Partial<Record<DataType, boolean>>
  const batches = mapSleep(findBeds(sleeps ?? []), spo2 ?? [], heartRates ?? [], window)
  yield* batches.filter(({ dataType, samples }) => samples.length > 0 || (wasRead[dataType] ?? slept))
  if (workouts !== undefined) yield* mapWorkouts(workouts, window)
  if (maxima !== undefined) {
    yield { dataType: 'vo2_max', samples: maxima.flatMap((each) => mapMaximum(each, window)) }
  }
}

function mapMaximum({ timestamp, vo2_max: value }: { timestamp: string; vo2_max: number }, window: Window) {
  const at = Date.parse(timestamp)
  return isWithin(at, window) ? measure(at, value, 'mL/min/kg') : []
}

const isoDay = (ms: number) => new Date(ms).toISOString().slice(0, 10)
