import type { SampleType } from './sample-type.ts'

/** The most oxygen that the body can use. */
export const vo2Max = {
  name: 'vo2_max',
  kind: 'instantaneous',
  unit: 'mL/min/kg',
  units: { 'mL/min/kg': { max: 110, factor: 1 } },
  bounds: 'The highest measured are just below 100.',
  loinc: null,
  healthKit: 'HKQuantityTypeIdentifierVO2Max',
  healthConnect: 'Vo2MaxRecord',
  answers: {
    'activity.summary.biometrics.respiration.vo2_max': 'last',
    'biometrics.respiration.vo2_max': 'last',
  },
} as const satisfies SampleType
