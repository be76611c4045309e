import { afterAll, beforeAll, expect, test } from 'vitest'
import { PulsewellClient, type SampleInput, UploadError } from '../../../sdk/typescript/src/index.ts'
import { createUserWithToken } from '../../support/api.ts'
import { startServer, type TestServer } from '../../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())

const steps = (count: number, from = '2024-05-01T00:00:00Z'): SampleInput[] =>
  Array.from({ length: count }, (_, index) => ({
    data_type: 'steps',
    device_name: 'iPhone',
    start_date: new Date(Date.parse(from) + index * 60_000),
    end_date: new Date(Date.parse(from) + (index + 1) * 60_000),
    value: 1 + (index % 50),
    unit: 'count',
  }))

test('samples of several types are split, sent, and told of', async () => {
  const client = new PulsewellClient({ baseUrl: `${server.url}/api`, apiToken: server.keys.live })
  const { userId } = await createUserWithToken(server)
  const sleep: SampleInput = {
    data_type: 'sleep',
    device_name: 'Apple Watch',
    device_type: 'watch',
    start_date: '2024-05-01T22:00:00+02:00',
    end_date: '2024-05-01T23:00:00+02:00',
    kind: 'deep',
  }
  const progress: number[] = []
  const result = await client.samples.upload([...steps(205), sleep], {
    userId,
    provider: 'apple',
    batchSize: 100,
    onProgress: ({ samples }) => progress.push(samples),
  })
  expect(result).toEqual({
    samples: 206,
    batches: 4,
    skipped: 0,
    inserted: 206,
    updated: 0,
    unchanged: 0,
    rejected: [],
    rejectedCount: 0,
  })
  expect(progress.toSorted((a, b) => a - b)).toEqual(progress)
  expect(progress.at(-1)).toBe(206)
})

test('a bad sample is named by its place in the input', async () => {
  const client = new PulsewellClient({ baseUrl: server.url, apiToken: server.keys.live })
  const { userId } = await createUserWithToken(server)
  const samples = steps(250)
  samples[170] = { ...samples[170]!, value: -1, unit: 'count' }
  const options = { userId, provider: 'apple', batchSize: 100, concurrency: 1 } as const
  const error = await client.samples.upload(samples, options).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(UploadError)
  expect(error).toMatchObject({
    status: 422,
    code: 'VALIDATION_ERROR',
    refused: [{ index: 170, field: 'value' }],
    result: { samples: 100, batches: 1, inserted: 100 },
  })
  expect(await client.samples.upload(samples, { ...options, lenient: true })).toMatchObject({
    samples: 250,
    inserted: 149,
    unchanged: 100,
    rejected: [{ index: 170, field: 'value', reason: expect.any(String) }],
    rejectedCount: 1,
  })
})
