import type { SampleType } from './sample-type.ts'

/** Energy burned by moving, beyond what the body burns at rest. */
export const activeEnergy = {
  name: 'active_energy',
  kind: 'cumulative',
  unit: 'kcal',
  units: { kcal: { max: 20_000, factor: 1 }, kJ: { max: 83_680, factor: 1 / 4.184 } },
  bounds: 'Cyclists on a mountain stage burn about 8000 kcal a day.',
  loinc: '41981-2',
  healthKit: 'HKQuantityTypeIdentifierActiveEnergyBurned',
  healthConnect: 'ActiveCaloriesBurnedRecord',
  answers: {
    'activity.summary.energy_expenditure.active_kcal': 'total',
    'workout.energy_expenditure.active_kcal': 'total',
  },
} as const satisfies SampleType
