import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { providers } from '../../src/providers/providers.ts'
import type { ProviderBatch, ProviderSample } from '../../src/providers/provider.ts'
import { generateSandboxDay } from '../../src/sandbox/generate-day.ts'
import { liveDay } from '../../src/sandbox/live-day.ts'
import { personOf } from '../../src/sandbox/person.ts'
import { sources } from '../../src/sandbox/sources.ts'

const EVER = new Date('2100-01-01')
const FIRST = 20_400
const people = Array.from({ length: 24 }, (_, i) => personOf(`person-${i}`))
const dayOf = (epochDay: number) => new Date(epochDay * 86_400_000).toISOString().slice(0, 10)
const names = providers.map(({ name }) => name)

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0)
const mean = (numbers: number[]) => sum(numbers) / numbers.length
const span = ({ start_date: start, end_date: end = start }: ProviderSample) =>
  [Date.parse(start), Date.parse(end)] as const

/** A device's samples of a type on the days after another, in the order of time. */
function byDevice(batches: ProviderBatch[]): Map<string, ProviderSample[]> {
  const found = new Map<string, ProviderSample[]>()
  for (const { dataType, samples } of batches) {
    for (const sample of samples) {
      // Apple's time in bed lies around the stages.
      const key = `${dataType} ${sample.device_name} ${'kind' in sample && sample.kind === 'in_bed' ? 'in bed' : ''}`
      found.set(key, [...(found.get(key) ?? []), sample])
    }
  }
  return found
}

test('every provider has devices, and every device data on most days', () => {
  expect(Object.keys(sources).toSorted()).toEqual(names.toSorted())
  for (const provider of names) {
    const days = Array.from({ length: 10 }, (_, i) => generateSandboxDay('somebody', provider, dayOf(FIRST + i), EVER))
    const seen = new Set(days.flat().flatMap(({ samples }) => samples.map(({ device_name }) => device_name)))
    expect([...seen].toSorted()).toEqual(sources[provider]!.map(({ name }) => name).toSorted())
  }
})

test('the same user and date give the same data, whenever it is asked; others give other data', () => {
  const day = (seed: string, date = '2026-03-14') =>
    JSON.stringify(names.map((name) => generateSandboxDay(seed, name, date, EVER)))
  expect(day('a')).toBe(day('a'))
  expect(day('a')).not.toBe(day('b'))
  expect(day('a')).not.toBe(day('a', '2026-03-15'))
  // A change of what this gives is a change of data that users of sandboxes have seen: it is to be made on purpose.
  expect(createHash('sha256').update(day('a')).digest('hex').slice(0, 16)).toMatchInlineSnapshot(`"8b86e70ee16fb0ec"`)
})

test('what is given in the course of a day stays as it was, and nothing comes before it has happened', () => {
  for (const provider of names) {
    for (const seed of ['a', 'b']) {
      let before = new Set<string>()
      for (let hour = 0; hour <= 36; hour += 4) {
        const until = new Date(Date.UTC(2026, 2, 14, hour))
        const samples = generateSandboxDay(seed, provider, '2026-03-14', until).flatMap(({ dataType, samples: some }) =>
          some.map((sample) => ({ dataType, ...sample })),
        )
        for (const sample of samples) expect(span(sample)[1]).toBeLessThanOrEqual(until.getTime())
        const now = new Set(samples.map((sample) => JSON.stringify(sample)))
        expect([...before].filter((sample) => !now.has(sample))).toEqual([])
        before = now
      }
    }
  }
  expect(generateSandboxDay('a', 'apple', '2026-03-14', new Date('2026-03-13T23:00:00Z'))).toEqual([])
})

test('samples of a device begin on their day, follow one another, and come in batches of 1 to 1000', () => {
  for (const provider of names) {
    for (const seed of ['a', 'b']) {
      const days = Array.from({ length: 5 }, (_, i) => generateSandboxDay(seed, provider, dayOf(FIRST + i), EVER))
      days.forEach((batches, i) => {
        for (const { samples } of batches) {
          expect(samples.length).toBeGreaterThan(0)
          expect(samples.length).toBeLessThanOrEqual(1000)
          expect(samples.every(({ start_date }) => start_date.startsWith(dayOf(FIRST + i)))).toBe(true)
        }
      })
      for (const [key, samples] of byDevice(days.flat())) {
        const spans = samples.map(span)
        const overlaps = spans
          .slice(1)
          .filter(([start, end], i) => start < spans[i]![1] || (start === spans[i]![0] && end === spans[i]![1]))
        expect({ key, overlaps }).toEqual({ key, overlaps: [] })
      }
    }
  }
})

describe('a person', () => {
  const months = people.map((person) => Array.from({ length: 14 }, (_, i) => liveDay(person, FIRST + i)))
  const steps = months.map((lives) => lives.map(({ minutes }) => sum(minutes.map((minute) => minute.steps))))

  test('walks as people do: hardly ever less than 500 or more than 30,000 steps a day, mostly 3,000 to 15,000', () => {
    const all = steps.flat()
    expect(all.filter((count) => count < 500 || count > 30_000).length).toBeLessThan(all.length * 0.005)
    expect(all.filter((count) => count >= 3000 && count <= 15_000).length).toBeGreaterThan(all.length * 0.8)
    const means = steps.map(mean)
    expect(Math.max(...means) / Math.min(...means)).toBeGreaterThan(2)
  })

  test('sleeps four and a half to ten and a half hours, with deep sleep early and dreams late', () => {
    for (const lives of months) {
      const nights = lives.flatMap((life) => life.nights)
      for (const { start, end, stages } of nights) {
        expect(end - start).toBeGreaterThanOrEqual(270)
        expect(end - start).toBeLessThanOrEqual(630)
        expect([stages[0]!.start, stages.at(-1)!.end]).toEqual([start, end])
        expect(stages.slice(1).every((stage, i) => stage.start === stages[i]!.end)).toBe(true)
      }
      const half = (kind: string, isSecond: boolean) =>
        sum(
          nights.map((night) => {
            const middle = (night.start + night.end) / 2
            return sum(
              night.stages
                .filter((stage) => stage.kind === kind && stage.start >= middle === isSecond)
                .map(({ start, end }) => end - start),
            )
          }),
        )
      expect(half('deep', false)).toBeGreaterThan(3 * half('deep', true))
      expect(half('rem', true)).toBeGreaterThan(1.5 * half('rem', false))
    }
  })

  test('does not walk in their sleep, and their heart beats slower then', () => {
    for (const lives of months) {
      const minutes = lives.flatMap((life) => life.minutes)
      const asleep = minutes.filter(({ stage }) => stage !== undefined)
      const awake = minutes.filter(({ stage }) => stage === undefined)
      expect(sum(asleep.map((minute) => minute.steps))).toBe(0)
      expect(mean(asleep.map(({ bpm }) => bpm)) + 5).toBeLessThan(mean(awake.map(({ bpm }) => bpm)))
      expect(Math.min(...minutes.map(({ bpm }) => bpm))).toBeGreaterThan(35)
      expect(Math.max(...minutes.map(({ bpm }) => bpm))).toBeLessThan(205)
    }
  })

  test('has a heart that rises in a workout, and a stride that fits their height', () => {
    for (const lives of months) {
      for (const minute of lives.flatMap((life) => life.minutes)) {
        if (minute.steps < 60) continue
        expect(minute.meters / minute.steps).toBeGreaterThan(0.5)
        expect(minute.meters / minute.steps).toBeLessThan(1.35)
      }
      const hard = lives.flatMap((life) => life.minutes).filter(({ bout }) => bout?.sport === 'running')
      if (hard.length > 0) expect(mean(hard.map(({ bpm }) => bpm))).toBeGreaterThan(lives[0]!.person.restingBpm + 40)
    }
  })
})

test('a watch and a phone count the same walks; two watches of two providers agree within a few percent', () => {
  const total = (provider: string, device: string, day: string) =>
    sum(
      generateSandboxDay('somebody', provider, day, EVER)
        .filter(({ dataType }) => dataType === 'steps')
        .flatMap(({ samples }) => samples.filter(({ device_name }) => device_name === device))
        .map((sample) => ('value' in sample ? sample.value : 0)),
    )
  const days = Array.from({ length: 30 }, (_, i) => dayOf(FIRST + i))
  const apple = days.map((day) => total('apple', 'Apple Watch', day))
  const phone = days.map((day) => total('apple', 'iPhone', day))
  const fitbit = days.map((day) => total('fitbit', 'Fitbit Charge 6', day))
  expect(sum(phone)).toBeLessThan(sum(apple))
  expect(sum(phone)).toBeGreaterThan(sum(apple) / 5)
  expect(sum(fitbit) / sum(apple)).toBeGreaterThan(0.85)
  expect(sum(fitbit) / sum(apple)).toBeLessThan(1.15)
})

describe('devices that watch the same life', () => {
  const days = Array.from({ length: 14 }, (_, i) => dayOf(FIRST + i))
  const read = (provider: string, type: string, device: string) =>
    days.flatMap((day) =>
      generateSandboxDay('somebody', provider, day, EVER)
        .filter(({ dataType }) => dataType === type)
        .flatMap(({ samples }) => samples.filter(({ device_name }) => device_name === device)),
    )
  const minutesOf = (samples: ProviderSample[]) => sum(samples.map(span).map(([from, to]) => (to - from) / 60_000))

  test('do not score a night alike to the minute, but much alike', () => {
    const [oura, whoop] = [read('oura', 'sleep', 'Oura Ring'), read('whoop', 'sleep', 'WHOOP 5.0')]
    const begins = new Set(oura.map(({ start_date }) => start_date))
    const same = whoop.filter(({ start_date }) => begins.has(start_date)).length
    expect(same).toBeLessThan(whoop.length / 2)
    expect(minutesOf(whoop) / minutesOf(oura)).toBeGreaterThan(0.9)
    expect(minutesOf(whoop) / minutesOf(oura)).toBeLessThan(1.1)
  })

  test('are not stepped on at the same moment, and weigh some hundred grams apart at most', () => {
    const [one, other] = [read('fitbit', 'weight', 'Fitbit Aria Air'), read('withings', 'weight', 'Withings Body+')]
    expect(one.length).toBeGreaterThan(3)
    expect(one).toHaveLength(other.length)
    one.forEach((sample, i) => {
      expect(sample.start_date).not.toBe(other[i]!.start_date)
      const [kg, otherKg] = [sample, other[i]!].map((it) => ('value' in it ? it.value : 0))
      expect(Math.abs(kg! - otherKg!)).toBeLessThanOrEqual(0.33)
    })
  })

  test('a phone has intervals that end with the walk, so that next to a watch it adds no steps', () => {
    const walked = new Set(read('apple', 'steps', 'Apple Watch').map(({ start_date }) => start_date))
    const phone = read('apple', 'steps', 'iPhone').map(span)
    const minutes = phone.flatMap(([from, to]) =>
      Array.from({ length: (to - from) / 60_000 }, (_, i) => new Date(from + i * 60_000).toISOString()),
    )
    // But for hours in which the watch is charged.
    expect(minutes.filter((minute) => !walked.has(minute)).length).toBeLessThan(minutes.length * 0.04)
  })
})

test('everybody does some sport every week', () => {
  expect(
    Array.from({ length: 200 }, (_, i) => personOf(`u${i}`)).filter(({ workouts }) => workouts.length === 0),
  ).toEqual([])
})
