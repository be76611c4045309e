import type { SampleType } from './sample-type.ts'

/** Volume that is breathed out in the first second (FEV1). */
export const forcedVolume = {
  name: 'forced_volume',
  kind: 'instantaneous',
  unit: 'L',
  units: { L: { max: 15, factor: 1 } },
  bounds: 'The largest lungs hold about 10 L.',
  loinc: '20150-9',
  healthKit: 'HKQuantityTypeIdentifierForcedExpiratoryVolume1',
  healthConnect: null,
  answers: {
    'biometrics.respiration.forced_volume_L': 'last',
  },
} as const satisfies SampleType
