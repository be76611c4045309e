import type { Statistic } from '../samples/types/sample-type.ts'
import { type DataType, sampleTypeOf } from '../samples/types/sample-types.ts'
import { openInstantWriter } from '../samples/write-instant.ts'
import type { Window } from '../zones.ts'
import { type DeviceShare, mergeDevices } from './merge-devices.ts'
import { isMerged, rankDevices } from './rank-devices.ts'
import type { DayTotals, Series, Source } from './recordings.ts'
import type { TimedSample } from './shapes.ts'

/** What a provider has of one type within a window. `count` is of samples; with none, all that there was was deleted. */
export type Figures = {
  count: number
  /** Undefined where it needs samples that were not read, or there are none. */
  of: (statistic: Statistic) => number | TimedSample[] | undefined
}

/**
 * What devices counted, merged. Totals that the provider had merged itself (`apart`) count the same things again, and
 * each may lack what has not been sent yet: the largest is answered, and nothing is added up.
 */
export type MergedTotal = {
  total: number
  count: number
  shares: DeviceShare[]
  apart: { deviceId: string; counted: number }[]
}

/** The cumulative samples of one provider and type within a window. */
export function mergeSeries(series: Series[], window: Window, priority: readonly string[]): MergedTotal {
  const isWhole = series[0] !== undefined && sampleTypeOf(series[0].dataType).isWhole === true
  const ranked = rankDevices(
    series.filter((each) => !isMerged(each)),
    priority,
  )
  const shares = mergeDevices(ranked, window, isWhole)
  const apart = series.filter(isMerged).map((each) => ({
    deviceId: each.deviceId,
    counted:
      each.deviceKind === 'merged_daily' ? largest(each, window) : mergeDevices([each], window, isWhole)[0]!.counted,
  }))
  return {
    total: Math.max(sumOf(shares.map(({ used }) => used)), ...apart.map(({ counted }) => counted)),
    count: series.reduce((count, each) => count + indexesWithin(each, window, 'overlap').length, 0),
    shares,
    apart,
  }
}

/** A day has one total. Where a phone that travelled sent two that begin on it, they count the same hours again. */
function largest(series: Series, window: Window): number {
  return indexesWithin(series, window, 'start').reduce((most, index) => Math.max(most, series.values[index]!), 0)
}

/** Undefined where columns cannot say: several devices may have counted the same. */
export function totalOfColumns(rows: DayTotals[]): Figures | undefined {
  const counting = rows.filter(({ touching }) => touching > 0)
  if (counting.filter((row) => !isMerged(row)).length > 1) return undefined
  if (counting.some(({ deviceKind, touching }) => deviceKind === 'merged_daily' && touching > 1)) return undefined
  return totalFigures({
    total: Math.max(0, ...counting.map(({ total }) => total ?? 0)),
    count: counting.reduce((count, { touching }) => count + touching, 0),
  })
}

export const totalFigures = ({ total, count }: { total: number; count: number }): Figures => ({
  count,
  of: (statistic) => (statistic === 'total' ? round(total) : undefined),
})

/** What columns say of instantaneous samples; nothing that needs the samples themselves. */
export function statisticsOfColumns(rows: DayTotals[]): Figures {
  const used = believed(rows, ({ count }) => count > 0)
  const count = used.reduce((total, row) => total + row.count, 0)
  return {
    count,
    of: (statistic) => {
      if (count === 0) return undefined
      if (statistic === 'min') return Math.min(...used.map(({ min }) => min ?? Infinity))
      if (statistic === 'max') return Math.max(...used.map(({ max }) => max ?? -Infinity))
      return statistic === 'avg' ? round(sumOf(used.map(({ sum }) => sum ?? 0)) / count) : undefined
    },
  }
}

type Point = { time: number; value: number; data_source: TimedSample['data_source'] }

/** The instantaneous samples of one provider and type that start within a window. */
export function statisticsOf(series: Series[], window: Window): Figures {
  const within = series.map((each) => ({ ...each, indexes: indexesWithin(each, window, 'start') }))
  const used = believed(within, ({ indexes }) => indexes.length > 0)
  const points: Point[] = used
    .flatMap(({ starts, values, deviceName, indexes }) => {
      const data_source = { source_type: 'DEVICE', name: deviceName } as const
      return indexes.map((index) => ({ time: starts[index]!, value: values[index]!, data_source }))
    })
    .toSorted((a, b) => a.time - b.time)
  const values = points.map(({ value }) => value)
  let listed: TimedSample[] | undefined
  return {
    count: points.length,
    of: (statistic) => {
      if (statistic === 'total' || points.length === 0) return undefined
      // Several shapes list the same samples.
      return statistic === 'samples' ? (listed ??= listSamples(points)) : statistics[statistic](values)
    },
  }
}

type Measured = Exclude<Statistic, 'total' | 'samples'>

/** Each of one value at least. The standard deviation is the population's: these are all samples that there are. */
const statistics: { [Name in Measured]: (values: number[]) => number } = {
  min: (values) => values.reduce((least, value) => Math.min(least, value)),
  max: (values) => values.reduce((most, value) => Math.max(most, value)),
  avg: (values) => round(meanOf(values)),
  std_dev: (values) => {
    const mean = meanOf(values)
    return round(Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2))))
  },
  last: (values) => values.at(-1)!,
}

function listSamples(points: Point[]): TimedSample[] {
  const write = openInstantWriter()
  return points.map(({ time, value, data_source }) => ({ time: write(time), value, data_source }))
}

/** What devices measured; where they measured nothing, hourly means, and where there are none, daily ones. */
function believed<Found extends Source>(all: Found[], has: (found: Found) => boolean): Found[] {
  const present = all.filter(has)
  const measured = present.filter((found) => !isMerged(found))
  if (measured.length > 0) return measured
  const hourly = present.filter(({ deviceKind }) => deviceKind === 'merged_hourly')
  return hourly.length > 0 ? hourly : present
}

/** The indexes of samples that start within the window, or overlap it. */
export function indexesWithin(
  { starts, durations }: Pick<Series, 'starts' | 'durations'>,
  { from, to }: Window,
  how: 'start' | 'overlap',
): number[] {
  const indexes: number[] = []
  for (const [index, start] of starts.entries()) {
    if (start >= to) break
    if (start >= from || (how === 'overlap' && start + durations[index]! > from)) indexes.push(index)
  }
  return indexes
}

export const sumOf = (values: number[]): number => values.reduce((total, value) => total + value, 0)

const meanOf = (values: number[]): number => sumOf(values) / values.length

/** What summing adds beyond a millionth is noise. */
export const round = (value: number): number => Math.round(value * 1e6) / 1e6

export const typeNames = (series: Pick<Source, 'dataType'>[]): DataType[] => [
  ...new Set(series.map(({ dataType }) => dataType)),
]
