import type { SampleType } from './sample-type.ts'

/** Heart rate variability: standard deviation of the intervals between beats. */
export const hrvSdnn = {
  name: 'hrv_sdnn',
  kind: 'instantaneous',
  unit: 'ms',
  units: { ms: { max: 1000, factor: 1 } },
  bounds: 'Healthy hearts vary by 20 to 200 ms.',
  loinc: '80404-7',
  healthKit: 'HKQuantityTypeIdentifierHeartRateVariabilitySDNN',
  healthConnect: null,
  answers: {
    'activity.summary.biometrics.hrv.sdnn.avg_millis': 'avg',
    'activity.summary.biometrics.hrv.sdnn.samples_millis': 'samples',
    'biometrics.hrv.sdnn.avg_millis': 'avg',
    'biometrics.hrv.sdnn.samples_millis': 'samples',
    'sleep.biometrics.hrv.sdnn.avg_millis': 'avg',
    'sleep.biometrics.hrv.sdnn.samples_millis': 'samples',
  },
} as const satisfies SampleType
