import type { Queryable } from '../database/pool.ts'
import type { DataType } from '../samples/types/sample-types.ts'
import { datesBetween, type Window, windowOf } from '../zones.ts'
import { duringWorkout, nightTypes } from './provider-days.ts'
import { type DayOwner, readSeries, type Series } from './recordings.ts'
import type { ShapeName } from './shapes.ts'
import { findNight, LONGEST_GAP_MS } from './sleep.ts'

const DAY_MS = 86_400_000
/** No sample lasts longer. */
const LONGEST_MS = 7 * DAY_MS

type Change = { dataType: DataType } & Window
export type RelatedDay = { date: string; shapes: ShapeName[] }

const ofNights = new Set<DataType>(['sleep', ...nightTypes])
const ofWorkouts = new Set<DataType>(duringWorkout)

/**
 * The days whose answers changes show in though they lie on others: a night is of the day on which it ends, a workout
 * of the day on which it starts, and both have what was measured meanwhile.
 */
export async function readRelatedDays(
  db: Queryable,
  owner: DayOwner,
  changed: Change[],
  zone: string,
): Promise<RelatedDay[]> {
  const changes = changed.filter(({ dataType }) => ofNights.has(dataType) || ofWorkouts.has(dataType))
  const related: RelatedDay[] = []
  for (const near of cluster(changes)) related.push(...(await readRelatedTo(db, owner, near, zone)))
  return related
}

/** So that two changes that are years apart do not have the years between them read. */
function cluster(changes: Change[]): Change[][] {
  const clusters: Change[][] = []
  let end = -Infinity
  for (const change of changes.toSorted((a, b) => a.from - b.from)) {
    if (change.from > end + LONGEST_MS) clusters.push([])
    clusters.at(-1)!.push(change)
    end = Math.max(end, change.to)
  }
  return clusters
}

async function readRelatedTo(db: Queryable, owner: DayOwner, changes: Change[], zone: string): Promise<RelatedDay[]> {
  const from = Math.min(...changes.map((change) => change.from)) - LONGEST_MS
  const to = Math.max(...changes.map((change) => change.to)) + 2 * DAY_MS
  const { series, priority } = await readSeries(db, owner, [{ types: ['sleep', 'workout'], window: { from, to } }])
  if (series.length === 0) return []
  const byProvider = [...Map.groupBy(series, ({ provider }) => provider).values()]
  return changes.flatMap((change) =>
    byProvider.flatMap((own) => [
      ...nightsOf(own, change, zone, priority),
      ...(ofWorkouts.has(change.dataType) ? workoutsOf(own, change, zone) : []),
    ]),
  )
}

/** The nights that a change is part of, or adjoins. */
function nightsOf(series: Series[], change: Change, zone: string, priority: readonly string[]): RelatedDay[] {
  if (!ofNights.has(change.dataType)) return []
  const sleeps = series.filter(({ dataType }) => dataType === 'sleep')
  if (sleeps.length === 0) return []
  return datesBetween(change.from, change.to + DAY_MS, zone)
    .filter((date) => {
      const night = findNight(sleeps, windowOf(date, zone), priority)
      if (night === undefined) return false
      return night.from <= change.to + LONGEST_GAP_MS && night.to >= change.from - LONGEST_GAP_MS
    })
    .map((date) => ({ date, shapes: ['sleep'] }))
}

/** The workouts during which it was measured. */
function workoutsOf(series: Series[], change: Change, zone: string): RelatedDay[] {
  return series
    .filter(({ dataType }) => dataType === 'workout')
    .flatMap(({ starts, durations }) =>
      starts.filter((start, index) => start < change.to && start + durations[index]! > change.from),
    )
    .map((start) => ({ date: datesBetween(start, start, zone)[0]!, shapes: ['activity'] }))
}
