import type { SampleType } from './sample-type.ts'

/** Energy that the body burns at rest. */
export const basalEnergy = {
  name: 'basal_energy',
  kind: 'cumulative',
  unit: 'kcal',
  units: { kcal: { max: 10_000, factor: 1 }, kJ: { max: 41_840, factor: 1 / 4.184 } },
  bounds: 'About 2000 kcal a day; a sample may cover several days.',
  loinc: null,
  healthKit: 'HKQuantityTypeIdentifierBasalEnergyBurned',
  healthConnect: 'BasalMetabolicRateRecord',
  answers: {
    'activity.summary.energy_expenditure.basal_metabolic_rate_kcal': 'total',
  },
} as const satisfies SampleType
