import type { SampleType } from '../sample-type.ts'

/** Energy in what was eaten and drunk. */
export const energyIntake = {
  name: 'energy_intake',
  kind: 'cumulative',
  unit: 'kcal',
  units: { kcal: { max: 50_000, factor: 1 }, kJ: { max: 209_200, factor: 1 / 4.184 } },
  bounds: 'More than anyone eats in days.',
  loinc: '9052-2',
  healthKit: 'HKQuantityTypeIdentifierDietaryEnergyConsumed',
  healthConnect: 'NutritionRecord',
  answers: {
    'nutrition.summary.macros.energy_kcal': 'total',
  },
} as const satisfies SampleType
