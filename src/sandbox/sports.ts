/** What a kind of exercise does to a body, for somebody of middling fitness. */
export type Exercise = {
  /** Of the reserve between the resting and the highest heart rate. */
  effort: number
  /** Steps a minute that a wrist counts. */
  cadence: number
  metersPerMinute: number
  /** Multiples of what the body burns at rest: Compendium of Physical Activities 2024. */
  met: number
  /** How much effort comes and goes, as in sets and pauses; 0 for even exercise. */
  swing: number
}

/** By the kind of workout that it is recorded as. */
export const sports = {
  running: { effort: 0.72, cadence: 162, metersPerMinute: 165, met: 9.8, swing: 0.05 },
  cycling: { effort: 0.6, cadence: 0, metersPerMinute: 370, met: 7.5, swing: 0.1 },
  traditional_strength_training: { effort: 0.38, cadence: 8, metersPerMinute: 0, met: 4.5, swing: 0.35 },
  swimming: { effort: 0.58, cadence: 0, metersPerMinute: 38, met: 6.8, swing: 0.1 },
  hiking: { effort: 0.42, cadence: 104, metersPerMinute: 72, met: 5.3, swing: 0.12 },
  yoga: { effort: 0.14, cadence: 0, metersPerMinute: 0, met: 2.5, swing: 0.25 },
} as const satisfies Record<string, Exercise>

export type Sport = keyof typeof sports

export const sportNames = Object.keys(sports) as Sport[]

/** Somewhere to be: the way to work, to the shops, around the block. */
export const walking: Exercise = { effort: 0.24, cadence: 104, metersPerMinute: 76, met: 3.4, swing: 0.08 }
