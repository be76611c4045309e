import type { Queryable } from '../database/pool.ts'
import { type DataType, sampleTypeOf } from '../samples/types/sample-types.ts'
import { UTC, type Window, windowOf } from '../zones.ts'
import { answersOf, listsSamples, needsSamples, typesOf } from './answers.ts'
import {
  type Figures,
  indexesWithin,
  mergeSeries,
  statisticsOf,
  statisticsOfColumns,
  totalFigures,
  totalOfColumns,
  typeNames,
} from './figures.ts'
import {
  type DayOwner,
  type DayTotals,
  type FoundSeries,
  readDayTotals,
  readSeries,
  type Series,
  type SeriesQuery,
} from './recordings.ts'
import { type ShapeName, shapeNames } from './shapes.ts'
import { findSleeps, type Night, nightOf, sleepWindow } from './sleep.ts'
import { findWorkouts, type Workout, workoutTypes } from './workouts.ts'

/** What one provider has of a user's day. */
export type ProviderDay = {
  provider: string
  figures: Map<DataType, Figures>
  workouts: (Workout & { figures: Map<DataType, Figures> })[]
  night: (Night & { figures: Map<DataType, Figures> }) | undefined
  /** Types that there are rows of around the day, emptied ones included. */
  recorded: Set<DataType>
}

/** `with: 'totals'` leaves out the lists of raw samples, and reads them only where something else needs them. */
export type DayRequest = {
  owner: DayOwner
  date: string
  zone: string
  shapes: readonly ShapeName[]
  with: 'samples' | 'totals'
}

const dayTypes = new Map(shapeNames.map((name) => [name, name === 'sleep' ? [] : typesOf(answersOf(name))]))
export const nightTypes = typesOf(answersOf('sleep'))
export const duringWorkout = typesOf(answersOf('workout'))

/** For each request, per connected provider, what it recorded on `date`, a day of `zone`. In three queries at most. */
export async function readProviderDays(
  db: Queryable,
  requests: DayRequest[],
  totals?: DayTotals[][],
): Promise<ProviderDay[][]> {
  const columns = totals ?? (await readTotals(db, requests))
  const wanted = requests.map((request, index) => toQuery(request, columns[index]!))
  const series = await readSeries(db, wanted)
  const found = requests.map((request, index) => findDays(request, columns[index]!, series[index]!))
  return addWhatWasMeasuredMeanwhile(db, requests, found, series)
}

/** What columns have of each request's day: nothing where it is not a UTC day. */
export async function readTotals(db: Queryable, requests: DayRequest[]): Promise<DayTotals[][]> {
  const isInColumns = requests.map((request) => request.zone === UTC && typesIn(request).length > 0)
  const wanted = requests.filter((_, index) => isInColumns[index])
  const read = await readDayTotals(
    db,
    wanted.map((request) => ({ owner: request.owner, date: request.date, types: typesIn(request) })),
  )
  const remaining = read.values()
  return isInColumns.map((isRead) => (isRead ? (remaining.next().value ?? []) : []))
}

const typesIn = ({ shapes }: DayRequest): DataType[] => [
  ...new Set(shapes.flatMap((shape) => dayTypes.get(shape) ?? [])),
  ...(shapes.includes('activity') ? workoutTypes : []),
]

function toQuery(request: DayRequest, columns: DayTotals[]): SeriesQuery {
  const { owner, date, zone, shapes } = request
  const window = windowOf(date, zone)
  return {
    owner,
    ranges: [
      { types: zone === UTC ? typesToRead(columns, request) : typesIn(request), window },
      { types: shapes.includes('sleep') ? ['sleep'] : [], window: sleepWindow(window) },
    ],
  }
}

type Found = Omit<ProviderDay, 'workouts' | 'night'> & { workouts: Workout[]; night: Night | undefined }

function findDays(request: DayRequest, totals: DayTotals[], { series, priority }: FoundSeries): Found[] {
  const window = windowOf(request.date, request.zone)
  return providersOf(totals, series).map((provider) => {
    const own = series.filter((each) => each.provider === provider)
    const columns = totals.filter((each) => each.provider === provider)
    return {
      provider,
      figures: figuresOf(own, columns, typesIn(request), window, priority),
      workouts: findWorkouts(own, window, priority),
      night: nightOf(findSleeps(of(own, 'sleep'), priority), window),
      recorded: new Set([...typeNames(own), ...typeNames(columns)]),
    }
  })
}

/** The types whose figures for a UTC day columns do not have. */
function typesToRead(totals: DayTotals[], wanted: DayRequest): DataType[] {
  const byTypeAndProvider = Map.groupBy(totals, ({ provider, dataType }) => `${provider} ${dataType}`)
  const needed = [...byTypeAndProvider.values()].filter((rows) => {
    const { dataType } = rows[0]!
    const { kind } = sampleTypeOf(dataType)
    if (kind === 'cumulative') return totalOfColumns(rows) === undefined
    if (!rows.some(({ count }) => count > 0)) return false
    return kind === 'interval' || needsSamples(dataType) || (wanted.with === 'samples' && listsSamples(dataType))
  })
  const types = typeNames(needed.flat())
  return types.includes('workout') ? [...new Set([...types, ...workoutTypes])] : types
}

function figuresOf(
  series: Series[],
  columns: DayTotals[],
  types: DataType[],
  window: Window,
  priority: readonly string[],
): Map<DataType, Figures> {
  const figures = new Map<DataType, Figures>()
  for (const type of types) {
    const [own, rows] = [of(series, type), of(columns, type)]
    const { kind } = sampleTypeOf(type)
    if (own.length > 0 && kind !== 'interval') figures.set(type, figuresOfSeries(own, window, priority))
    else if (rows.length > 0) {
      const found = kind === 'cumulative' ? totalOfColumns(rows) : statisticsOfColumns(rows)
      // Undefined where it needed samples, and their provider was disconnected between the two queries.
      if (found !== undefined) figures.set(type, found)
    }
  }
  return figures
}

/** Of one provider and type. */
function figuresOfSeries(series: Series[], window: Window, priority: readonly string[]): Figures {
  const isCumulative = sampleTypeOf(series[0]!.dataType).kind === 'cumulative'
  return isCumulative ? totalFigures(mergeSeries(series, window, priority)) : statisticsOf(series, window)
}

/** What other types have of the time of a workout, and of a night. */
async function addWhatWasMeasuredMeanwhile(
  db: Queryable,
  requests: DayRequest[],
  found: Found[][],
  read: FoundSeries[],
): Promise<ProviderDay[][]> {
  const wanted = found.map((days, index) => ({
    owner: requests[index]!.owner,
    ranges: [
      ...spanOf(days.flatMap(({ workouts }) => workouts)).map((window) => ({ types: duringWorkout, window })),
      ...spanOf(days.flatMap(({ night }) => night ?? [])).map((window) => ({ types: nightTypes, window })),
    ],
  }))
  const meanwhile = await readSeries(db, wanted)
  return found.map((days, index) => days.map((day) => addTo(day, meanwhile[index]!.series, read[index]!.priority)))
}

function addTo(day: Found, meanwhile: Series[], priority: readonly string[]): ProviderDay {
  // What a day came to says nothing of the minutes of a workout, at whatever instant it is kept.
  const own = meanwhile.filter(({ provider, deviceKind }) => provider === day.provider && deviceKind !== 'merged_daily')
  const during = (window: Window, types: DataType[]) => figuresOf(overlapping(own, window), [], types, window, priority)
  return {
    ...day,
    workouts: day.workouts.map((workout) => ({ ...workout, figures: during(workout, duringWorkout) })),
    night: day.night && { ...day.night, figures: during(day.night, nightTypes) },
  }
}

/** Only what overlaps the window: a day of samples is not merged anew for each of its workouts. */
const overlapping = (series: Series[], window: Window): Series[] =>
  series.map(({ starts, durations, values, ...source }) => {
    const indexes = indexesWithin({ starts, durations }, window, 'overlap')
    return {
      ...source,
      starts: indexes.map((index) => starts[index]!),
      durations: indexes.map((index) => durations[index]!),
      values: indexes.map((index) => values[index]!),
    }
  })

/** One window over all of them; none over none. */
function spanOf(windows: Window[]): Window[] {
  if (windows.length === 0) return []
  return [{ from: Math.min(...windows.map(({ from }) => from)), to: Math.max(...windows.map(({ to }) => to)) }]
}

const of = <Row extends { dataType: DataType }>(all: Row[], type: DataType): Row[] =>
  all.filter(({ dataType }) => dataType === type)

const providersOf = (totals: DayTotals[], series: Series[]): string[] =>
  [...new Set([...totals, ...series].map(({ provider }) => provider))].toSorted()
