import type { SampleType } from './sample-type.ts'

/** Distance covered on foot, by wheel or in water. */
export const distance = {
  name: 'distance',
  kind: 'cumulative',
  unit: 'm',
  units: { m: { max: 1_000_000, factor: 1 }, km: { max: 1000, factor: 1000 } },
  bounds: 'The longest races of a day are a few hundred kilometres; a cyclist may join samples.',
  loinc: '55430-3',
  healthKit: 'HKQuantityTypeIdentifierDistanceWalkingRunning',
  healthConnect: 'DistanceRecord',
  answers: {
    'activity.summary.movement.distance_meters': 'total',
    'workout.movement.distance_meters': 'total',
  },
} as const satisfies SampleType
