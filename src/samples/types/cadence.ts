import type { SampleType } from './sample-type.ts'

/** Steps or pedal strokes a minute. */
export const cadence = {
  name: 'cadence',
  kind: 'instantaneous',
  unit: 'count/min',
  units: { 'count/min': { max: 400, factor: 1 } },
  bounds: 'Sprinters take about 280 steps a minute, track cyclists pedal below 300 times.',
  loinc: null,
  healthKit: 'HKQuantityTypeIdentifierCyclingCadence',
  healthConnect: 'StepsCadenceRecord',
  answers: {
    'activity.summary.movement.avg_cadence': 'avg',
    'workout.movement.avg_cadence': 'avg',
  },
} as const satisfies SampleType
