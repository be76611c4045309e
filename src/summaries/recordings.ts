import type { Queryable } from '../database/pool.ts'
import { query } from '../database/query.ts'
import { DAY_MS, epochDayOf } from '../samples/days.ts'
import type { DeviceKind, MergedKind } from '../samples/device-kinds.ts'
import { type PackedRow, unpackRow } from '../samples/pack-day.ts'
import type { DataType } from '../samples/types/sample-types.ts'
import type { Window } from '../zones.ts'
import type { DeviceSamples } from './merge-devices.ts'
import * as sql from './recordings.sql.ts'

export type DayOwner = { tenantId: string; userId: string }

/** `deviceKind` is what the sender said; null where it said nothing. */
export type Source = {
  provider: string
  dataType: DataType
  deviceId: string
  deviceName: string
  deviceKind: DeviceKind | MergedKind | null
}

/** What one device has of one type on a UTC day. `touching` counts the samples of the rows that reach into the day. */
export type DayTotals = Source & {
  total: number | null
  touching: number
  count: number
  sum: number | null
  min: number | null
  max: number | null
}

/** Samples of one device and type, of whole UTC days, sorted by start. */
export type Series = Source & DeviceSamples

export type TotalsQuery = { owner: DayOwner; date: string; types: DataType[] }

/** For each request, in one query; in none without one. Reads no samples. */
export async function readDayTotals(db: Queryable, wanted: TotalsQuery[]): Promise<DayTotals[][]> {
  if (wanted.length === 0) return []
  const rows = await query<DayTotals & { request: number }>(db, sql.selectDayTotals, [
    wanted.map(({ owner }) => owner.userId),
    wanted.map(({ owner }) => owner.tenantId),
    wanted.map(({ date }) => date),
    wanted.map(({ types }) => types.join(',')),
  ])
  const found = Map.groupBy(rows, ({ request }) => request)
  return wanted.map((_, index) => found.get(index + 1) ?? [])
}

export type SeriesQuery = { owner: DayOwner; ranges: { types: readonly DataType[]; window: Window }[] }
/** And how the user ranks devices. */
export type FoundSeries = { series: Series[]; priority: string[] }

type SeriesRow = Source & { request: number; day: number; priority: string[] } & PackedRow

/**
 * For each request, the samples that overlap its windows, and those on the same days and overlapping them, of every
 * connected provider. In one query; in none where nothing is asked for.
 */
export async function readSeries(db: Queryable, wanted: SeriesQuery[]): Promise<FoundSeries[]> {
  const ranges = wanted.flatMap(({ owner, ranges: own }, request) =>
    own.flatMap(({ types, window }) => types.map((type) => ({ request, owner, type, window }))),
  )
  if (ranges.length === 0) return wanted.map(() => ({ series: [], priority: [] }))
  const rows = await query<SeriesRow>(db, sql.selectSeries, [
    ranges.map(({ request }) => request),
    ranges.map(({ owner }) => owner.userId),
    ranges.map(({ owner }) => owner.tenantId),
    ranges.map(({ type }) => type),
    ranges.map(({ window }) => isoDay(window.from)),
    ranges.map(({ window }) => isoDay(Math.max(window.from, window.to - 1))),
  ])
  const found = Map.groupBy(rows, ({ request }) => request)
  return wanted.map((_, request) => {
    const own = found.get(request) ?? []
    return { series: toSeries(own), priority: own[0]?.priority ?? [] }
  })
}

function toSeries(rows: SeriesRow[]): Series[] {
  const series = new Map<string, Series>()
  for (const { request: _, day, count, packed, values: fractions, priority: __, ...source } of rows) {
    const key = `${source.dataType} ${source.deviceId}`
    const found = series.get(key) ?? { ...source, starts: [], durations: [], values: [] }
    series.set(key, found)
    const midnight = day * DAY_MS
    const samples = unpackRow({ count, packed, values: fractions })
    for (const offset of samples.starts) found.starts.push(midnight + offset)
    for (const duration of samples.durations) found.durations.push(duration)
    for (const value of samples.values) found.values.push(value)
  }
  return [...series.values()]
}

const isoDay = (ms: number) => new Date(epochDayOf(ms) * DAY_MS).toISOString().slice(0, 10)
