import type { SampleType } from './sample-type.ts'

/** Steps taken between a sample's start and end. */
export const steps = {
  name: 'steps',
  unit: 'count',
  units: { count: { max: 30_000, factor: 1 } },
  kind: 'cumulative',
} as const satisfies SampleType
