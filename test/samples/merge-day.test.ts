import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY_MS } from '../../src/samples/days.ts'
import { type DaySamples, emptyDay, mergeDay, totalDay } from '../../src/samples/merge-day.ts'
import { bpm } from '../../src/samples/types/bpm.ts'
import { steps } from '../../src/samples/types/steps.ts'

const sample = fc.record({
  start: fc.integer({ min: 0, max: 20 }),
  duration: fc.integer({ min: 0, max: 3 }),
  value: fc.integer({ min: 1, max: 5 }),
})
type Sample = { start: number; duration: number; value: number }

const toDay = (samples: Sample[]): DaySamples => ({
  starts: samples.map(({ start }) => start),
  durations: samples.map(({ duration }) => duration),
  values: samples.map(({ value }) => value),
})
const toSamples = ({ starts, durations, values }: DaySamples): Sample[] =>
  starts.map((start, i) => ({ start, duration: durations[i]!, value: values[i]! }))

/** What merging must come to, said in the simplest way: a map, the last one in wins. */
const model = (batches: Sample[][]): Sample[] => {
  const map = new Map(batches.flat().map((item) => [`${item.start} ${item.duration}`, item]))
  return [...map.values()].toSorted((a, b) => a.start - b.start || a.duration - b.duration)
}

describe('mergeDay', () => {
  test('any batches come to the same as a map by start and duration', () => {
    fc.assert(
      fc.property(fc.array(fc.array(sample, { maxLength: 30 }), { maxLength: 6 }), (batches) => {
        let day = emptyDay()
        for (const batch of batches) day = mergeDay(day, toDay(batch)).merged
        expect(toSamples(day)).toEqual(model(batches))
      }),
    )
  })

  test('counts every sample of the batch once, and what it inserts is how much the day grows', () => {
    fc.assert(
      fc.property(fc.array(sample), fc.array(sample), (before, batch) => {
        const stored = mergeDay(emptyDay(), toDay(before)).merged
        const { merged, inserted, updated, unchanged } = mergeDay(stored, toDay(batch))
        expect(inserted + updated + unchanged).toBe(batch.length)
        expect(merged.starts.length).toBe(stored.starts.length + inserted)
      }),
    )
  })

  test('merging again changes nothing', () => {
    fc.assert(
      fc.property(fc.array(sample), (batch) => {
        const unique = model([batch])
        const { merged } = mergeDay(emptyDay(), toDay(unique))
        const again = mergeDay(merged, toDay(unique))
        expect(again).toEqual({ merged, inserted: 0, updated: 0, unchanged: unique.length })
      }),
    )
  })
})

describe('totalDay', () => {
  const long = (start: number, duration: number, value: number) => toDay([{ start, duration, value }])

  test('a sample across midnight leaves its part to the next day', () => {
    expect(totalDay(long(DAY_MS - 1000, 4000, 100), steps).spill).toEqual([75])
    expect(totalDay(long(DAY_MS - 1000, 1000, 100), steps).spill).toBeNull()
    expect(totalDay(long(DAY_MS / 2, 2 * DAY_MS, 100), steps).spill).toEqual([50, 25])
  })

  test('an instantaneous sample stays on the day it starts', () => {
    expect(totalDay(long(DAY_MS - 1000, 4000, 100), bpm).spill).toBeNull()
  })

  test('whole values are split into whole parts that add up, each within one of its share', () => {
    const across = fc.record({
      start: fc.integer({ min: 0, max: DAY_MS - 1 }),
      duration: fc.integer({ min: 1, max: 7 * DAY_MS }),
      value: fc.integer({ min: 1, max: 30_000 }),
    })
    fc.assert(
      fc.property(across, ({ start, duration, value }) => {
        const { spill, sum } = totalDay(long(start, duration, value), steps)
        const later = (spill ?? []).reduce((total, part) => total + part, 0)
        for (const part of spill ?? []) expect(Number.isInteger(part) && part >= 0).toBe(true)
        expect(sum).toBe(value)
        const ownShare = (value * Math.min(duration, DAY_MS - start)) / duration
        expect(Math.abs(value - later - ownShare)).toBeLessThanOrEqual(0.5)
      }),
    )
  })
})
