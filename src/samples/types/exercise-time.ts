import type { SampleType } from './sample-type.ts'

/** Time spent exercising. */
export const exerciseTime = {
  name: 'exercise_time',
  kind: 'cumulative',
  unit: 's',
  units: { s: { max: 604_800, factor: 1 }, min: { max: 10_080, factor: 60 } },
  bounds: 'A sample lasts at most seven days.',
  loinc: '55411-3',
  healthKit: 'HKQuantityTypeIdentifierAppleExerciseTime',
  healthConnect: null,
  answers: {
    'activity.summary.durations.active_seconds': 'total',
  },
} as const satisfies SampleType
