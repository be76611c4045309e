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
  readDayTotals,
  readSeries,
  type Series,
  type TotalsQuery,
} from './recordings.ts'
import { type ShapeName, shapeNames } from './shapes.ts'
import { findNight, type Night, sleepWindow } from './sleep.ts'
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

/** `totals` leaves out the lists of raw samples, and reads them only where something else needs them. */
type Wanted = { shapes: readonly ShapeName[]; with: 'samples' | 'totals' }

const dayTypes = new Map(shapeNames.map((name) => [name, name === 'sleep' ? [] : typesOf(answersOf(name))]))
export const nightTypes = typesOf(answersOf('sleep'))
export const duringWorkout = typesOf(answersOf('workout'))

/** May be shared by requests that come at the same time. */
export type ReadTotals = (query: TotalsQuery) => Promise<DayTotals[]>

/** Per connected provider, what it recorded on `date`, a day of `zone`. */
export async function readProviderDays(
  db: Queryable,
  owner: DayOwner,
  { date, zone }: { date: string; zone: string },
  wanted: Wanted,
  readTotals: ReadTotals = async (query) => (await readDayTotals(db, [query]))[0]!,
): Promise<ProviderDay[]> {
  const window = windowOf(date, zone)
  const types = [...new Set(wanted.shapes.flatMap((shape) => dayTypes.get(shape) ?? []))]
  if (wanted.shapes.includes('activity')) types.push(...workoutTypes)
  const totals = zone === UTC && types.length > 0 ? await readTotals({ owner, date, types }) : []
  const { series, priority } = await readSeries(db, owner, [
    { types: zone === UTC ? typesToRead(totals, wanted) : types, window },
    { types: wanted.shapes.includes('sleep') ? ['sleep'] : [], window: sleepWindow(window) },
  ])
  const days = providersOf(totals, series).map((provider) => {
    const own = series.filter((each) => each.provider === provider)
    const columns = totals.filter((each) => each.provider === provider)
    return {
      provider,
      figures: figuresOf(own, columns, types, window, priority),
      workouts: findWorkouts(own, window, priority),
      night: findNight(of(own, 'sleep'), window, priority),
      recorded: new Set([...typeNames(own), ...typeNames(columns)]),
    }
  })
  return addWhatWasMeasuredMeanwhile(db, owner, days, priority)
}

/** The types whose figures for a UTC day columns do not have. */
function typesToRead(totals: DayTotals[], wanted: Wanted): DataType[] {
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
      figures.set(type, kind === 'cumulative' ? totalOfColumns(rows)! : statisticsOfColumns(rows))
    }
  }
  return figures
}

/** Of one provider and type. */
function figuresOfSeries(series: Series[], window: Window, priority: readonly string[]): Figures {
  const isCumulative = sampleTypeOf(series[0]!.dataType).kind === 'cumulative'
  return isCumulative ? totalFigures(mergeSeries(series, window, priority)) : statisticsOf(series, window)
}

type Found = Omit<ProviderDay, 'workouts' | 'night'> & { workouts: Workout[]; night: Night | undefined }

/** What other types have of the time of a workout, and of a night. */
async function addWhatWasMeasuredMeanwhile(
  db: Queryable,
  owner: DayOwner,
  days: Found[],
  priority: readonly string[],
): Promise<ProviderDay[]> {
  const { series } = await readSeries(db, owner, [
    ...spanOf(days.flatMap(({ workouts }) => workouts)).map((window) => ({ types: duringWorkout, window })),
    ...spanOf(days.flatMap(({ night }) => night ?? [])).map((window) => ({ types: nightTypes, window })),
  ])
  return days.map((day) => {
    const own = series.filter(({ provider }) => provider === day.provider)
    const during = (window: Window, types: DataType[]) =>
      figuresOf(overlapping(own, window), [], types, window, priority)
    return {
      ...day,
      workouts: day.workouts.map((workout) => ({ ...workout, figures: during(workout, duringWorkout) })),
      night: day.night && { ...day.night, figures: during(day.night, nightTypes) },
    }
  })
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
