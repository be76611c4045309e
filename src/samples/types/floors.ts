import type { SampleType } from './sample-type.ts'

/** Floors, or flights of stairs, climbed. */
export const floors = {
  name: 'floors',
  kind: 'cumulative',
  unit: 'count',
  units: { count: { max: 5000, factor: 1 } },
  bounds: 'The record for a day of stairs is below 5000 floors.',
  isWhole: true,
  loinc: '100304-5',
  healthKit: 'HKQuantityTypeIdentifierFlightsClimbed',
  healthConnect: 'FloorsClimbedRecord',
  answers: {
    'activity.summary.movement.floors_count': 'total',
    'workout.movement.floors_count': 'total',
  },
} as const satisfies SampleType
