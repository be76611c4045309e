import { setTimeout } from 'node:timers/promises'
import { Command } from 'commander'
import { request } from 'undici'
import { type Benchmark, positiveInteger, say } from '../benchmark.ts'
import { startChild } from '../child-process.ts'
import { openBenchDatabase } from '../database.ts'
import { startWorkerProcess } from '../deliveries/processes.ts'
import { readRecording } from '../heart-rate.ts'
import { createTokens, sendBatches, type UserToken } from '../ingest/send-batches.ts'
import { buildWorkload, type Workload } from '../ingest/workload.ts'
import { describeMachine } from '../machine.ts'
import { results } from '../results.ts'
import { type ServerProcess, startServerProcess } from '../server-process.ts'
import { percentile } from '../statistics.ts'
import { formatTable } from '../table.ts'
import type { Arrival } from './receiver.ts'

type Options = { seconds: number }

const WINDOW_MS = 2000
const IN_FLIGHT = 8
/** What has not been told by then is counted as never told. */
const PATIENCE_MS = 60_000

export const latencyBenchmark: Benchmark = {
  name: 'latency',
  command: (signal) =>
    new Command('latency')
      .description(
        'from the answer to a batch to the first attempt of its webhook, while ingest runs at half its maximum',
      )
      .option('--seconds <number>', 'of ingest', positiveInteger, 20)
      .action((options: Options) => run(options, signal)),
}

async function run({ seconds }: Options, signal: AbortSignal): Promise<void> {
  const recording = await readRecording()
  await using database = await openBenchDatabase()
  await using receiver = await startReceiver()
  process.env['WEBHOOK_ALLOW_HTTP'] = 'true'
  process.env['WEBHOOK_ALLOW_CIDRS'] = '127.0.0.0/8'
  process.env['WEBHOOK_WINDOW_MS'] = String(WINDOW_MS)
  process.env['REDIS_PREFIX'] = `pulsewell-bench-${process.pid}`
  await using server = await startServerProcess(database, { storage: true })
  const probe = buildWorkload(recording, 'json', 200, 400_000)
  await sendBatches(server, probe, IN_FLIGHT, signal)
  const { samplesPerSecond } = await sendBatches(server, probe, IN_FLIGHT, signal)
  const batchesPerSecond = samplesPerSecond / 1000 / 2
  say(`half the maximum: ${Math.round(batchesPerSecond)} batches/s`)

  await using stack = new AsyncDisposableStack()
  stack.use(await startWorkerProcess(database, process.env['REDIS_URL'] ?? null))
  await setEndpoint(server, receiver.url)
  // Each user sends once, so that each batch begins a window of its own.
  const count = Math.round(batchesPerSecond * seconds)
  const tokens = await createTokens(server, count)
  // What connecting them had to tell is told before.
  await setTimeout(WINDOW_MS)
  receiver.arrivals.clear()
  const accepted = await sendPaced(server, tokens, probe, batchesPerSecond, signal)
  await waitFor(() => accepted.keys().every((userId) => receiver.arrivals.has(userId)), signal)

  const late = [...accepted].map(([userId, at]) => (receiver.arrivals.get(userId) ?? Infinity) - at - WINDOW_MS)
  const arrived = late.filter((ms) => ms < Infinity).length
  const [p50, p99] = [percentile(late, 0.5), percentile(late, 0.99)]
  results.push({ figure: 'accepted to first attempt past the window, p50 ms', value: p50, atMost: 150 })
  const table = formatTable(
    ['past the window, ms', 'p50', 'p99', 'webhooks'],
    [['half the maximum rate', p50.toFixed(0), p99.toFixed(0), `${arrived} of ${count}`]],
  )
  const title = `latency: ${Math.round(batchesPerSecond)} batches of 1000 a second, each of another user, for ${seconds} s`
  process.stdout.write(`${[title, await describeMachine(database.url), '', table].join('\n')}\n`)
}

/** When each user's batch was answered, in ms since 1970. Users send the same few batches. */
async function sendPaced(
  server: ServerProcess,
  tokens: UserToken[],
  { batches }: Workload,
  perSecond: number,
  signal: AbortSignal,
): Promise<Map<string, number>> {
  const accepted = new Map<string, number>()
  const begin = performance.now()
  const sending = tokens.map(async ({ token, userId }, index) => {
    await setTimeout(Math.max(0, begin + (index * 1000) / perSecond - performance.now()), undefined, { signal })
    const { body } = batches[index % batches.length]!
    const response = await request(new URL('/api/v1.1/samples', server.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body,
    })
    const text = await response.body.text()
    if (response.statusCode !== 200) throw new Error(`a batch was answered ${response.statusCode}: ${text}`)
    accepted.set(userId, performance.timeOrigin + performance.now())
  })
  await Promise.all(sending)
  return accepted
}

async function waitFor(isTrue: () => boolean, signal: AbortSignal): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  while (!isTrue() && performance.now() < end) await setTimeout(100, undefined, { signal })
}

async function setEndpoint({ url, secretKey }: ServerProcess, webhookUrl: string): Promise<void> {
  const response = await request(new URL('/settings', url), {
    method: 'POST',
    headers: { 'x-api-key': secretKey, 'content-type': 'application/json' },
    body: JSON.stringify({ webhookUrl }),
  })
  await response.body.dump()
}

/** Notes when the first changes of each user came, in ms since 1970. */
async function startReceiver() {
  const child = await startChild(new URL('./receiver.ts', import.meta.url), {})
  const arrivals = new Map<string, number>()
  child.onMessage((message) => {
    const { userId, at } = message as Arrival
    if (!arrivals.has(userId)) arrivals.set(userId, at)
  })
  const { url } = child.message as { url: string }
  return { url, arrivals, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() }
}
