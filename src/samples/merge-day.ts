import { DAY_MS, partOf } from './days.ts'
import type { SampleType } from './types/sample-type.ts'

/** One device's samples of one day, sorted by start, then duration; `starts` and `durations` in ms, from 00:00 UTC. */
export type DaySamples = { starts: number[]; durations: number[]; values: number[] }

export type MergeCounts = { inserted: number; updated: number; unchanged: number }

export const emptyDay = (): DaySamples => ({ starts: [], durations: [], values: [] })

/**
 * Merges `incoming`, in the order they were sent, into what is stored. A sample is the same as another when start and
 * duration are: then the later one's value wins. Returns the merged day, and what became of each incoming sample.
 */
export function mergeDay(stored: DaySamples, incoming: DaySamples): { merged: DaySamples } & MergeCounts {
  if (isAppended(stored, incoming)) {
    return {
      merged: {
        starts: stored.starts.concat(incoming.starts),
        durations: stored.durations.concat(incoming.durations),
        values: stored.values.concat(incoming.values),
      },
      inserted: incoming.starts.length,
      updated: 0,
      unchanged: 0,
    }
  }
  const order = sortOrder(incoming)
  const merged = emptyDay()
  const counts: MergeCounts = { inserted: 0, updated: 0, unchanged: 0 }
  let at = 0
  for (const index of order) {
    const start = incoming.starts[index]!
    const duration = incoming.durations[index]!
    const value = incoming.values[index]!
    while (at < stored.starts.length && isBefore(stored.starts[at]!, stored.durations[at]!, start, duration)) {
      push(merged, stored.starts[at]!, stored.durations[at]!, stored.values[at]!)
      at++
    }
    if (at < stored.starts.length && stored.starts[at] === start && stored.durations[at] === duration) {
      push(merged, start, duration, stored.values[at]!)
      at++
    }
    put(merged, start, duration, value, counts)
  }
  for (; at < stored.starts.length; at++) push(merged, stored.starts[at]!, stored.durations[at]!, stored.values[at]!)
  return { merged, ...counts }
}

/** What is stored, without samples that `incoming` does not have. */
export function keepSame(stored: DaySamples, incoming: DaySamples): DaySamples {
  const same = new Set(incoming.starts.map((start, index) => `${start} ${incoming.durations[index]!}`))
  const kept = emptyDay()
  for (const [index, start] of stored.starts.entries()) {
    const duration = stored.durations[index]!
    if (same.has(`${start} ${duration}`)) push(kept, start, duration, stored.values[index]!)
  }
  return kept
}

/** Whether each sample starts later than the one before, and the first later than all that is stored: what phones send. */
function isAppended(stored: DaySamples, { starts }: DaySamples): boolean {
  let last = stored.starts.at(-1) ?? -1
  for (const start of starts) {
    if (start <= last) return false
    last = start
  }
  return true
}

/** Appends a sample, or replaces the last one when it is the same sample. */
function put(day: DaySamples, start: number, duration: number, value: number, counts: MergeCounts): void {
  const last = day.starts.length - 1
  if (last < 0 || day.starts[last] !== start || day.durations[last] !== duration) {
    push(day, start, duration, value)
    counts.inserted++
  } else if (day.values[last] === value) {
    counts.unchanged++
  } else {
    day.values[last] = value
    counts.updated++
  }
}

function push(day: DaySamples, start: number, duration: number, value: number): void {
  day.starts.push(start)
  day.durations.push(duration)
  day.values.push(value)
}

/** Stable, so that of two equal samples the one sent later comes later. */
function sortOrder({ starts, durations }: DaySamples): number[] {
  return Array.from(starts.keys()).toSorted((a, b) => starts[a]! - starts[b]! || durations[a]! - durations[b]!)
}

const isBefore = (startA: number, durationA: number, startB: number, durationB: number) =>
  startA < startB || (startA === startB && durationA < durationB)

/** The columns that a day is answered from, without its arrays. */
export type DayTotals = { count: number; sum: number; min: number | null; max: number | null; spill: number[] | null }

/** `cumulative` samples that end on a later day leave their part there: `spill`, the next day's first. */
export function totalDay(
  { starts, durations, values }: DaySamples,
  type: Pick<SampleType, 'kind' | 'isWhole'>,
): DayTotals {
  const totals: DayTotals = { count: values.length, sum: 0, min: null, max: null, spill: null }
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!
    totals.sum += value
    if (totals.min === null || value < totals.min) totals.min = value
    if (totals.max === null || value > totals.max) totals.max = value
    if (type.kind === 'cumulative' && starts[index]! + durations[index]! > DAY_MS) {
      totals.spill ??= []
      addSpill(totals.spill, starts[index]!, durations[index]!, value, type.isWhole === true)
    }
  }
  return totals
}

/**
 * Splits a sample's value over the days it touches in proportion to time. Whole things stay whole: each day gets the
 * difference of two rounded running totals, so that the parts always add up to the value.
 */
function addSpill(spill: number[], start: number, duration: number, value: number, isWhole: boolean): void {
  const runningAt = (ms: number) => {
    const running = partOf(value, Math.min(ms - start, duration), duration)
    return isWhole && Number.isInteger(value) ? Math.round(running) : running
  }
  for (let day = 1; day * DAY_MS < start + duration; day++) {
    spill[day - 1] = (spill[day - 1] ?? 0) + runningAt((day + 1) * DAY_MS) - runningAt(day * DAY_MS)
  }
}
