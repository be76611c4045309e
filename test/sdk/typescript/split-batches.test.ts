import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SampleInput, SampleType } from '../../../sdk/typescript/src/index.ts'
import { encodeBatch, identifyBatch } from '../../../sdk/typescript/src/upload/encode-batch.ts'
import { splitBatches } from '../../../sdk/typescript/src/upload/split-batches.ts'

const types: SampleType[] = ['steps', 'bpm', 'weight', 'sleep']

const sampleOf = (dataType: SampleType, index: number): SampleInput => ({
  data_type: dataType,
  device_name: 'Watch',
  start_date: new Date(index * 1000),
  value: 1,
  unit: 'count',
})

const inputs = fc
  .array(fc.constantFrom(...types), { maxLength: 60 })
  .map((chosen) => chosen.map((dataType, index) => sampleOf(dataType, index)))

test('every sample is in one batch of its type, once, at its place in the input', async () => {
  await fc.assert(
    fc.asyncProperty(inputs, fc.integer({ min: 3, max: 20 }), async (samples, batchSize) => {
      const batches = await Array.fromAsync(splitBatches(samples, batchSize))
      const placed = batches.flatMap(({ samples: taken, indexes }) => indexes.map((index, at) => [index, taken[at]]))
      expect(placed.toSorted(([a], [b]) => Number(a) - Number(b))).toEqual([...samples.entries()])
      for (const batch of batches) {
        expect(new Set(batch.samples.map(({ data_type }) => data_type))).toEqual(new Set([batch.dataType]))
        expect(batch.indexes).toEqual(batch.indexes.toSorted((a, b) => a - b))
      }
    }),
  )
})

test('sizes are in bounds, and as few batches as that takes', async () => {
  await fc.assert(
    fc.asyncProperty(inputs, fc.integer({ min: 3, max: 20 }), async (samples, batchSize) => {
      const batches = await Array.fromAsync(splitBatches(samples, batchSize))
      for (const type of types) {
        const count = samples.filter(({ data_type }) => data_type === type).length
        const sizes = batches.filter(({ dataType }) => dataType === type).map((batch) => batch.samples.length)
        expect(Math.min(...sizes, Infinity)).toBeGreaterThanOrEqual(count < 3 ? Math.min(count, 1) : 3)
        expect(Math.max(...sizes, 0)).toBeLessThanOrEqual(Math.max(batchSize, 5))
        expect(sizes.length).toBeLessThanOrEqual(Math.ceil(count / batchSize))
      }
    }),
  )
})

test('an input is taken as its batches are: what is held does not grow with it', async () => {
  let taken = 0
  const endless = function* () {
    for (; ; taken++) yield sampleOf(types[taken % 4]!, taken)
  }
  const batches = splitBatches(endless(), 10)
  let given = 0
  for (let count = 0; count < 50; count++) {
    given += (await batches.next()).value!.samples.length
    expect(taken - given).toBeLessThan(4 * 13)
  }
})

test('an async input is taken, too', async () => {
  const input = (async function* () {
    for (let index = 0; index < 7; index++) yield sampleOf('bpm', index)
  })()
  const batches = await Array.fromAsync(splitBatches(input, 5))
  expect(batches.map(({ samples }) => samples.length)).toEqual([4, 3])
})

test('the same input is split and known the same; another scope, value or batch size is another', async () => {
  const idsOf = async (samples: SampleInput[], batchSize: number, scope = ['https://a', 'user', 'apple']) => {
    const batches = await Array.fromAsync(splitBatches(samples, batchSize))
    return Promise.all(batches.map((batch) => identifyBatch(scope, encodeBatch(batch))))
  }
  const samples = Array.from({ length: 30 }, (_, index) => sampleOf(types[index % 2]!, index))
  const ids = await idsOf(samples, 10)
  expect(new Set(ids).size).toBe(4)
  const sameInOtherWords = samples.map(({ start_date, ...rest }) => ({
    ...Object.fromEntries(Object.entries(rest).toReversed()),
    start_date: (start_date as Date).toISOString(),
  }))
  expect(await idsOf(sameInOtherWords as SampleInput[], 10)).toEqual(ids)
  for (const others of [
    await idsOf(samples, 9),
    await idsOf(samples, 10, ['https://a', 'user', 'fitbit']),
    await idsOf(
      samples.map((sample) => ({ ...sample, value: 2 })),
      10,
    ),
  ]) {
    expect(ids.filter((id) => others.includes(id))).toEqual([])
  }
})
