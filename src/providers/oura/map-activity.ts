import type { ProviderBatch } from '../provider.ts'
import { total } from './samples.ts'
import type { DailyActivity } from './schemas.ts'

const HOUR_MS = 3_600_000

/**
 * What a day came to. Oura tells no times of steps and energy, only this, and counts the day from 4 a.m. where the person
 * is: spread over hours, it would be invented, and cut at midnight in UTC, it would be nobody's day. So it is kept as a
 * whole, on the date that Oura gives it, apart from what devices counted.
 */
export function mapActivity({ day, ...activity }: DailyActivity): ProviderBatch[] {
  const at = middleOf(day, activity.timestamp)
  const rest = activity.total_calories - activity.active_calories
  const values = [
    ['steps', activity.steps, 'count'],
    ['active_energy', activity.active_calories, 'kcal'],
    ['basal_energy', rest, 'kcal'],
    ['distance', activity.equivalent_walking_distance, 'm'],
    ['exercise_time', activity.medium_activity_time + activity.high_activity_time, 's'],
  ] as const
  return values.map(([dataType, value, unit]) => ({ dataType, totals: 'daily', samples: total(at, value, unit) }))
}

/**
 * Half-way between noon in UTC and noon where the person is: on this date in both, and in every zone between, from 12
 * hours behind to 14 ahead.
 */
function middleOf(day: string, localized: string): number {
  return Date.parse(day) + 12 * HOUR_MS - offsetOf(localized) / 2
}

/** `...T04:00:00+02:00` → two hours, in ms. */
function offsetOf(localized: string): number {
  const [, sign, hours, minutes] = /([+-])(\d\d):?(\d\d)$/.exec(localized) ?? []
  const offset = (Number(hours ?? 0) + Number(minutes ?? 0) / 60) * HOUR_MS
  return sign === '-' ? -offset : offset
}
