import type { SampleType } from './sample-type.ts'

/** Height climbed. */
export const elevationGain = {
  name: 'elevation_gain',
  kind: 'cumulative',
  unit: 'm',
  units: { m: { max: 30_000, factor: 1 } },
  bounds: 'Above what anyone has climbed within a day.',
  loinc: null,
  healthKit: null,
  healthConnect: 'ElevationGainedRecord',
  answers: {
    'activity.summary.movement.elevation.gain_meters': 'total',
    'workout.movement.elevation.gain_meters': 'total',
  },
} as const satisfies SampleType
