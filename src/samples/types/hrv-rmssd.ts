import type { SampleType } from './sample-type.ts'

/** Heart rate variability: root mean square of the differences of successive intervals. */
export const hrvRmssd = {
  name: 'hrv_rmssd',
  kind: 'instantaneous',
  unit: 'ms',
  units: { ms: { max: 1000, factor: 1 } },
  bounds: 'Healthy hearts vary by 20 to 200 ms.',
  loinc: null,
  healthKit: null,
  healthConnect: 'HeartRateVariabilityRmssdRecord',
  answers: {
    'activity.summary.biometrics.hrv.rmssd.avg_millis': 'avg',
    'activity.summary.biometrics.hrv.rmssd.samples_millis': 'samples',
    'biometrics.hrv.rmssd.avg_millis': 'avg',
    'biometrics.hrv.rmssd.samples_millis': 'samples',
    'sleep.biometrics.hrv.rmssd.avg_millis': 'avg',
    'sleep.biometrics.hrv.rmssd.samples_millis': 'samples',
  },
} as const satisfies SampleType
