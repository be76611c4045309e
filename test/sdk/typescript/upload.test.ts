import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { PulsewellClient, type SampleInput, UploadError } from '../../../sdk/typescript/src/index.ts'
import { createUserWithToken } from '../../support/api.ts'
import { type HttpProxy, startHttpProxy } from '../../support/http-proxy.ts'
import { startServer, type TestServer } from '../../support/server.ts'

let server: TestServer
let proxy: HttpProxy
let client: PulsewellClient
beforeAll(async () => {
  server = await startServer({ worker: false })
  proxy = await startHttpProxy(server.url)
  client = new PulsewellClient({ baseUrl: proxy.url, apiToken: server.keys.live, retry: { baseDelayMs: 1 } })
})
beforeEach(() => {
  proxy.asked.splice(0)
  proxy.meddle = () => undefined
})
afterAll(() => Promise.all([server.stop(), proxy.stop()]))

const newWearer = async () => ({ userId: (await createUserWithToken(server)).userId, provider: 'apple' as const })
const batchesSent = () => proxy.asked.filter(({ path }) => path === '/api/v2/samples')

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
  const wearer = await newWearer()
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
    ...wearer,
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
  const wearer = await newWearer()
  const samples = steps(250)
  samples[170] = { ...samples[170]!, value: -1, unit: 'count' }
  const options = { ...wearer, batchSize: 100, concurrency: 1 } as const
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

test('a batch is gzip, and no more are under way than asked for, nor fewer', async () => {
  let [underWay, most] = [0, 0]
  proxy.meddle = async ({ path }) => {
    if (path !== '/api/v2/samples') return
    most = Math.max(most, ++underWay)
    // Whoever sends more than three at once has sent a fourth by then.
    await expect.poll(() => underWay === 3 || batchesSent().length >= 10, { interval: 1 }).toBe(true)
    await new Promise(setImmediate)
    underWay--
  }
  const result = await client.samples.upload(steps(100), { ...(await newWearer()), batchSize: 10, concurrency: 3 })
  expect(result).toMatchObject({ batches: 10, inserted: 100 })
  expect(most).toBe(3)
  expect(batchesSent()[0]!.headers['content-encoding']).toBe('gzip')
  expect(JSON.parse(gunzipSync(batchesSent()[0]!.body).toString())).toMatchObject({ data_type: 'steps' })
})

test('a token that is refused is minted anew, once for all', async () => {
  const wearer = await newWearer()
  let refused = 0
  proxy.meddle = ({ path, headers }) => {
    if (path !== '/api/v2/samples' || (refused > 0 && headers.authorization !== first)) return undefined
    first = headers.authorization
    refused++
    return { status: 401, body: { error: { code: 'UNAUTHORIZED', message: 'Expired.' } } }
  }
  let first: string | undefined
  expect(await client.samples.upload(steps(40), { ...wearer, batchSize: 10 })).toMatchObject({ inserted: 40 })
  expect(proxy.asked.filter(({ path }) => path.includes('/token'))).toHaveLength(2)
  proxy.meddle = ({ path }) => (path === '/api/v2/samples' ? { status: 401 } : undefined)
  await expect(client.samples.upload(steps(3), wearer)).rejects.toMatchObject({ name: 'UploadError', status: 401 })
  const own = client.samples.upload(steps(3), { userToken: 'nobody' })
  await expect(own).rejects.toMatchObject({ name: 'UploadError', status: 401 })
})

test('a batch that fails stops the upload: what is under way is waited for, and nothing more is taken', async () => {
  const closed: number[] = []
  const input = function* () {
    try {
      yield* steps(100_000)
    } finally {
      closed.push(1)
    }
  }
  proxy.meddle = (_, count) =>
    count === 6 ? { status: 400, body: { error: { code: 'MALFORMED_BODY', message: 'No.' } } } : undefined
  const options = { ...(await newWearer()), batchSize: 10 }
  const error = await client.samples.upload(input(), options).catch((thrown: unknown) => thrown)
  if (!(error instanceof UploadError)) throw error
  expect(error).toMatchObject({ status: 400, code: 'MALFORMED_BODY', cause: { message: 'No.' } })
  expect(error.message).toContain(`after ${error.result.batches} batches`)
  expect(error.result.batches).toBe(batchesSent().length - 1)
  expect(error.result.inserted).toBe(10 * error.result.batches)
  expect(batchesSent().length).toBeLessThan(5 + 1 + 4)
  expect(closed).toEqual([1])
})

test('so does an input that throws or is no sample, and a record that cannot be written', async () => {
  const options = { ...(await newWearer()), batchSize: 10 }
  const torn = function* () {
    yield* steps(25)
    throw new Error('line 26 is torn')
  }
  await expect(client.samples.upload(torn(), options)).rejects.toMatchObject({
    code: 'UPLOAD_STOPPED',
    message: expect.stringContaining('line 26 is torn'),
    result: { inserted: 20 },
  })
  const bad: Record<string, any> = {
    'sample 3: data_type must be a string': [...steps(3), undefined],
    'sample 1: start_date is not a valid date': [steps(1)[0], { ...steps(1)[0], start_date: new Date('never') }],
  }
  for (const [message, samples] of Object.entries(bad)) {
    await expect(client.samples.upload(samples, options)).rejects.toThrow(message)
  }
  const record = { has: () => false, add: () => Promise.reject(new Error('the disk is full')) }
  await expect(client.samples.upload(steps(3), { ...options, record })).rejects.toMatchObject({
    message: expect.stringContaining('the disk is full'),
    result: { batches: 0 },
  })
})

test('a signal ends an upload whose input hangs', async () => {
  const controller = new AbortController()
  const input = (async function* () {
    yield* steps(13)
    await new Promise(() => undefined)
  })()
  const options = { ...(await newWearer()), batchSize: 10, signal: controller.signal }
  const uploading = client.samples.upload(input, options)
  await expect.poll(() => batchesSent().length).toBe(1)
  const reason = new Error('closed by the user')
  controller.abort(reason)
  await expect(uploading).rejects.toMatchObject({ name: 'UploadError', cause: reason })
  await expect(client.samples.upload(steps(3), options)).rejects.toMatchObject({ cause: reason })
})

test('samples that are sent are let go: an input larger than the memory can be uploaded', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const answer = { inserted: 10, updated: 0, unchanged: 0, rejected: [] }
  const offline = new PulsewellClient({ baseUrl: 'http://127.0.0.1:1', fetch: async () => Response.json(answer) })
  const taken: WeakRef<SampleInput>[] = []
  let held = Infinity
  const input = async function* () {
    for (const _ of Array(2000)) {
      const [sample] = steps(1)
      taken.push(new WeakRef(sample!))
      yield sample!
    }
    await new Promise(setImmediate)
    collect()
    held = taken.filter((sample) => sample.deref() !== undefined).length
  }
  await offline.samples.upload(input(), { userToken: 't', batchSize: 10 })
  expect(held).toBeLessThan(100)
})

test('what the record has is skipped, for this user and provider', async () => {
  const ids = new Set<string>()
  const record = { has: (id: string) => ids.has(id), add: async (id: string) => void ids.add(id) }
  const wearer = await newWearer()
  const options = { ...wearer, batchSize: 10, record }
  expect(await client.samples.upload(steps(25), options)).toMatchObject({ batches: 3, skipped: 0 })
  expect([...ids].every((id) => /^[0-9a-f]{64}$/.test(id))).toBe(true)
  const again = await client.samples.upload(steps(45), options)
  // The last batch of the first time ended where the input did.
  expect(again).toMatchObject({ samples: 45, batches: 5, skipped: 2, inserted: 20, unchanged: 5 })
  expect(await client.samples.upload(steps(45), options)).toMatchObject({ samples: 45, skipped: 5, inserted: 0 })
  expect(await client.samples.upload(steps(45), { ...options, provider: 'fitbit' })).toMatchObject({ skipped: 0 })
})

test('a 200 that does not tell of the samples is no acknowledgement, and is not recorded', async () => {
  const ids = new Set<string>()
  const record = { has: (id: string) => ids.has(id), add: async (id: string) => void ids.add(id) }
  const options = { ...(await newWearer()), record }
  for (const body of [{}, [], { inserted: 3 }]) {
    proxy.meddle = ({ path }) => (path === '/api/v2/samples' ? { status: 200, body } : undefined)
    await expect(client.samples.upload(steps(3), options)).rejects.toMatchObject({ code: 'BAD_ANSWER' })
  }
  proxy.meddle = () => undefined
  expect(await client.samples.upload(steps(3), options)).toMatchObject({ skipped: 0, inserted: 3 })
})

test('of bad samples the first thousand are listed, and all are counted', async () => {
  const bad = steps(1200).map((sample) => ({ ...sample, value: -1 }))
  const result = await client.samples.upload(bad, { ...(await newWearer()), lenient: true, concurrency: 1 })
  expect(result).toMatchObject({ samples: 1200, inserted: 0, rejectedCount: 1200 })
  expect(result.rejected.map(({ index }) => index)).toEqual([...Array(1000).keys()])
})

test.each<[object, string]>([
  [{}, 'userId and provider'],
  [{ userToken: 't', batchSize: 2 }, 'batchSize must be a whole number from 3 to 1000, not 2'],
  [{ userToken: 't', batchSize: 1001 }, 'batchSize'],
  [{ userToken: 't', concurrency: 0 }, 'concurrency'],
])('the options %o are refused', async (options, message) => {
  await expect(client.samples.upload(steps(3), options)).rejects.toThrow(message)
  expect(proxy.asked).toEqual([])
})
