import type { SampleType } from './sample-type.ts'

/** Fat, as a share of body weight. */
export const bodyFat = {
  name: 'body_fat',
  kind: 'instantaneous',
  unit: '%',
  units: { '%': { max: 100, factor: 1 } },
  bounds: 'A share of 100.',
  loinc: '41982-0',
  healthKit: 'HKQuantityTypeIdentifierBodyFatPercentage',
  healthConnect: 'BodyFatRecord',
  answers: {
    'body.body_fat_pct': 'last',
  },
} as const satisfies SampleType
