import type { SampleType } from './sample-type.ts'

/** Body weight without fat. */
export const leanMass = {
  name: 'lean_mass',
  kind: 'instantaneous',
  unit: 'kg',
  units: { kg: { max: 700, factor: 1 }, g: { max: 700_000, factor: 0.001 }, lb: { max: 1543, factor: 0.453_592_37 } },
  bounds: 'At most what the heaviest person weighed.',
  loinc: '91557-9',
  healthKit: 'HKQuantityTypeIdentifierLeanBodyMass',
  healthConnect: 'LeanBodyMassRecord',
  answers: {
    'body.lean_mass_kg': 'last',
  },
} as const satisfies SampleType
