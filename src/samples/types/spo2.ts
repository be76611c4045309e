import type { SampleType } from './sample-type.ts'

/** Oxygen saturation of the blood. */
export const spo2 = {
  name: 'spo2',
  kind: 'instantaneous',
  unit: '%',
  units: { '%': { min: 30, max: 100, factor: 1 } },
  bounds: 'Saturation is a share of 100; oximeters are not calibrated far below 70.',
  loinc: '59408-5',
  healthKit: 'HKQuantityTypeIdentifierOxygenSaturation',
  healthConnect: 'OxygenSaturationRecord',
  answers: {
    'activity.summary.biometrics.respiration.spo2.min_pct': 'min',
    'activity.summary.biometrics.respiration.spo2.max_pct': 'max',
    'activity.summary.biometrics.respiration.spo2.avg_pct': 'avg',
    'activity.summary.biometrics.respiration.spo2.std_dev': 'std_dev',
    'biometrics.respiration.spo2.min_pct': 'min',
    'biometrics.respiration.spo2.max_pct': 'max',
    'biometrics.respiration.spo2.avg_pct': 'avg',
    'biometrics.respiration.spo2.std_dev': 'std_dev',
    'sleep.biometrics.respiration.spo2.min_pct': 'min',
    'sleep.biometrics.respiration.spo2.max_pct': 'max',
    'sleep.biometrics.respiration.spo2.avg_pct': 'avg',
    'sleep.biometrics.respiration.spo2.std_dev': 'std_dev',
  },
} as const satisfies SampleType
