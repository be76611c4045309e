import { epochDayOf, partOf } from '../samples/days.ts'
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

/** A device's stretches, and how many ms those before each of them take: any length is two look-ups. */
type Coverage = { deviceId: string; stretches: Stretch[]; before: number[] }

/**
 * Merges devices that may have counted the same: where several cover an instant, the first of `devices` wins, and the
 * others fill only the gaps. A sample that is cut, by a better device or by the window's ends, counts in proportion to
 * time. Pure: the order of samples does not matter, and windows that follow each other add up to one over all of them.
 *
 * Where a type `isWhole`, its whole values are rounded so that the parts of a device's UTC day add up to its rounded
 * total. A fraction that somebody sent all the same stays one.
 */
export function mergeDevices(devices: DeviceSamples[], window: Window, isWhole: boolean): DeviceShare[] {
  const better: Coverage[] = []
  return devices.map((device) => {
    const share = shareOf(device, better, window, isWhole)
    const stretches = leaveOut(coverageOf(device), better)
    better.push({ deviceId: device.deviceId, stretches, before: lengthsBefore(stretches) })
    return share
  })
}

function shareOf(device: DeviceSamples, better: Coverage[], window: Window, isWhole: boolean): DeviceShare {
  const lost = better.map(() => 0)
  let [counted, used] = [0, 0]
  /** What of the UTC day's samples so far was used: rounding carries on from sample to sample, and starts anew each day. */
  let running = 0
  let day: number | undefined
  for (const [index, start] of device.starts.entries()) {
    const sample = { start, duration: device.durations[index]!, value: device.values[index]! }
    const ownDay = epochDayOf(start)
    if (ownDay !== day) [running, day] = [0, ownDay]
    const isRounded = isWhole && Number.isInteger(sample.value)
    const round = isRounded ? Math.round : asItIs
    const carried = isRounded ? running : 0
    const usedUpTo = (until: number) => round(carried + usedBefore(sample, better, until))
    const countedUpTo = (until: number) => round(partBefore(sample, until))

    if (start < window.to && (start + sample.duration > window.from || start >= window.from)) {
      used += usedUpTo(window.to) - usedUpTo(window.from)
      counted += countedUpTo(window.to) - countedUpTo(window.from)
      for (const [at, coverage] of better.entries()) {
        lost[at]! += lostBefore(sample, coverage, better, window.to) - lostBefore(sample, coverage, better, window.from)
      }
    }
    if (isRounded) running += usedBefore(sample, better, Infinity)
  }
  const losses = shareOut(Math.max(0, counted - used), better, lost)
  // Rounding may leave a whole one on either side of the window's ends: what was used was counted.
  return {
    deviceId: device.deviceId,
    counted: losses.reduce((all, { value }) => all + value, used),
    used,
    lost: losses,
  }
}

/** What was lost, in proportion to who covered it; the parts add up to `total`. */
function shareOut(total: number, better: Coverage[], lost: number[]): DeviceShare['lost'] {
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

type Sample = { start: number; duration: number; value: number }

/** What of a sample is before `until`. One without duration is all at its start. As days are split in totalDay. */
function partBefore({ start, duration, value }: Sample, until: number): number {
  if (duration === 0) return start < until ? value : 0
  return partOf(value, Math.min(Math.max(until - start, 0), duration), duration)
}

/** What of that no better device covers. */
function usedBefore(sample: Sample, better: Coverage[], until: number): number {
  const { start, duration, value } = sample
  if (duration === 0) return better.some((coverage) => isCovered(coverage, start)) ? 0 : partBefore(sample, until)
  const end = Math.min(start + duration, until)
  if (end <= start) return 0
  const covered = better.reduce((ms, coverage) => ms + lengthWithin(coverage, start, end), 0)
  return partOf(value, end - start - covered, duration)
}

/** What of it this device covers. An instant that several cover is lost to the best of them. */
function lostBefore(sample: Sample, coverage: Coverage, better: Coverage[], until: number): number {
  const { start, duration, value } = sample
  if (duration === 0) {
    return better.find((each) => isCovered(each, start)) === coverage ? partBefore(sample, until) : 0
  }
  const end = Math.min(start + duration, until)
  return end <= start ? 0 : partOf(value, lengthWithin(coverage, start, end), duration)
}

function lengthsBefore(stretches: Stretch[]): number[] {
  let length = 0
  return stretches.map(({ from, to }) => {
    const before = length
    length += to - from
    return before
  })
}

const lengthWithin = (coverage: Coverage, from: number, to: number) =>
  lengthBefore(coverage, to) - lengthBefore(coverage, from)

/** How many ms of a device's stretches are before an instant. */
function lengthBefore({ stretches, before }: Coverage, instant: number): number {
  const at = firstNotBefore(stretches, ({ from }) => from < instant) - 1
  if (at < 0) return 0
  const { from, to } = stretches[at]!
  return before[at]! + Math.min(to, instant) - from
}

const isCovered = ({ stretches }: Coverage, instant: number) => stretchesWithin(stretches, instant, instant).length > 0

/** The index of the first stretch for which `isBefore` does not hold; they are sorted by it. */
function firstNotBefore(stretches: Stretch[], isBefore: (stretch: Stretch) => boolean): number {
  let [low, high] = [0, stretches.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (isBefore(stretches[middle]!)) low = middle + 1
    else high = middle
  }
  return low
}

/** The stretches that overlap `[start, end)`, or the instant where both are the same. They are sorted and disjoint. */
function stretchesWithin(stretches: Stretch[], start: number, end: number): Stretch[] {
  const found: Stretch[] = []
  const first = firstNotBefore(stretches, (stretch) => endsBefore(stretch, start))
  for (let at = first; at < stretches.length && stretches[at]!.from <= start + Math.max(0, end - start - 1); at++) {
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
