import type { Queryable } from '../database/pool.ts'
import { DAY_MS } from '../samples/days.ts'
import type { DataType } from '../samples/types/sample-types.ts'
import { datesBetween, type Window, windowOf } from '../zones.ts'
import { duringWorkout, nightTypes } from './provider-days.ts'
import { type DayOwner, type FoundSeries, readSeries, type Series } from './recordings.ts'
import type { ShapeName } from './shapes.ts'
import { findSleeps, LONGEST_GAP_MS, type Night, nightOf } from './sleep.ts'

/** No sample lasts longer. */
const LONGEST_MS = 7 * DAY_MS

type Change = { dataType: DataType } & Window
export type RelatedDay = { date: string; shapes: ShapeName[] }

const ofNights = new Set<DataType>(['sleep', ...nightTypes])
const ofWorkouts = new Set<DataType>(duringWorkout)

/**
 * For each of `wanted`, the days whose answers its changes show in though they lie on others: a night is of the day on
 * which it ends, a workout of the day on which it starts, and both have what was measured meanwhile.
 */
export async function readRelatedDays(
  db: Queryable,
  wanted: { owner: DayOwner; changed: Change[]; zone: string }[],
): Promise<RelatedDay[][]> {
  const clusters = wanted.map(({ changed }) =>
    cluster(changed.filter(({ dataType }) => ofNights.has(dataType) || ofWorkouts.has(dataType))),
  )
  const near = wanted.flatMap(({ owner, zone }, index) => clusters[index]!.map((changes) => ({ owner, zone, changes })))
  const read = await readSeries(
    db,
    near.map(({ owner, changes }) => ({
      owner,
      ranges: [{ types: ['sleep', 'workout'], window: windowAround(changes) }],
    })),
  )
  const related = near.map(({ changes, zone }, index) => relatedTo(changes, read[index]!, zone)).values()
  return clusters.map((own) => own.flatMap(() => related.next().value ?? []))
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

const windowAround = (changes: Change[]): Window => ({
  from: Math.min(...changes.map((change) => change.from)) - LONGEST_MS,
  to: Math.max(...changes.map((change) => change.to)) + 2 * DAY_MS,
})

function relatedTo(changes: Change[], { series, priority }: FoundSeries, zone: string): RelatedDay[] {
  return [...Map.groupBy(series, ({ provider }) => provider).values()].flatMap((own) => {
    const sleeps = findSleeps(
      own.filter(({ dataType }) => dataType === 'sleep'),
      priority,
    )
    return changes.flatMap((change) => [
      ...(ofNights.has(change.dataType) ? nightsWith(sleeps, change, zone) : []),
      ...(ofWorkouts.has(change.dataType) ? workoutsOf(own, change, zone) : []),
    ])
  })
}

/** The nights that a change is part of, or adjoins. */
function nightsWith(sleeps: Night[], change: Change, zone: string): RelatedDay[] {
  if (sleeps.length === 0) return []
  return datesBetween(change.from, change.to + DAY_MS, zone)
    .filter((date) => {
      const night = nightOf(sleeps, windowOf(date, zone))
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
