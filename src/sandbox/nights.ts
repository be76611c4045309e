import { clamp, isFree, type Person } from './person.ts'
import { type Random, randomOf } from './random.ts'
import { wellnessOf, weekdayOf } from './wellness.ts'

export type Stage = { kind: 'awake' | 'light' | 'deep' | 'rem'; start: number; end: number }

/** Times are whole minutes since 1970, UTC. */
export type Night = { bed: number; start: number; end: number; stages: Stage[] }

/** The night after which the person wakes up on a local day. */
export function nightOf(person: Person, localDay: number): Night {
  const random = randomOf(person.seed, 'night', localDay)
  const { isSick, isHoliday } = wellnessOf(person, localDay)
  const isLate = isFree(weekdayOf(localDay)) || isHoliday
  const midnight = localDay * 1440 - person.utcOffsetMinutes
  const start = Math.round(midnight + person.bedtime + (isLate ? 48 : 0) - (isSick ? 50 : 0) + random.normal(0, 18))
  const latency = Math.round(random.between(4, 22))
  const length = person.sleepMinutes + (isLate ? 32 : -12) + (isSick ? 75 : 0) + random.normal(0, 24)
  const end = start + Math.round(clamp(length, 290, 610))
  return { bed: start - latency, start, end, stages: stagesOf(person, localDay, start, end) }
}

/** Cycles of about 90 minutes: deep sleep early, dreams late, and somewhat awake in between. */
function stagesOf(person: Person, localDay: number, start: number, end: number): Stage[] {
  const random = randomOf(person.seed, 'stages', localDay)
  const depth = 1.15 - person.ageYears / 150
  const stages: Stage[] = []
  for (let cycle = 0; (stages.at(-1)?.end ?? start) < end; cycle++) {
    for (const { kind, minutes } of cycleOf(random, cycle, depth)) {
      const from = stages.at(-1)?.end ?? start
      const until = Math.min(end, from + Math.max(1, Math.round(minutes)))
      if (stages.at(-1)?.kind === kind) stages.at(-1)!.end = until
      else if (until > from) stages.push({ kind, start: from, end: until })
    }
  }
  // Nobody wakes up twice: the night ends with the last sleep.
  while (stages.at(-1)?.kind === 'awake') stages.pop()
  stages.at(-1)!.end = end
  return stages
}

function cycleOf(random: Random, cycle: number, depth: number): { kind: Stage['kind']; minutes: number }[] {
  const deep = [38, 27, 12, 4, 0][cycle] ?? 0
  const rem = [6, 15, 23, 29, 32][cycle] ?? 30
  return [
    { kind: 'light', minutes: random.between(10, 24) + 4 * cycle },
    ...(deep > 0 ? [{ kind: 'deep', minutes: deep * depth * random.between(0.75, 1.25) } as const] : []),
    { kind: 'light', minutes: random.between(9, 20) },
    ...(random.chance(0.12) ? [{ kind: 'awake', minutes: random.between(1, 4) } as const] : []),
    { kind: 'rem', minutes: rem * random.between(0.7, 1.25) },
    ...(random.chance(0.55)
      ? [{ kind: 'awake', minutes: random.chance(0.1) ? random.between(8, 24) : random.between(1, 5) } as const]
      : []),
  ]
}
