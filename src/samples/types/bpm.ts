import type { SampleType } from './sample-type.ts'

/** Heart rate. Some sensors give beats a second; they are stored as beats a minute. */
export const bpm = {
  name: 'bpm',
  kind: 'instantaneous',
  unit: 'count/min',
  units: { 'count/min': { max: 300, factor: 1 }, 'count/s': { max: 5, factor: 60 } },
  bounds: 'No heart is known to beat faster than 300 times a minute for long.',
  loinc: '8867-4',
  healthKit: 'HKQuantityTypeIdentifierHeartRate',
  healthConnect: 'HeartRateRecord',
  answers: {
    'activity.summary.biometrics.heart_rate.min_bpm': 'min',
    'activity.summary.biometrics.heart_rate.max_bpm': 'max',
    'activity.summary.biometrics.heart_rate.avg_bpm': 'avg',
    'activity.summary.biometrics.heart_rate.samples_bpm': 'samples',
    'biometrics.heart_rate.min_bpm': 'min',
    'biometrics.heart_rate.max_bpm': 'max',
    'biometrics.heart_rate.avg_bpm': 'avg',
    'biometrics.heart_rate.samples_bpm': 'samples',
    'sleep.biometrics.heart_rate.min_bpm': 'min',
    'sleep.biometrics.heart_rate.max_bpm': 'max',
    'sleep.biometrics.heart_rate.avg_bpm': 'avg',
    'workout.biometrics.heart_rate.min_bpm': 'min',
    'workout.biometrics.heart_rate.max_bpm': 'max',
    'workout.biometrics.heart_rate.avg_bpm': 'avg',
  },
} as const satisfies SampleType
