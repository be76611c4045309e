import type { Person } from './person.ts'
import { courseAt, hashOf, randomOf } from './random.ts'

/** How somebody is on a local day. */
export type Wellness = {
  isSick: boolean
  isHoliday: boolean
  restingBpm: number
  /** RMSSD of the night, in ms. */
  hrvMs: number
  weightKg: number
  breathsPerMinute: number
  skinCelsius: number
}

/** 0 is a Sunday, as 1970-01-04 was. */
export const weekdayOf = (localDay: number) => (localDay + 4) % 7

export function wellnessOf(person: Person, localDay: number): Wellness {
  const random = randomOf(person.seed, 'wellness', localDay)
  const course = (what: string, scale: number) => courseAt(hashOf(`${person.seed} ${what}`), localDay, scale)
  const isSick = sicknessAt(person, localDay)
  const strain = 0.6 * course('strain', 6) + 0.4 * course('strain of weeks', 23)
  return {
    isSick,
    isHoliday: randomOf(person.seed, 'holiday', Math.floor((localDay + 3) / 7)).chance(0.07),
    restingBpm: person.restingBpm + 2.6 * strain + random.normal(0, 0.8) + (isSick ? 6 : 0),
    hrvMs: (24 + 55 * person.fitness) * (1 - 0.2 * strain + random.normal(0, 0.07)) * (isSick ? 0.68 : 1),
    weightKg: person.weightKg * (1 + 0.018 * course('weight', 60)) + random.normal(0, 0.32),
    breathsPerMinute: 15.8 - 2.2 * person.fitness + 0.5 * strain + random.normal(0, 0.25) + (isSick ? 1.6 : 0),
    skinCelsius: 34.6 + 0.25 * course('temperature', 12) + random.normal(0, 0.12) + (isSick ? 0.9 : 0),
  }
}

/** A cold now and then, for two to four days. */
function sicknessAt(person: Person, localDay: number): boolean {
  for (let since = 0; since < 4; since++) {
    const random = randomOf(person.seed, 'sick', localDay - since)
    if (random.chance(0.008) && random.between(2, 5) > since) return true
  }
  return false
}
