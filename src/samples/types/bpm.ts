import type { SampleType } from './sample-type.ts'

/** Heart rate. Some sensors give beats a second; they are stored as beats a minute. */
export const bpm = {
  name: 'bpm',
  unit: 'count/min',
  units: { 'count/min': { max: 300, factor: 1 }, 'count/s': { max: 5, factor: 60 } },
  kind: 'instantaneous',
} as const satisfies SampleType
