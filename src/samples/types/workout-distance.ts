import type { SampleType } from './sample-type.ts'

/** Distance covered in one workout, as its provider tells it. Start and end are those of the workout. */
export const workoutDistance = {
  name: 'workout_distance',
  kind: 'instantaneous',
  unit: 'm',
  units: { m: { max: 1_000_000, factor: 1 }, km: { max: 1000, factor: 1000 } },
  bounds: 'The longest races of a day are a few hundred kilometres.',
  maxPerDay: 200,
  loinc: null,
  healthKit: null,
  healthConnect: null,
  answers: {},
} as const satisfies SampleType
