import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY_MS } from '../../src/samples/days.ts'
import { mergeSeries } from '../../src/summaries/figures.ts'
import { type DeviceSamples, mergeDevices } from '../../src/summaries/merge-devices.ts'
import type { Series } from '../../src/summaries/recordings.ts'

type Sample = { start: number; duration: number; value: number }

/** A few instants, so that samples touch, overlap, contain and equal each other all the time. */
const LAST = 40
const samplesOf = (value: fc.Arbitrary<number>): fc.Arbitrary<Sample[]> =>
  fc.uniqueArray(
    fc.record({ start: fc.integer({ min: 0, max: LAST }), duration: fc.integer({ min: 0, max: 8 }), value }),
    { maxLength: 12, selector: ({ start, duration }) => `${start} ${duration}` },
  )
const counts = fc.integer({ min: 1, max: 50 })
const lengths = fc.double({ min: 0.01, max: 50, noNaN: true })
const EVERYTHING = { from: -1000, to: 1000 }

function toDevices(all: Sample[][]): DeviceSamples[] {
  return all.map((samples, index) => {
    const sorted = samples.toSorted((a, b) => a.start - b.start || a.duration - b.duration)
    return {
      deviceId: `device-${index}`,
      starts: sorted.map(({ start }) => start),
      durations: sorted.map(({ duration }) => duration),
      values: sorted.map(({ value }) => value),
    }
  })
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
const own = ({ values }: DeviceSamples) => sum(values)
const totalOf = (devices: DeviceSamples[], window = EVERYTHING, isWhole = false) =>
  sum(mergeDevices(devices, window, isWhole).map(({ used }) => used))

/** The contract's rule said instant by instant: a sample's part of an instant counts unless a better device is there. */
function model(all: Sample[][], window: { from: number; to: number }): number {
  const isThere = (samples: Sample[], at: number, isInstant: boolean) =>
    samples.some(({ start, duration }) =>
      duration === 0 ? isInstant && start === at : start <= at && at < start + duration,
    )
  let total = 0
  for (const [rank, samples] of all.entries()) {
    for (const { start, duration, value } of samples) {
      const instants = duration === 0 ? [start] : Array.from({ length: duration }, (_, index) => start + index)
      for (const at of instants) {
        const isBeaten = all.slice(0, rank).some((better) => isThere(better, at, duration === 0))
        if (!isBeaten && at >= window.from && at < window.to) total += value / instants.length
      }
    }
  }
  return total
}

describe('devices that may have counted the same', () => {
  test.each([
    ['counts', counts, true],
    ['lengths', lengths, false],
  ])('%s: never more than the sum, never less than what the best-ranked counted', (_, value, isWhole) => {
    fc.assert(
      fc.property(fc.array(samplesOf(value), { minLength: 1, maxLength: 4 }), (all) => {
        const devices = toDevices(all)
        const total = totalOf(devices, EVERYTHING, isWhole)
        expect(total).toBeLessThanOrEqual(sum(devices.map(own)) + 1e-9)
        expect(total).toBeGreaterThanOrEqual(own(devices[0]!) - 1e-9)
      }),
    )
  })

  test('the only device is believed in all', () => {
    fc.assert(
      fc.property(samplesOf(counts), (samples) => {
        const devices = toDevices([samples])
        expect(totalOf(devices, EVERYTHING, true)).toBe(own(devices[0]!))
      }),
    )
  })

  test('come to what the rule says instant by instant, in any window', () => {
    const instant = fc.integer({ min: -5, max: LAST + 10 })
    fc.assert(
      fc.property(fc.array(samplesOf(lengths), { maxLength: 4 }), instant, instant, (all, a, b) => {
        const window = { from: Math.min(a, b), to: Math.max(a, b) }
        expect(totalOf(toDevices(all), window)).toBeCloseTo(model(all, window), 6)
      }),
      { numRuns: 3000 },
    )
  })

  test('counts stay whole, within one of the rule for each device', () => {
    fc.assert(
      fc.property(fc.array(samplesOf(counts), { maxLength: 4 }), (all) => {
        const total = totalOf(toDevices(all), EVERYTHING, true)
        expect(Number.isInteger(total)).toBe(true)
        expect(Math.abs(total - model(all, EVERYTHING))).toBeLessThanOrEqual(0.5 * all.length + 1e-6)
      }),
    )
  })

  test('windows that follow each other add up to one over all of them, without a step lost or gained', () => {
    const cuts = fc.array(fc.integer({ min: -3, max: LAST + 10 }), { maxLength: 6 })
    fc.assert(
      fc.property(fc.array(samplesOf(counts), { maxLength: 4 }), cuts, (all, at) => {
        const devices = toDevices(all)
        const edges = [EVERYTHING.from, ...at.toSorted((a, b) => a - b), EVERYTHING.to]
        const parts = edges.slice(1).map((to, index) => totalOf(devices, { from: edges[index]!, to }, true))
        expect(sum(parts)).toBe(totalOf(devices, EVERYTHING, true))
      }),
    )
  })

  test('each device: what it counted is what was used of it and what it lost to others', () => {
    fc.assert(
      fc.property(fc.array(samplesOf(counts), { minLength: 1, maxLength: 4 }), fc.boolean(), (all, isWhole) => {
        const devices = toDevices(all)
        for (const [index, { counted, used, lost }] of mergeDevices(devices, EVERYTHING, isWhole).entries()) {
          expect(counted).toBeCloseTo(own(devices[index]!), 6)
          expect(used + sum(lost.map(({ value }) => value))).toBeCloseTo(counted, 6)
          const better = devices.slice(0, index).map(({ deviceId }) => deviceId)
          expect(better).toEqual(expect.arrayContaining(lost.map(({ deviceId }) => deviceId)))
        }
      }),
    )
  })

  test('in a window that cuts samples, too, and no device is used for more than it counted', () => {
    const instant = fc.integer({ min: -5, max: LAST + 10 })
    fc.assert(
      fc.property(fc.array(samplesOf(counts), { maxLength: 4 }), instant, instant, (all, a, b) => {
        const window = { from: Math.min(a, b), to: Math.max(a, b) }
        for (const { counted, used, lost } of mergeDevices(toDevices(all), window, true)) {
          expect(counted).toBe(used + sum(lost.map(({ value }) => value)))
          expect(used).toBeGreaterThanOrEqual(0)
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('the order in which devices appeared does not matter', () => {
    const kinds = fc.constantFrom('watch', 'band', 'ring', 'phone', 'other', null)
    const named = fc.record({ deviceKind: kinds, deviceName: fc.constantFrom('A', 'B', 'My iPhone', 'Oura') })
    fc.assert(
      fc.property(fc.array(fc.tuple(samplesOf(counts), named), { maxLength: 5 }), fc.gen(), (all, draw) => {
        const devices = toDevices(all.map(([samples]) => samples))
        const series = devices.map((device, index): Series => ({
          ...device,
          ...all[index]![1],
          provider: 'apple',
          dataType: 'steps',
        }))
        const shuffled = draw(fc.shuffledSubarray, series, { minLength: series.length })
        const [window, priority] = [{ from: 0, to: DAY_MS }, ['phone', 'B']]
        expect(mergeSeries(shuffled, window, priority)).toMatchObject({
          total: mergeSeries(series, window, priority).total,
        })
        expect(mergeSeries(shuffled, window, priority).shares).toEqual(mergeSeries(series, window, priority).shares)
      }),
    )
  })
})
