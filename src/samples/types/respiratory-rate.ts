import type { SampleType } from './sample-type.ts'

/** Breaths a minute. */
export const respiratoryRate = {
  name: 'respiratory_rate',
  kind: 'instantaneous',
  unit: 'count/min',
  units: { 'count/min': { max: 120, factor: 1 } },
  bounds: 'Newborns breathe up to 60 times a minute.',
  loinc: '9279-1',
  healthKit: 'HKQuantityTypeIdentifierRespiratoryRate',
  healthConnect: 'RespiratoryRateRecord',
  answers: {
    'activity.summary.biometrics.respiration.avg_breaths_per_minute': 'avg',
    'activity.summary.biometrics.respiration.samples_breaths_per_minute': 'samples',
    'biometrics.respiration.avg_breaths_per_minute': 'avg',
    'biometrics.respiration.samples_breaths_per_minute': 'samples',
    'sleep.biometrics.respiration.avg_breaths_per_minute': 'avg',
    'sleep.biometrics.respiration.samples_breaths_per_minute': 'samples',
  },
} as const satisfies SampleType
