import type { SampleType } from './sample-type.ts'

/** Heart rate at rest, as devices derive it once a day. */
export const restingBpm = {
  name: 'resting_bpm',
  kind: 'instantaneous',
  unit: 'count/min',
  units: { 'count/min': { max: 200, factor: 1 } },
  bounds: 'A resting heart above 200 is an emergency, not a measurement at rest.',
  loinc: '40443-4',
  healthKit: 'HKQuantityTypeIdentifierRestingHeartRate',
  healthConnect: 'RestingHeartRateRecord',
  answers: {
    'activity.summary.biometrics.heart_rate.resting_bpm': 'avg',
    'biometrics.heart_rate.resting_bpm': 'avg',
    'sleep.biometrics.heart_rate.resting_bpm': 'avg',
  },
} as const satisfies SampleType
