import type { SampleType } from './sample-type.ts'

/** Body weight. */
export const weight = {
  name: 'weight',
  kind: 'instantaneous',
  unit: 'kg',
  units: { kg: { max: 700, factor: 1 }, g: { max: 700_000, factor: 0.001 }, lb: { max: 1543, factor: 0.453_592_37 } },
  bounds: 'The heaviest person weighed 635 kg.',
  loinc: '29463-7',
  healthKit: 'HKQuantityTypeIdentifierBodyMass',
  healthConnect: 'WeightRecord',
  answers: {
    'body.weight_kg': 'last',
    'body.weight_samples_kg': 'samples',
  },
} as const satisfies SampleType
