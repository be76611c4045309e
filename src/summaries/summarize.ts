import type { DataType } from '../samples/types/sample-types.ts'
import { answersOf, fill, typesOf } from './answers.ts'
import type { ProviderDay } from './provider-days.ts'
import { type ActivityLog, type ShapeName, shapeNames } from './shapes.ts'
import { nameOfWorkout } from './workouts.ts'

const answers = new Map(shapeNames.map((shape) => [shape, answersOf(shape)]))
const types = new Map([...answers].map(([shape, declared]) => [shape, typesOf(declared)]))
const workoutAnswers = answersOf('workout')

const answersTo = (shape: ShapeName, { isTruncated }: Told) =>
  (answers.get(shape) ?? []).filter(({ statistic }) => !isTruncated || statistic !== 'samples')

/** Types that a webhook is about: of these it also says that nothing is left. Truncated, it goes without raw samples. */
export type Told = { changed: ReadonlySet<string>; removed: ReadonlySet<string>; isTruncated: boolean }
const NOTHING: Told = { changed: new Set(), removed: new Set(), isTruncated: false }

/**
 * A provider's day in a shape of the Devices API; undefined when there is nothing to say. Of `told` types it says so
 * when all their samples were deleted.
 */
export function toShape(shape: ShapeName, day: ProviderDay, date: string, told: Told = NOTHING): object | undefined {
  const metadata = { date, source: day.provider }
  if (shape === 'sleep') return toSleep(day, metadata) ?? withoutSleep(day, metadata, told)
  const figures = new Map([...day.figures].filter(([type, { count }]) => count > 0 || told.changed.has(type)))
  const logs = shape === 'activity' ? day.workouts.map((workout) => toActivityLog(workout, metadata)) : []
  const isLogTold = shape === 'activity' && told.removed.has('workout') && day.recorded.has('workout')
  if (logs.length === 0 && !isLogTold && !types.get(shape)?.some((type) => figures.has(type))) return undefined
  return {
    metadata,
    ...fill(answersTo(shape, told), figures),
    ...(logs.length > 0 || isLogTold ? { activity_logs: logs } : {}),
  }
}

type Metadata = { date: string; source: string }

function toSleep({ night }: ProviderDay, metadata: Metadata): object | undefined {
  if (night === undefined) return undefined
  return {
    metadata: { ...metadata, data_source: { source_type: 'DEVICE', name: night.deviceName } },
    start_time: isoOf(night.from),
    end_time: isoOf(night.to),
    durations: night.durations,
    ...(night.wakeups === undefined ? {} : { wakeup_frequency: night.wakeups }),
    ...fill(answers.get('sleep') ?? [], present(night.figures)),
  }
}

/** As a count of steps is told to be 0 when they were deleted. */
const withoutSleep = ({ recorded }: ProviderDay, metadata: Metadata, { removed }: Told): object | undefined =>
  removed.has('sleep') && recorded.has('sleep') ? { metadata, durations: { total_seconds: 0 } } : undefined

function toActivityLog(workout: ProviderDay['workouts'][number], metadata: Metadata): ActivityLog {
  const { energy_expenditure, movement, ...parts }: Partial<ActivityLog> =
    fill(workoutAnswers, present(workout.figures)) ?? {}
  return {
    metadata: { ...metadata, data_source: { source_type: 'DEVICE', name: workout.deviceName } },
    name: nameOfWorkout(workout.kind),
    type: workout.kind,
    start_time: isoOf(workout.from),
    end_time: isoOf(workout.to),
    durations: { active_seconds: (workout.to - workout.from) / 1000 },
    ...parts,
    // What the provider says of its workout goes before what samples of the same time add up to.
    ...joined('energy_expenditure', energy_expenditure, { active_kcal: workout.kcal }),
    ...joined('movement', movement, { distance_meters: workout.meters }),
  }
}

function joined(name: string, measured: object | undefined, told: Record<string, number | undefined>): object {
  const known = Object.entries(told).filter(([, value]) => value !== undefined)
  if (measured === undefined && known.length === 0) return {}
  return { [name]: { ...measured, ...Object.fromEntries(known) } }
}

const present = (figures: ProviderDay['figures']): ProviderDay['figures'] =>
  new Map([...figures].filter(([, { count }]) => count > 0))

const isoOf = (ms: number) => new Date(ms).toISOString()

/** The shapes that a change of a type shows in. */
export const shapesOf = (dataType: DataType): ShapeName[] => {
  if (dataType === 'sleep') return ['sleep']
  if (dataType.startsWith('workout')) return ['activity']
  return shapeNames.filter((shape) => shape !== 'sleep' && types.get(shape)?.includes(dataType))
}
