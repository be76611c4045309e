import type { SampleType } from './sample-type.ts'

/** Mechanical power on the pedals, or of a runner. */
export const power = {
  name: 'power',
  kind: 'instantaneous',
  unit: 'W',
  units: { W: { max: 3000, factor: 1 } },
  bounds: 'Track sprinters peak at about 2500 W.',
  loinc: null,
  healthKit: 'HKQuantityTypeIdentifierCyclingPower',
  healthConnect: 'PowerRecord',
  answers: {
    'activity.summary.energy_expenditure.avg_watts': 'avg',
    'workout.energy_expenditure.avg_watts': 'avg',
  },
} as const satisfies SampleType
