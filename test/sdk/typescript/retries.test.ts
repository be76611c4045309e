import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { PulsewellClient, PulsewellError, type RetryOptions } from '../../../sdk/typescript/src/index.ts'
import { delayBefore, readAskedDelay, readRetryPolicy } from '../../../sdk/typescript/src/http/retry.ts'
import { type HttpProxy, type Meddle, startHttpProxy } from '../../support/http-proxy.ts'
import { startServer, type TestServer } from '../../support/server.ts'

let server: TestServer
let proxy: HttpProxy

beforeAll(async () => {
  server = await startServer({ worker: false, environment: { RATE_LIMIT_STUDIES: '10000' } })
})
beforeEach(async () => {
  proxy = await startHttpProxy(server.url)
})
afterEach(() => proxy.stop())
afterAll(() => server.stop())

const clientOf = (retry: RetryOptions = { baseDelayMs: 1 }, timeoutMs = 10_000) =>
  new PulsewellClient({ baseUrl: proxy.url, apiToken: server.keys.live, retry, timeoutMs })

/** The first `count` requests fail so. */
const failFirst =
  (count: number, fate: ReturnType<Meddle>): Meddle =>
  (_, number) =>
    number <= count ? fate : undefined

test('a 429 waits as long as Retry-After asks, whatever the request', async () => {
  proxy.meddle = failFirst(1, { status: 429, headers: { 'retry-after': '1' } })
  const begin = performance.now()
  await clientOf().settings.update({ webhookUrl: '' })
  expect(performance.now() - begin).toBeGreaterThan(990)
  expect(proxy.asked).toHaveLength(2)
})

test('503 is tried again, until the attempts are used up', async () => {
  proxy.meddle = failFirst(2, { status: 503, body: { error: { code: 'DATABASE_UNAVAILABLE', message: 'Away.' } } })
  expect((await clientOf().users.list()).connectedUsers).toEqual([])
  expect(proxy.asked).toHaveLength(3)
  proxy.asked.splice(0)
  proxy.meddle = failFirst(9, { status: 503, body: { error: { code: 'DATABASE_UNAVAILABLE', message: 'Away.' } } })
  const error = await clientOf({ baseDelayMs: 1, maxAttempts: 4 })
    .users.list()
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(PulsewellError)
  expect(error).toMatchObject({ status: 503, code: 'DATABASE_UNAVAILABLE', message: 'Away.' })
  expect(proxy.asked).toHaveLength(4)
})

test('what was done although no answer came is done once, and answered as the first time', async () => {
  proxy.meddle = failFirst(2, 'lose the answer')
  const study = await clientOf().studies.create({ name: 'Once' })
  expect(proxy.asked.map(({ headers }) => headers['idempotency-key'])).toEqual(
    Array(3).fill(proxy.asked[0]!.headers['idempotency-key']),
  )
  const { data } = await clientOf().studies.list()
  expect(data.filter(({ name }) => name === 'Once')).toEqual([study])
  const second = await clientOf().studies.create({ name: 'Once' })
  expect(second.id).not.toBe(study.id)
})

test('a deletion whose answer was lost has been done', async () => {
  const { id } = await clientOf().studies.create({ name: 'Gone' })
  proxy.asked.splice(0)
  proxy.meddle = failFirst(1, 'lose the answer')
  await clientOf().studies.delete(id)
  expect(proxy.asked).toHaveLength(2)
  await expect(clientOf().studies.delete(id)).rejects.toMatchObject({ status: 404 })
})

test('one that was not acted on at first, and finds nothing then, has not', async () => {
  proxy.meddle = failFirst(1, { status: 429 })
  await expect(clientOf().studies.delete(404)).rejects.toMatchObject({ status: 404 })
  expect(proxy.asked).toHaveLength(2)
})

test('what is not safe to send twice is not', async () => {
  const { userId } = await clientOf().users.create({ appUserId: 'ada' })
  const { refresh_token: refreshToken } = await clientOf().tokens.mint({ userId, provider: 'apple' })
  proxy.asked.splice(0)
  proxy.meddle = failFirst(9, 'lose the answer')
  await expect(clientOf().tokens.refresh({ refreshToken })).rejects.toMatchObject({ code: 'NETWORK_ERROR' })
  expect(proxy.asked).toHaveLength(1)
  await expect(clientOf().studies.update(1, { name: 'x' })).rejects.toMatchObject({ code: 'NETWORK_ERROR' })
  expect(proxy.asked).toHaveLength(2)
})

test('a server that does not answer is a TIMEOUT, and one that is not there a NETWORK_ERROR', async () => {
  proxy.meddle = () => new Promise(() => undefined)
  const impatient = clientOf({ maxAttempts: 2, baseDelayMs: 1 }, 50)
  await expect(impatient.users.list()).rejects.toMatchObject({ code: 'TIMEOUT', status: undefined })
  expect(proxy.asked).toHaveLength(2)
  await proxy.stop()
  await expect(impatient.users.list()).rejects.toMatchObject({ code: 'NETWORK_ERROR' })
  proxy = await startHttpProxy(server.url)
})

test.each([new Error('no longer needed'), 'no longer needed'])(
  'a signal ends a request, and the wait before the next: %s',
  async (reason) => {
    proxy.meddle = () => new Promise(() => undefined)
    const controller = new AbortController()
    const asking = clientOf().users.list({ signal: controller.signal })
    await expect.poll(() => proxy.asked.length).toBe(1)
    controller.abort(reason)
    await expect(asking).rejects.toBe(reason)
    proxy.meddle = () => ({ status: 503, headers: { 'retry-after': '60' } })
    const waiting = new AbortController()
    const later = clientOf().users.list({ signal: waiting.signal })
    await expect.poll(() => proxy.asked.length).toBe(2)
    waiting.abort(reason)
    await expect(later).rejects.toBe(reason)
    await expect(clientOf().users.list({ signal: waiting.signal })).rejects.toBe(reason)
    expect(proxy.asked).toHaveLength(2)
  },
)

test('a redirect is not followed: it would take the key elsewhere', async () => {
  proxy.meddle = () => ({ status: 307, headers: { location: 'https://example.org/' } })
  await expect(clientOf().users.list()).rejects.toMatchObject({ status: 307, code: 'HTTP_307' })
})

describe('the wait before another attempt', () => {
  const policy = readRetryPolicy({ baseDelayMs: 100, maxDelayMs: 1000, maxElapsedMs: 60_000 })
  const latest = () => 0.9999

  test('doubles up to its bound, drawn from nothing to all of it', () => {
    const delays = [1, 2, 3, 4, 5].map((attempts) => Math.ceil(delayBefore(policy, attempts, 0, undefined, latest)!))
    expect(delays).toEqual([100, 200, 400, 800, 1000])
    expect(delayBefore(policy, 5, 0, undefined, () => 0)).toBe(0)
  })

  test('is what the server asked for and a little more, or there is none', () => {
    expect(delayBefore(policy, 1, 0, 5000, latest)).toBeCloseTo(5099.99)
    expect(delayBefore(policy, 1, 0, 60_001, () => 0)).toBeUndefined()
    expect(delayBefore(policy, 8, 0, undefined)).toBeUndefined()
    expect(delayBefore(policy, 2, 59_950, undefined, latest)).toBeUndefined()
  })

  test.each<[number, Record<string, string>, number | undefined]>([
    [429, { 'retry-after': '3', 'x-ratelimit-reset': '9' }, 3000],
    [429, { 'x-ratelimit-reset': '9' }, 9000],
    [503, { 'x-ratelimit-reset': '9' }, undefined],
    [503, { 'retry-after': new Date(4000).toUTCString() }, 3000],
    [503, { 'retry-after': new Date(0).toUTCString() }, 0],
    [429, { 'retry-after': 'soon' }, undefined],
  ])('of a %i with %o', (status, headers, expected) => {
    expect(readAskedDelay(new Response(null, { status, headers }), 1000)).toBe(expected)
  })
})
