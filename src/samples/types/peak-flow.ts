import type { SampleType } from './sample-type.ts'

/** Peak expiratory flow. */
export const peakFlow = {
  name: 'peak_flow',
  kind: 'instantaneous',
  unit: 'L/min',
  units: { 'L/min': { max: 1200, factor: 1 } },
  bounds: 'Peak flow meters read up to about 900.',
  loinc: '19935-6',
  healthKit: 'HKQuantityTypeIdentifierPeakExpiratoryFlowRate',
  healthConnect: null,
  answers: {
    'biometrics.respiration.peak_flow_L_min': 'last',
  },
} as const satisfies SampleType
