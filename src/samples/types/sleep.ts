import type { SampleType } from './sample-type.ts'

/** A stretch of one stage of sleep, or of lying in bed. */
export const sleep = {
  name: 'sleep',
  kind: 'interval',
  unit: null,
  units: {},
  bounds: 'A sample lasts at most seven days, as any.',
  // A night is scored in epochs of 30 s, of which a day has 2,880.
  maxPerDay: 5000,
  // Stored numbers: never change one.
  kinds: { in_bed: 0, asleep: 1, awake: 2, light: 3, deep: 4, rem: 5 },
  loinc: '93832-4',
  healthKit: 'HKCategoryTypeIdentifierSleepAnalysis',
  healthConnect: 'SleepSessionRecord',
  answers: {},
} as const satisfies SampleType
