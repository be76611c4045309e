import type { SampleType } from './sample-type.ts'

/** Pulse strength where an oximeter sits. */
export const perfusionIndex = {
  name: 'perfusion_index',
  kind: 'instantaneous',
  unit: '%',
  units: { '%': { max: 100, factor: 1 } },
  bounds: 'Oximeters give 0.02 to 20.',
  loinc: '61006-3',
  healthKit: 'HKQuantityTypeIdentifierPeripheralPerfusionIndex',
  healthConnect: null,
  answers: {
    'biometrics.perfusion_index_pct': 'avg',
  },
} as const satisfies SampleType
