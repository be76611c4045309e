import type { SampleType } from '../sample-type.ts'

/** Potassium eaten or drunk. */
export const potassium = {
  name: 'potassium',
  kind: 'cumulative',
  unit: 'mg',
  units: {
    mg: { max: 1_000_000, factor: 1 },
    g: { max: 1000, factor: 1000 },
    ug: { max: 1_000_000_000, factor: 0.001 },
  },
  bounds: 'More than anyone eats in days; less would refuse what somebody logs in one go.',
  loinc: null,
  healthKit: 'HKQuantityTypeIdentifierDietaryPotassium',
  healthConnect: 'NutritionRecord',
  answers: {
    'nutrition.summary.micros.potassium_mg': 'total',
  },
} as const satisfies SampleType
