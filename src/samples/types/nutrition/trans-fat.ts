import type { SampleType } from '../sample-type.ts'

/** Trans fat eaten, a part of the fat. */
export const transFat = {
  name: 'trans_fat',
  kind: 'cumulative',
  unit: 'g',
  units: { g: { max: 10_000, factor: 1 }, mg: { max: 10_000_000, factor: 0.001 } },
  bounds: 'More than anyone eats in days; less would refuse what somebody logs in one go.',
  loinc: null,
  healthKit: null,
  healthConnect: 'NutritionRecord',
  answers: {
    'nutrition.summary.macros.trans_fat_g': 'total',
  },
} as const satisfies SampleType
