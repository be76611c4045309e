import type { SampleType } from '../sample-type.ts'

/** Water drunk. */
export const water = {
  name: 'water',
  kind: 'cumulative',
  unit: 'mL',
  units: { mL: { max: 50_000, factor: 1 }, L: { max: 50, factor: 1000 } },
  bounds: 'Ten litres a day are dangerous; a sample may cover several.',
  loinc: null,
  healthKit: 'HKQuantityTypeIdentifierDietaryWater',
  healthConnect: 'HydrationRecord',
  answers: {
    'nutrition.summary.macros.water_ml': 'total',
  },
} as const satisfies SampleType
