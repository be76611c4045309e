import { type Bout, type DayPlan, planDay } from './day-plan.ts'
import { type Night, nightOf, type Stage } from './nights.ts'
import { clamp, type Person } from './person.ts'
import { courseAt, hashOf, randomOf } from './random.ts'
import { type Wellness, wellnessOf } from './wellness.ts'

/** What a body does in a minute. */
export type Minute = {
  stage: Stage['kind'] | undefined
  /** The walk or workout that it belongs to. */
  bout: Bout | undefined
  steps: number
  meters: number
  floors: number
  activeKcal: number
  bpm: number
}

/** A UTC day of somebody's life, whoever watches it. Times are minutes since 1970, UTC. */
export type Life = {
  person: Person
  start: number
  end: number
  /** 1440, from `start`. */
  minutes: Minute[]
  /** Those with any part on the day. */
  nights: (Night & { wellness: Wellness })[]
  plans: DayPlan[]
  wellness: Wellness
}

/** So long does a heart remember what it did; earlier minutes make no difference that shows. */
const WARM_UP = 180

/** `epochDay`: days since 1970, UTC. */
export function liveDay(person: Person, epochDay: number): Life {
  const start = epochDay * 1440
  const end = start + 1440
  const localDay = Math.floor((start + person.utcOffsetMinutes) / 1440)
  const days = [localDay - 1, localDay, localDay + 1, localDay + 2]
  const nights = days.map((day) => ({ ...nightOf(person, day), wellness: wellnessOf(person, day) }))
  const plans = days.slice(0, 3).map((day) => planDay(person, day))
  const wellness = wellnessOf(person, Math.floor((start + 720 + person.utcOffsetMinutes) / 1440))
  const minutes = liveMinutes(person, start - WARM_UP, end, nights, plans)
  return {
    person,
    start,
    end,
    minutes: minutes.slice(WARM_UP),
    nights: nights.filter((night) => night.bed < end && night.end > start),
    plans,
    wellness,
  }
}

function liveMinutes(person: Person, from: number, to: number, nights: Life['nights'], plans: DayPlan[]): Minute[] {
  const stages = nights.flatMap((night) => night.stages)
  const bouts = plans.flatMap((plan) => plan.bouts)
  const heart = beat(person, nights)
  const minutes: Minute[] = []
  for (let at = from; at < to; at++) {
    const stage = stages.find((candidate) => at >= candidate.start && at < candidate.end)?.kind
    const bout = bouts.find((candidate) => at >= candidate.start && at < candidate.end)
    const isInBed = nights.some((night) => at >= night.bed && at < night.end)
    const moved = moveFor(person, at, bout, isInBed)
    minutes.push({ stage, bout, ...moved, bpm: heart(at, stage, moved.effort, isInBed) })
  }
  return minutes
}

type Movement = Omit<Minute, 'stage' | 'bout' | 'bpm'> & { effort: number }

function moveFor(person: Person, at: number, bout: Bout | undefined, isInBed: boolean): Movement {
  const none = { steps: 0, meters: 0, floors: 0, activeKcal: 0, effort: 0 }
  if (isInBed) return none
  const random = randomOf(person.seed, 'minute', at)
  if (bout !== undefined) {
    const isFirst = at - bout.start < 3
    const swing = bout.swing * courseAt(hashOf(`${person.seed} swing`), at, 2.5) + 0.02 * random.between(-1, 1)
    const part = (isFirst ? 0.8 : 1) * (1 + swing)
    return {
      steps: Math.round(bout.cadence * (isFirst ? 0.9 : 1) * (1 + swing / 3 + random.between(-0.03, 0.03))),
      meters: bout.metersPerMinute * part,
      floors: bout.sport === undefined && random.chance(0.05) ? 1 : 0,
      activeKcal: kcalOf(person, (bout.met - 1) * part),
      effort: bout.effort * part,
    }
  }
  // About the house or the office: a few minutes of pottering between long stretches of nothing.
  const restless = courseAt(hashOf(`${person.seed} pottering`), at, 11) + 0.35 * courseAt(hashOf(person.seed), at, 90)
  const isUp = restless > 0.52 - 0.16 * person.restlessness && random.chance(0.6)
  if (!isUp) return { ...none, activeKcal: kcalOf(person, 0.25), effort: 0.02 }
  const steps = Math.round(random.between(4, 34) * person.restlessness)
  return {
    steps,
    meters: steps * 0.38 * person.heightMeters,
    floors: random.chance(0.012) ? 1 : 0,
    activeKcal: kcalOf(person, 0.6 + steps / 40),
    effort: 0.05 + steps / 500,
  }
}

/** What a minute of so many METs beyond rest burns: a MET is 3.5 ml of oxygen a kg and minute, a litre about 5 kcal. */
const kcalOf = (person: Person, mets: number) => (Math.max(0, mets) * 3.5 * person.weightKg) / 200

const STAGE_BPM = { awake: 5, light: -1, deep: -3.5, rem: 2.5 } as const

/**
 * The heart rate minute by minute: what it tends to, reached faster when work begins than when it ends, and what is left
 * of long work for half an hour. It falls with sleep over some minutes. Called for one minute after the other.
 */
function beat(person: Person, nights: Life['nights']) {
  const hash = hashOf(`${person.seed} heart`)
  const course = (index: number, at: number, scale: number) => courseAt(hash + index, at, scale)
  let fast = 0
  let slow = 0
  let idle = 8
  return (at: number, stage: Stage['kind'] | undefined, effort: number, isInBed: boolean): number => {
    fast += (effort - fast) * (effort > fast ? 0.5 : 0.3)
    slow += (effort - slow) * (effort > slow ? 0.02 : 0.045)
    const { restingBpm } = (nights.find((night) => at < night.end) ?? nights.at(-1)!).wellness
    // Sitting, standing, talking, lunch.
    const awake = isInBed ? 4 : 11 + 5 * course(3, at, 140) + 4.5 * course(4, at, 19)
    const aim = stage === undefined ? awake : STAGE_BPM[stage] + sinking(at, nights)
    idle += (aim - idle) * 0.22
    const wander =
      (2.2 * course(0, at, 37) + 2 * course(1, at, 7) + 1.5 * course(2, at, 1.4)) * (stage === undefined ? 1 : 0.5)
    const left = stage === undefined ? fast + 0.22 * slow + 0.18 * slow * effort : 0.1 * slow + 0.3 * fast
    return clamp(restingBpm + idle + wander + (person.maxBpm - restingBpm) * left, restingBpm - 7, person.maxBpm)
  }
}

/** A heart goes on slowing down until the small hours. */
function sinking(at: number, nights: Life['nights']): number {
  const night = nights.find(({ start, end }) => at >= start && at < end)
  if (night === undefined) return 0
  const part = (at - night.start) / (night.end - night.start)
  return part < 0.65 ? 5 - (8 * part) / 0.65 : -3 + 4 * ((part - 0.65) / 0.35)
}
