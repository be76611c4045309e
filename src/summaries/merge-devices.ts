import { epochDayOf } from '../samples/days.ts'
import type { Window } from '../zones.ts'

/** What one device counted: instants and durations in ms, sorted by start. Several of its samples may cover an instant. */
export type DeviceSamples = { deviceId: string; starts: number[]; durations: number[]; values: number[] }

/**
 * What a device counted within a window, what of it is in the total, and which better-ranked devices had counted the
 * rest already. `counted` is `used` and all of `lost`.
 */
export type DeviceShare = {
  deviceId: string
  counted: number
  used: number
  lost: { deviceId: string; value: number }[]
}

/** A stretch that a device was the best-ranked to cover; `from` and `to` are the same for samples without duration. */
type Stretch = { from: number; to: number }

/**
 * Merges devices that may have counted the same: where several cover an instant, the first of `devices` wins, and the
 * others fill only the gaps. A sample that is cut, by a better device or by the window's ends, counts in proportion to
 * time. Pure: the order of samples does not matter, and windows that follow each other add up to one over all of them.
 *
 * Where a type `isWhole`, its whole values are rounded so that the parts of a device's UTC day add up to its rounded
 * total. A fraction that somebody sent all the same stays one.
 */
export function mergeDevices(devices: DeviceSamples[], window: Window, isWhole: boolean): DeviceShare[] {
  const better: { deviceId: string; stretches: Stretch[] }[] = []
  return devices.map((device) => {
    const share = shareOf(device, better, window, isWhole)
    better.push({ deviceId: device.deviceId, stretches: leaveOut(coverageOf(device), better) })
    return share
  })
}

function shareOf(
  device: DeviceSamples,
  better: { deviceId: string; stretches: Stretch[] }[],
  window: Window,
  isWhole: boolean,
): DeviceShare {
  const lost = better.map(() => 0)
  let [counted, used] = [0, 0]
  /** What of the UTC day's samples so far was used: rounding carries on from sample to sample, and starts anew each day. */
  let running = 0
  let day: number | undefined
  for (const [index, start] of device.starts.entries()) {
    const [duration, value] = [device.durations[index]!, device.values[index]!]
    const ownDay = epochDayOf(start)
    if (ownDay !== day) [running, day] = [0, ownDay]
    const round = isWhole && Number.isInteger(value) ? Math.round : asItIs
    const covered = coveredBy(better, start, duration)
    const carried = round === asItIs ? 0 : running
    const usedUpTo = (until: number) => carried + value * uncovered(start, duration, covered, until)
    const partUpTo = (until: number) => value * shareUpTo(start, duration, until)

    const whole = usedUpTo(Infinity)
    if (start < window.to && (start + duration > window.from || start >= window.from)) {
      used += round(usedUpTo(window.to)) - round(usedUpTo(window.from))
      counted += round(partUpTo(window.to)) - round(partUpTo(window.from))
      for (const [at, stretches] of covered.entries()) {
        if (stretches.length === 0) continue
        lost[at]! +=
          value *
          (coveredUpTo(start, duration, stretches, window.to) - coveredUpTo(start, duration, stretches, window.from))
      }
    }
    if (round === Math.round) running = whole
  }
  return { deviceId: device.deviceId, counted, used, lost: shareOut(counted - used, better, lost) }
}

/** Of each better device, the stretches that cover a sample: apart from each other, an instant is covered by one at most. */
function coveredBy(better: { stretches: Stretch[] }[], start: number, duration: number): Stretch[][] {
  const covered = better.map(({ stretches }) => stretchesWithin(stretches, start, start + duration))
  if (duration > 0) return covered
  const first = covered.findIndex((stretches) => stretches.length > 0)
  return covered.map((stretches, index) => (index === first ? stretches.slice(0, 1) : []))
}

/** What was lost, in proportion to who covered it; the parts add up to `total`. */
function shareOut(total: number, better: { deviceId: string }[], lost: number[]): DeviceShare['lost'] {
  const sum = lost.reduce((all, value) => all + value, 0)
  if (sum === 0) return []
  const round = Number.isInteger(total) ? Math.round : asItIs
  let running = 0
  return better.flatMap(({ deviceId }, at) => {
    const before = running
    running += lost[at]!
    const value = round((total * running) / sum) - round((total * before) / sum)
    return value === 0 ? [] : [{ deviceId, value }]
  })
}

const asItIs = (value: number) => value

/** How much of a sample, of 1, is before `until`. One without duration is all at its start. */
function shareUpTo(start: number, duration: number, until: number): number {
  if (duration === 0) return start < until ? 1 : 0
  return Math.min(Math.max(until - start, 0), duration) / duration
}

/** How much of a sample, of 1, is before `until` and covered by `stretches`, which all overlap it. */
function coveredUpTo(start: number, duration: number, stretches: Stretch[], until: number): number {
  if (stretches.length === 0) return 0
  if (duration === 0) return shareUpTo(start, duration, until)
  let covered = 0
  for (const { from, to } of stretches) {
    covered += Math.max(0, Math.min(to, start + duration, until) - Math.max(from, start))
  }
  return covered / duration
}

function uncovered(start: number, duration: number, covered: Stretch[][], until: number): number {
  let share = shareUpTo(start, duration, until)
  for (const stretches of covered) share -= coveredUpTo(start, duration, stretches, until)
  // What subtracting fractions leaves of nothing.
  return Math.abs(share) < 1e-12 ? 0 : share
}

/** The stretches that overlap `[start, end)`, or the instant where both are the same. They are sorted and disjoint. */
function stretchesWithin(stretches: Stretch[], start: number, end: number): Stretch[] {
  let [low, high] = [0, stretches.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (endsBefore(stretches[middle]!, start)) low = middle + 1
    else high = middle
  }
  const found: Stretch[] = []
  for (let at = low; at < stretches.length && stretches[at]!.from <= start + Math.max(0, end - start - 1); at++) {
    // An instant takes nothing from a sample with duration.
    if (start === end || stretches[at]!.to > stretches[at]!.from) found.push(stretches[at]!)
  }
  return found
}

/** An instant covers itself; a stretch ends before its last instant. */
const endsBefore = ({ from, to }: Stretch, instant: number) => (from === to ? to < instant : to <= instant)

/** All that a device's samples cover: sorted, disjoint. */
function coverageOf({ starts, durations }: DeviceSamples): Stretch[] {
  const stretches: Stretch[] = []
  for (const [index, from] of starts.entries()) {
    const to = from + durations[index]!
    const last = stretches.at(-1)
    const isNew = last === undefined || from > last.to
    // An instant is not part of the stretch that ends with it, nor of the one that begins with it.
    if (isNew || (from === last.to && (from === to) !== (last.from === last.to))) stretches.push({ from, to })
    else if (to > last.to) last.to = to
  }
  return stretches
}

/** What of `stretches` no better device covers. */
function leaveOut(stretches: Stretch[], better: { stretches: Stretch[] }[]): Stretch[] {
  return better.reduce((left, { stretches: taken }) => left.flatMap((stretch) => without(stretch, taken)), stretches)
}

function without({ from, to }: Stretch, taken: Stretch[]): Stretch[] {
  const covering = stretchesWithin(taken, from, to)
  if (from === to) return covering.length > 0 ? [] : [{ from, to }]
  const left: Stretch[] = []
  let at = from
  for (const each of covering) {
    if (each.from > at) left.push({ from: at, to: each.from })
    at = Math.max(at, each.to)
  }
  if (at < to) left.push({ from: at, to })
  return left
}
