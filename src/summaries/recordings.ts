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

/** For each request, in one query. Reads no samples. */
export async function readDayTotals(db: Queryable, wanted: TotalsQuery[]): Promise<DayTotals[][]> {
  const rows = await query<DayTotals & { request: number }>(db, sql.selectDayTotals, [
    wanted.map(({ owner }) => owner.userId),
    wanted.map(({ owner }) => owner.tenantId),
    wanted.map(({ date }) => date),
    wanted.map(({ types }) => types.join(',')),
  ])
  const found = Map.groupBy(rows, ({ request }) => request)
  return wanted.map((_, index) => found.get(index + 1) ?? [])
}

type SeriesRow = Source & { day: number; priority: string[] } & PackedRow

/** The samples that overlap a window, and those on the same days and overlapping them, of every connected provider; and how the user ranks
 * devices. */
export async function readSeries(
  db: Queryable,
  { userId, tenantId }: DayOwner,
  wanted: { types: readonly DataType[]; window: Window }[],
): Promise<{ series: Series[]; priority: string[] }> {
  const ranges = wanted.flatMap(({ types, window }) => types.map((type) => ({ type, window })))
  if (ranges.length === 0) return { series: [], priority: [] }
  const values = [
    userId,
    tenantId,
    ranges.map(({ type }) => type),
    ranges.map(({ window }) => isoDay(window.from)),
    ranges.map(({ window }) => isoDay(Math.max(window.from, window.to - 1))),
  ]
  const rows = await query<SeriesRow>(db, sql.selectSeries, values)
  const series = new Map<string, Series>()
  for (const { day, count, packed, values: fractions, priority: _, ...source } of rows) {
    const key = `${source.dataType} ${source.deviceId}`
    const found = series.get(key) ?? { ...source, starts: [], durations: [], values: [] }
    series.set(key, found)
    const midnight = day * DAY_MS
    const samples = unpackRow({ count, packed, values: fractions })
    for (const offset of samples.starts) found.starts.push(midnight + offset)
    for (const duration of samples.durations) found.durations.push(duration)
    for (const value of samples.values) found.values.push(value)
  }
  return { series: [...series.values()], priority: rows[0]?.priority ?? [] }
}

const isoDay = (ms: number) => new Date(epochDayOf(ms) * DAY_MS).toISOString().slice(0, 10)
