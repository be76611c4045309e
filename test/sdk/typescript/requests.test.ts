import { afterEach, expect, test, vi } from 'vitest'
import { type Fetch, PulsewellClient, type PulsewellClientOptions } from '../../../sdk/typescript/src/index.ts'

/** What a client asks for, and what it makes of an answer, without a server. */
const asked: { url: string; init: RequestInit }[] = []
const answering =
  (answer: () => Response): Fetch =>
  async (url, init) => {
    asked.push({ url, init })
    return answer()
  }
const clientOf = (options: Partial<PulsewellClientOptions>) =>
  new PulsewellClient({ baseUrl: 'https://health.example.org', apiToken: 'sk_live_x', ...options })
const stored = () => Response.json({ inserted: 1, updated: 0, unchanged: 0, rejected: [] })

afterEach(() => {
  asked.splice(0)
  vi.unstubAllGlobals()
})

test('an answer that is not JSON is no answer of a server, and is told with its request id', async () => {
  const page = () => new Response('<html>', { headers: { 'content-type': 'text/html', 'x-request-id': 'r1' } })
  const client = clientOf({ fetch: answering(page) })
  const expected = { status: 200, code: 'BAD_ANSWER', requestId: 'r1' }
  await expect(client.users.create({ appUserId: 'ada' })).rejects.toMatchObject(expected)
  await expect(client.studies.list()).rejects.toMatchObject(expected)
  expect(asked).toHaveLength(2)
})

test.each(['', '.', '..'])('an id %j would be another path', async (id) => {
  const client = clientOf({ fetch: answering(() => Response.json({})) })
  await expect(client.participants.get(id)).rejects.toThrow(TypeError)
  await expect(client.users.disconnect(id, 'apple')).rejects.toThrow(TypeError)
  await expect(client.webhooks.deliveries(id)).rejects.toThrow(TypeError)
  expect(asked).toEqual([])
})

test('a key or token that no header can hold is refused at once, and not quoted', async () => {
  const client = clientOf({ apiToken: 'sk_live_“secret”' })
  const refusals = [
    client.users.list(),
    client.tokens.swap({ connectToken: 'secret\nx', provider: 'apple' }),
    client.samples.delete({ dataType: 'steps', start: '', end: '' }, { userToken: 'sécret' }),
  ]
  for (const refusal of refusals) {
    const error: unknown = await refusal.then(String, (thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TypeError)
    expect(String(error)).not.toContain('cret')
  }
  expect(() => new PulsewellClient({ baseUrl: 'sk_live_secret' })).toThrow(/^baseUrl must be an http or https URL$/)
})

test('a key may end with the line that its file does', async () => {
  await clientOf({ apiToken: 'sk_live_x\n', fetch: answering(() => Response.json({})) }).settings.get()
  expect(new Headers(asked[0]!.init.headers).get('authorization')).toBe('Bearer sk_live_x')
})

test('a signal that was aborted before leaves no timer that would keep the process', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const before = timers()
  await expect(clientOf({}).users.list({ signal: AbortSignal.abort() })).rejects.toThrow('aborted')
  expect(timers()).toBe(before)
})

test('a timeout may be longer than timers are', async () => {
  const client = clientOf({
    timeoutMs: Infinity,
    retry: { maxAttempts: 1 },
    fetch: (_, { signal }) => untilAborted(signal!),
  })
  const controller = new AbortController()
  const asking = client.users.list({ signal: controller.signal })
  const early = await Promise.race([asking.catch(String), new Promise((resolve) => setTimeout(resolve, 50, 'waits'))])
  controller.abort()
  await expect(asking).rejects.toThrow('aborted')
  expect(early).toBe('waits')
})

const untilAborted = (signal: AbortSignal) =>
  new Promise<Response>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))

test.each([
  [undefined, 'gzip'],
  ['document', null],
  ['WorkerGlobalScope', null],
])('with the global %s of a browser or without, samples are sent as its CORS headers allow', async (name, encoding) => {
  if (name !== undefined) vi.stubGlobal(name, {})
  const sample = {
    data_type: 'steps',
    device_name: 'iPhone',
    start_date: new Date(0),
    value: 1,
    unit: 'count',
  } as const
  await clientOf({ fetch: answering(stored) }).samples.send([sample], { userToken: 't' })
  const headers = new Headers(asked[0]!.init.headers)
  expect(headers.get('content-encoding')).toBe(encoding)
  expect(headers.has('user-agent')).toBe(encoding === 'gzip')
})
