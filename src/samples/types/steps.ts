import type { SampleType } from './sample-type.ts'

/** Steps taken between a sample's start and end. */
export const steps = {
  name: 'steps',
  kind: 'cumulative',
  unit: 'count',
  units: { count: { max: 30_000, factor: 1 } },
  bounds: 'Three hours of running in one sample; more is a total of days, or a broken counter.',
  isWhole: true,
  loinc: '55423-8',
  healthKit: 'HKQuantityTypeIdentifierStepCount',
  healthConnect: 'StepsRecord',
  answers: {
    'activity.summary.movement.steps_count': 'total',
    'workout.movement.steps_count': 'total',
  },
} as const satisfies SampleType
