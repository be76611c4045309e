import type { SampleType } from '../sample-type.ts'

/** Glutamine, an amino acid, eaten. */
export const glutamine = {
  name: 'glutamine',
  kind: 'cumulative',
  unit: 'g',
  units: { g: { max: 10_000, factor: 1 }, mg: { max: 10_000_000, factor: 0.001 } },
  bounds: 'More than anyone eats in days; less would refuse what somebody logs in one go.',
  loinc: null,
  healthKit: null,
  healthConnect: null,
  answers: {
    'nutrition.summary.aminos.glutamine_g': 'total',
  },
} as const satisfies SampleType
