import { workout as workoutType } from '../../samples/types/workout.ts'
import type { ProviderBatch } from '../provider.ts'
import { isWithin, measureOver, stretch, type Window } from './samples.ts'
import type { Workout } from './schemas.ts'

/** Where Oura has another word than we; Oura lists its words nowhere. */
const kinds: Record<string, string> = {
  strength_training: 'traditional_strength_training',
  weightlifting: 'traditional_strength_training',
  hiit: 'high_intensity_interval_training',
  core_exercise: 'core_training',
  indoor_cycling: 'cycling',
  mountain_biking: 'cycling',
  trail_running: 'running',
  treadmill: 'running',
  nordic_walking: 'walking',
  dancing: 'dance',
  stretching: 'flexibility',
  horseback_riding: 'equestrian_sports',
  skating: 'skating_sports',
  ice_skating: 'skating_sports',
  skiing: 'downhill_skiing',
  alpine_skiing: 'downhill_skiing',
  football: 'soccer',
  stair_exercise: 'stairs',
  surfing: 'surfing_sports',
  diving: 'underwater_diving',
}

/** Workouts that begin within `day`, and what Oura tells of each. */
export function mapWorkouts(workouts: Workout[], day: Window): ProviderBatch[] {
  const found = workouts
    .map((workout) => ({
      ...workout,
      from: Date.parse(workout.start_datetime),
      to: Date.parse(workout.end_datetime),
    }))
    .filter(({ from, to }) => isWithin(from, day) && to > from)
  return [
    { dataType: 'workout', samples: found.flatMap(({ from, to, activity }) => stretch(from, to, kindOf(activity))) },
    {
      dataType: 'workout_energy',
      samples: found.flatMap(({ from, to, calories }) => measureOver(from, to, calories, 'kcal')),
    },
    {
      dataType: 'workout_distance',
      samples: found.flatMap(({ from, to, distance }) => measureOver(from, to, distance, 'm')),
    },
  ]
}

/** `strengthTraining`, `strength_training` and `Strength training` are one. */
function kindOf(activity: string): string {
  const name = activity
    .replaceAll(/(?<=[a-z])(?=[A-Z])|[\s-]+/g, '_')
    .toLowerCase()
    .replaceAll(/_+/g, '_')
  return Object.hasOwn(workoutType.kinds, name) ? name : (ownWord(name) ?? 'other')
}

const ownWord = (name: string) => (Object.hasOwn(kinds, name) ? kinds[name] : undefined)
