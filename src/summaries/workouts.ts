import { workout as workoutType } from '../samples/types/workout.ts'
import type { DataType } from '../samples/types/sample-types.ts'
import type { Window } from '../zones.ts'
import { indexesWithin } from './figures.ts'
import { rankDevices } from './rank-devices.ts'
import type { Series } from './recordings.ts'

/** Workouts, and what their provider says of them beyond their kind and time. */
export const workoutTypes: DataType[] = ['workout', 'workout_energy', 'workout_distance']

const kinds = new Map<number, string>(Object.entries(workoutType.kinds).map(([name, value]) => [value, name]))

/** `kcal` and `meters` where the provider tells them. */
export type Workout = Window & {
  kind: string
  deviceName: string
  kcal: number | undefined
  meters: number | undefined
}

/** More on a day are somebody trying what happens; each has figures of its own to be computed. */
const MAX_WORKOUTS = 200

/** The workouts of one provider that start within a window. One that a better device recorded too is left out. */
export function findWorkouts(series: Series[], window: Window, priority: readonly string[]): Workout[] {
  const found: Workout[] = []
  const recorded = series.filter(({ dataType }) => dataType === 'workout')
  for (const device of rankDevices(recorded, priority)) {
    if (found.length >= MAX_WORKOUTS) break
    const own = indexesWithin(device, window, 'start').map((index) => toWorkout(device, index, series))
    found.push(...own.filter((workout) => !found.some((better) => isSame(workout, better))))
  }
  return found.toSorted((a, b) => a.from - b.from)
}

function toWorkout({ deviceId, deviceName, ...device }: Series, index: number, series: Series[]): Workout {
  const [from, duration] = [device.starts[index]!, device.durations[index]!]
  const told = (dataType: DataType): number | undefined => {
    const other = series.find((each) => each.dataType === dataType && each.deviceId === deviceId)
    return other?.values.find((_, at) => other.starts[at] === from && other.durations[at] === duration)
  }
  return {
    from,
    to: from + duration,
    kind: kinds.get(device.values[index]!) ?? 'other',
    deviceName,
    kcal: told('workout_energy'),
    meters: told('workout_distance'),
  }
}

/** Two devices recorded the same workout when they agree on what it was and share half of the shorter one. */
function isSame(a: Workout, b: Workout): boolean {
  const shared = Math.min(a.to, b.to) - Math.max(a.from, b.from)
  return a.kind === b.kind && shared * 2 >= Math.min(a.to - a.from, b.to - b.from)
}

/** `high_intensity_interval_training` → `High intensity interval training` */
export const nameOfWorkout = (kind: string): string =>
  (kind[0]?.toUpperCase() ?? '') + kind.slice(1).replaceAll('_', ' ')
