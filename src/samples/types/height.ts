import type { SampleType } from './sample-type.ts'

/** Body height. */
export const height = {
  name: 'height',
  kind: 'instantaneous',
  unit: 'cm',
  units: { cm: { max: 300, factor: 1 }, m: { max: 3, factor: 100 }, in: { max: 118, factor: 2.54 } },
  bounds: 'The tallest person measured 272 cm.',
  loinc: '8302-2',
  healthKit: 'HKQuantityTypeIdentifierHeight',
  healthConnect: 'HeightRecord',
  answers: {
    'body.height_cm': 'last',
  },
} as const satisfies SampleType
