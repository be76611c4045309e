import type { SampleType } from '../sample-type.ts'

/** Iron eaten or drunk. */
export const iron = {
  name: 'iron',
  kind: 'cumulative',
  unit: 'mg',
  units: {
    mg: { max: 1_000_000, factor: 1 },
    g: { max: 1000, factor: 1000 },
    ug: { max: 1_000_000_000, factor: 0.001 },
  },
  bounds: 'More than anyone eats in days; less would refuse what somebody logs in one go.',
  loinc: null,
  healthKit: 'HKQuantityTypeIdentifierDietaryIron',
  healthConnect: 'NutritionRecord',
  answers: {
    'nutrition.summary.micros.iron_mg': 'total',
  },
} as const satisfies SampleType
