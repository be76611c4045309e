import { z } from 'zod'
import { workout } from '../../samples/types/workout.ts'
import { dateAfter } from '../../zones.ts'
import { type DataTypeRow, filterBetween, payloadOf, type Reading } from './record-types.ts'
import { Interval, Quantity, SESSION_PAGE_SIZE } from './schemas.ts'

type Kind = keyof typeof workout.kinds

/** `Exercise.exerciseType` where its name is not that of a kind of ours in lower case. New ones may come: see `kindOf`. */
const kindOfType: Record<string, Kind> = {
  AEROBIC_WORKOUT: 'mixed_cardio',
  ASSAULT_BIKE: 'cycling',
  BACKPACKING: 'hiking',
  BALLET: 'dance',
  BALLROOM_DANCE: 'social_dance',
  BARRE_CLASS: 'barre',
  BIKING: 'cycling',
  BODY_WEIGHT: 'functional_strength_training',
  BOOTCAMP: 'high_intensity_interval_training',
  BREAKDANCING: 'dance',
  CALISTHENICS: 'functional_strength_training',
  CANOEING: 'paddle_sports',
  CARDIO_WORKOUT: 'mixed_cardio',
  CIRCUIT_TRAINING: 'high_intensity_interval_training',
  CROSS_COUNTRY_SKI: 'cross_country_skiing',
  CROSSFIT: 'cross_training',
  DANCING: 'dance',
  DIVING: 'underwater_diving',
  ELECTRIC_BIKE: 'cycling',
  HIIT: 'high_intensity_interval_training',
  KAYAKING: 'paddle_sports',
  MOUNTAIN_BIKE: 'cycling',
  SKIING: 'downhill_skiing',
  SPINNING: 'cycling',
  STAIR_CLIMBER: 'stair_climbing',
  STRENGTH_TRAINING: 'traditional_strength_training',
  TREADMILL: 'running',
  TREADMILL_WALK: 'walking',
  WEIGHTLIFTING: 'traditional_strength_training',
  WEIGHTS: 'traditional_strength_training',
}

const Exercise = z.looseObject({
  interval: Interval,
  exerciseType: z.string().default('OTHER'),
  metricsSummary: z.looseObject({ caloriesKcal: Quantity, distanceMillimeters: Quantity }).optional(),
})

/**
 * Exercises can be selected by their civil start alone. Clocks are at most 14 hours ahead of UTC and 12 behind: what
 * started on the day is among what started by such clocks.
 */
export const exercise: DataTypeRow = {
  id: 'exercise',
  scope: 'activity',
  dataTypes: ['workout', 'workout_energy', 'workout_distance'],
  operation: 'list',
  pageSize: SESSION_PAGE_SIZE,
  filterOf: (day) =>
    filterBetween('exercise.interval.civil_start_time', `${dateAfter(day, -1)}T12:00:00`, `${dateAfter(day)}T14:00:00`),
  read: (point) => {
    const { interval, exerciseType, metricsSummary } = Exercise.parse(payloadOf('exercise', point))
    const times = { start: interval.startTime, end: interval.endTime }
    if (times.end <= times.start) return []
    const { caloriesKcal = 0, distanceMillimeters = 0 } = metricsSummary ?? {}
    const told: Reading[] = [
      { dataType: 'workout_energy', ...times, value: caloriesKcal, unit: 'kcal' },
      { dataType: 'workout_distance', ...times, value: distanceMillimeters / 1000, unit: 'm' },
    ]
    const measured = told.filter((reading) => 'value' in reading && reading.value > 0)
    return [{ dataType: 'workout', ...times, kind: kindOf(exerciseType) }, ...measured]
  },
}

function kindOf(type: string): Kind {
  const name = type.toLowerCase()
  return kindOfType[type] ?? (Object.hasOwn(workout.kinds, name) ? (name as Kind) : 'other')
}
