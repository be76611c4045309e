import type { SampleType } from './sample-type.ts'

/** Speed over ground. */
export const speed = {
  name: 'speed',
  kind: 'instantaneous',
  unit: 'km/h',
  units: { 'km/h': { max: 150, factor: 1 }, 'm/s': { max: 41.7, factor: 3.6 } },
  bounds: 'The fastest cyclists descend at about 130 km/h.',
  loinc: null,
  healthKit: 'HKQuantityTypeIdentifierRunningSpeed',
  healthConnect: 'SpeedRecord',
  answers: {
    'activity.summary.movement.speed.max_km_h': 'max',
    'activity.summary.movement.speed.avg_km_h': 'avg',
    'workout.movement.speed.max_km_h': 'max',
    'workout.movement.speed.avg_km_h': 'avg',
  },
} as const satisfies SampleType
