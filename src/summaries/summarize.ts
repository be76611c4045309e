import type { DataType } from '../samples/types/sample-types.ts'
import { answersOf, fill, typesOf } from './answers.ts'
import type { ProviderDay } from './provider-days.ts'
import { type ActivityLog, type ShapeName, shapeNames } from './shapes.ts'
import { nameOfWorkout } from './workouts.ts'

const answers = new Map(shapeNames.map((shape) => [shape, answersOf(shape)]))
const types = new Map([...answers].map(([shape, declared]) => [shape, typesOf(declared)]))
const workoutAnswers = answersOf('workout')

/**
 * A provider's day in a shape of the Devices API; undefined when there is nothing to say. Of `told` types it says so
 * when all their samples were deleted.
 */
export function toShape(
  shape: ShapeName,
  day: ProviderDay,
  date: string,
  told: ReadonlySet<string> = new Set(),
): object | undefined {
  const metadata = { date, source: day.provider }
  if (shape === 'sleep') return toSleep(day, metadata)
  const figures = new Map([...day.figures].filter(([type, { count }]) => count > 0 || told.has(type)))
  const logs = shape === 'activity' ? day.workouts.map((workout) => toActivityLog(workout, metadata)) : []
  if (logs.length === 0 && !types.get(shape)?.some((type) => figures.has(type))) return undefined
  return {
    metadata,
    ...fill(answers.get(shape) ?? [], figures),
    ...(logs.length > 0 ? { activity_logs: logs } : {}),
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
