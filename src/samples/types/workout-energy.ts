import type { SampleType } from './sample-type.ts'

/** Energy burned in one workout, as its provider tells it. Start and end are those of the workout. */
export const workoutEnergy = {
  name: 'workout_energy',
  kind: 'instantaneous',
  unit: 'kcal',
  units: { kcal: { max: 20_000, factor: 1 }, kJ: { max: 83_680, factor: 1 / 4.184 } },
  bounds: 'Cyclists on a mountain stage burn about 8000 kcal a day.',
  maxPerDay: 200,
  loinc: null,
  healthKit: null,
  healthConnect: null,
  answers: {},
} as const satisfies SampleType
