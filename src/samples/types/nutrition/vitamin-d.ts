import type { SampleType } from '../sample-type.ts'

/** Vitamin D eaten or drunk. */
export const vitaminD = {
  name: 'vitamin_d',
  kind: 'cumulative',
  unit: 'mg',
  units: {
    mg: { max: 1_000_000, factor: 1 },
    g: { max: 1000, factor: 1000 },
    ug: { max: 1_000_000_000, factor: 0.001 },
  },
  bounds: 'More than anyone eats in days; less would refuse what somebody logs in one go.',
  loinc: null,
  healthKit: 'HKQuantityTypeIdentifierDietaryVitaminD',
  healthConnect: 'NutritionRecord',
  answers: {
    'nutrition.summary.micros.vitamin_D_mg': 'total',
  },
} as const satisfies SampleType
