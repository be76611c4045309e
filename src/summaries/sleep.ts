import { sleep as sleepType } from '../samples/types/sleep.ts'
import type { Window } from '../zones.ts'
import { rankDevices } from './rank-devices.ts'
import type { Series } from './recordings.ts'
import type { SleepDurations } from './shapes.ts'

const HOUR_MS = 3_600_000
/** Somebody who is up for longer begins a new sleep. */
export const LONGEST_GAP_MS = HOUR_MS

/** Around a day, what must be read to know the sleeps that end on it from end to end: a sample may last seven days. */
export const sleepWindow = ({ from, to }: Window): Window => ({ from: from - 8 * 24 * HOUR_MS, to: to + 24 * HOUR_MS })

type Stage = keyof typeof sleepType.kinds
/** Of one device's stages at the same instant, the one that says most. */
const stages: Stage[] = ['deep', 'rem', 'light', 'awake', 'asleep']
const asleep = new Set<Stage | undefined>(['asleep', 'light', 'deep', 'rem'])
const stageOf = new Map<number, Stage>(Object.entries(sleepType.kinds).map(([name, value]) => [value, name as Stage]))

type Interval = Window & { stage: Stage; rank: number; deviceName: string }
type Segment = Window & { stage: Stage }

/** The longest sleep that ends on a day. A night belongs to the day on which the sleeper wakes up. */
export type Night = Window & { deviceName: string; durations: SleepDurations; wakeups: number | undefined }

/** One provider's devices, merged: where several tell a stage of the same instant, the best-ranked is believed. */
export function findSleeps(series: Series[], priority: readonly string[]): Night[] {
  const intervals = rankDevices(series, priority)
    .flatMap(toIntervals)
    .toSorted((a, b) => a.from - b.from || a.to - b.to)
  return groupSessions(intervals).map(toNight)
}

/** The night of a day among all that was slept around it. */
export function nightOf(sleeps: Night[], window: Window): Night | undefined {
  return sleeps
    .filter(({ to }) => to > window.from && to <= window.to)
    .toSorted((a, b) => lengthOf(b) - lengthOf(a) || a.from - b.from)[0]
}

const lengthOf = ({ from, to, durations }: Night) => durations.total_seconds ?? (to - from) / 1000

function toIntervals({ starts, durations, values, deviceName }: Series, rank: number): Interval[] {
  return starts.flatMap((from, index) => {
    const stage = stageOf.get(values[index]!)
    return stage === undefined ? [] : [{ from, to: from + durations[index]!, stage, rank, deviceName }]
  })
}

function groupSessions(intervals: Interval[]): Interval[][] {
  const sessions: Interval[][] = []
  let end = -Infinity
  for (const interval of intervals) {
    if (interval.from > end + LONGEST_GAP_MS) sessions.push([])
    sessions.at(-1)!.push(interval)
    end = Math.max(end, interval.to)
  }
  return sessions
}

function toNight(session: Interval[]): Night {
  const from = session[0]!.from
  const to = session.reduce((latest, interval) => Math.max(latest, interval.to), from)
  const best = session.reduce((a, b) => (b.rank < a.rank ? b : a))
  const inBed = session.filter(({ stage }) => stage === 'in_bed')
  const segments = sweep(session.filter(({ stage }) => stage !== 'in_bed'))
  const secondsIn = (...wanted: Stage[]) => secondsOf(segments.filter(({ stage }) => wanted.includes(stage)))
  const has = (...wanted: Stage[]) => segments.some(({ stage }) => wanted.includes(stage))
  const isStaged = has('light', 'deep', 'rem')
  const fellAsleep = segments.find(({ stage }) => asleep.has(stage))?.from
  const noData = (to - from) / 1000 - secondsOf(union(session))
  return {
    from,
    to,
    deviceName: best.deviceName,
    durations: {
      ...(fellAsleep === undefined ? {} : { total_seconds: secondsIn('asleep', 'light', 'deep', 'rem') }),
      ...(isStaged || has('awake') ? { awake_seconds: secondsIn('awake') } : {}),
      ...(isStaged
        ? { deep_seconds: secondsIn('deep'), rem_seconds: secondsIn('rem'), light_seconds: secondsIn('light') }
        : {}),
      ...(inBed.length === 0 ? {} : { in_bed_seconds: secondsOf(union(inBed)) }),
      ...(inBed[0] === undefined || fellAsleep === undefined
        ? {}
        : { time_to_fall_asleep_seconds: Math.max(0, fellAsleep - inBed[0].from) / 1000 }),
      ...(noData === 0 ? {} : { no_data_seconds: noData }),
    },
    wakeups: isStaged || has('awake') ? countWakeups(segments) : undefined,
  }
}

/** One stage for each instant: that of the best-ranked device, and of its own the one that says most. */
function sweep(intervals: Interval[]): Segment[] {
  const edges = intervals
    .flatMap(({ from, to, rank, stage }) => {
      const level = rank * stages.length + stages.indexOf(stage)
      return [
        { at: from, level, change: 1 },
        { at: to, level, change: -1 },
      ]
    })
    .toSorted((a, b) => a.at - b.at)
  const segments: Segment[] = []
  /** How many intervals are open, by rank and stage. */
  const open: number[] = []
  for (const [index, { at, level, change }] of edges.entries()) {
    open[level] = (open[level] ?? 0) + change
    const next = edges[index + 1]?.at ?? at
    const best = open.findIndex((count) => count > 0)
    if (next === at || best === -1) continue
    const stage = stages[best % stages.length]!
    const last = segments.at(-1)
    if (last !== undefined && last.stage === stage && last.to === at) last.to = next
    else segments.push({ from: at, to: next, stage })
  }
  return segments
}

/** Times awake between two stretches of sleep. */
function countWakeups(segments: Segment[]): number {
  const first = segments.findIndex(({ stage }) => asleep.has(stage))
  const last = segments.findLastIndex(({ stage }) => asleep.has(stage))
  return segments.filter(({ stage }, index) => stage === 'awake' && index > first && index < last).length
}

function union(intervals: Window[]): Window[] {
  const joined: Window[] = []
  for (const { from, to } of intervals) {
    const last = joined.at(-1)
    if (last === undefined || from > last.to) joined.push({ from, to })
    else last.to = Math.max(last.to, to)
  }
  return joined
}

const secondsOf = (windows: Window[]) => windows.reduce((total, { from, to }) => total + to - from, 0) / 1000
