import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { Command } from 'commander'
import { readConfig } from '../../src/config.ts'
import { closeContext, type Context, openContext } from '../../src/context.ts'
import { withTransaction } from '../../src/database/transaction.ts'
import { emitEvent, wakeDeliveries } from '../../src/webhooks/emit-event.ts'
import { type Benchmark, positiveInteger, say } from '../benchmark.ts'
import { type BenchDatabase, openBenchDatabase } from '../database.ts'
import { describeMachine } from '../machine.ts'
import { median, percentile } from '../statistics.ts'
import { formatTable } from '../table.ts'
import { type BenchEndpoint, createEndpoint, insertBacklog } from './backlog.ts'
import { startWorkerProcess } from './processes.ts'

type Options = { seconds: number; rate: number; endpoints: number; waiting: number; runs: number }
type Latencies = { p50: number; p99: number; slowest: number }

const BODY_BYTES = 2000
/** A process that has just started is slow at first, with or without a dead endpoint. Not measured. */
const WARM_UP_SECONDS = 3

export const isolationBenchmark: Benchmark = {
  name: 'isolation',
  command: (signal) =>
    new Command('isolation')
      .description('commit to arrival at healthy endpoints, without and with a dead one that thousands wait for')
      .option('--seconds <number>', 'of each measurement', positiveInteger, 20)
      .option('--rate <number>', 'messages a second in all', positiveInteger, 200)
      .option('--endpoints <number>', 'that are healthy', positiveInteger, 8)
      .option('--waiting <number>', 'messages for the dead endpoint', positiveInteger, 10_000)
      .option('--runs <number>', 'of which the median is reported', positiveInteger, 5)
      .action((options: Options) => run(options, signal)),
}

async function run(options: Options, signal: AbortSignal): Promise<void> {
  await using database = await openBenchDatabase()
  await using receivers = await startReceivers()
  const environment = { ...process.env, DATABASE_URL: database.url, DATA_DIR: database.folder, LOG_LEVEL: 'warn' }
  const config = readConfig({ ...environment, REDIS_PREFIX: `pulsewell-bench-${process.pid}` })
  const context = await openContext(config, database.url)
  const results = { without: [] as Latencies[], with: [] as Latencies[] }
  for (let number = 1; number <= options.runs; number++) {
    for (const which of ['without', 'with'] as const) {
      const measured = await measure(context, database, receivers, options, which === 'with', signal)
      results[which].push(measured)
      say(
        `run ${number} of ${options.runs}: ${which}: p50 ${measured.p50.toFixed(1)}, p99 ${measured.p99.toFixed(1)} ms`,
      )
    }
  }
  await closeContext(context)
  process.stdout.write(`${await report(options, results, config.redisUrl !== undefined, database.url)}\n`)
}

async function measure(
  context: Context,
  database: BenchDatabase,
  receivers: Receivers,
  options: Options,
  isWithDead: boolean,
  signal: AbortSignal,
): Promise<Latencies> {
  const { pool } = context
  await pool.query('truncate account cascade')
  const endpoints = []
  for (let i = 0; i < options.endpoints; i++) {
    endpoints.push(await createEndpoint(pool, database.folder, receivers.healthyUrl))
  }
  const dead = await createEndpoint(pool, database.folder, receivers.deadUrl)
  if (isWithDead) await insertBacklog(pool, dead, options.waiting, BODY_BYTES)
  await pool.query('vacuum analyze delivery')

  receivers.arrived.clear()
  await using processes = new AsyncDisposableStack()
  processes.use(await startWorkerProcess(database, context.config.redisUrl ?? null))
  const committed = await emitAtRate(context, endpoints, options, signal)
  const latencies = []
  const measured = [...committed].slice(WARM_UP_SECONDS * options.rate)
  for (const [userId, at] of measured) {
    while (!receivers.arrived.has(userId)) {
      signal.throwIfAborted()
      await setTimeout(10)
    }
    latencies.push(Math.max(0, (receivers.arrived.get(userId) ?? 0) - at))
  }
  return {
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    slowest: Math.max(...latencies),
  }
}

/** Emits as the product does, an event a transaction, at a steady rate. Returns when each was committed. */
async function emitAtRate(
  context: Context,
  endpoints: BenchEndpoint[],
  { seconds, rate }: Options,
  signal: AbortSignal,
): Promise<Map<string, number>> {
  const committed = new Map<string, number>()
  const from = performance.now()
  const emitting: Promise<void>[] = []
  for (let i = 0; i < (WARM_UP_SECONDS + seconds) * rate; i++) {
    signal.throwIfAborted()
    const wait = from + (i * 1000) / rate - performance.now()
    if (wait > 0) await setTimeout(wait)
    const userId = `user-${i}`
    const { tenantId } = endpoints[i % endpoints.length]!
    emitting.push(
      emit(context, tenantId, userId).then(() => {
        committed.set(userId, performance.now())
        wakeDeliveries(context.queue)
        return undefined
      }),
    )
  }
  await Promise.all(emitting)
  return committed
}

async function emit({ pool, secrets }: Context, tenantId: string, userId: string): Promise<void> {
  const event = { type: 'devices.health-data', tenantId, userId: null, data: {}, occurredAt: new Date() }
  await withTransaction(pool, (tx) =>
    emitEvent(tx, secrets, event, () => [{ userId, padding: 'x'.repeat(BODY_BYTES) }]),
  )
}

type Receivers = AsyncDisposable & { healthyUrl: string; deadUrl: string; arrived: Map<string, number> }

/** One that answers at once and notes when each user's message came, and one that takes connections and never answers. */
async function startReceivers(): Promise<Receivers> {
  const arrived = new Map<string, number>()
  const healthy = createServer((request, response) => {
    const at = performance.now()
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { users } = JSON.parse(Buffer.concat(chunks).toString()) as { users: { userId: string }[] }
      for (const { userId } of users) arrived.set(userId, at)
      response.writeHead(200, { 'content-length': 0 }).end()
    })
  }).listen(0, '127.0.0.1')
  const sockets = new Set<Socket>()
  const dead = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    socket.resume()
  }).listen(0, '127.0.0.1')
  await Promise.all([once(healthy, 'listening'), once(dead, 'listening')])
  const urlOf = (server: { address: () => unknown }) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return {
    healthyUrl: urlOf(healthy),
    deadUrl: urlOf(dead),
    arrived,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      healthy.closeAllConnections()
      healthy.close()
      dead.close()
    },
  }
}

async function report(
  { seconds, rate, endpoints, waiting, runs }: Options,
  results: Record<'without' | 'with', Latencies[]>,
  isRedis: boolean,
  databaseUrl: string,
): Promise<string> {
  const medianOf = (which: 'without' | 'with', key: keyof Latencies) => median(results[which].map((one) => one[key]))
  const row = (name: string, which: 'without' | 'with') => [
    name,
    ...(['p50', 'p99', 'slowest'] as const).map((key) => medianOf(which, key).toFixed(1)),
    (medianOf(which, 'p99') / medianOf('without', 'p99')).toFixed(2),
  ]
  const load = `${rate} messages a second to ${endpoints} healthy endpoints for ${seconds} s, median of ${runs} runs`
  return [
    `isolation: ${load}, queue on ${isRedis ? 'Redis' : 'Postgres'}`,
    await describeMachine(databaseUrl),
    '',
    formatTable(
      ['commit to arrival, ms', 'p50', 'p99', 'slowest', 'p99 of without'],
      [
        row('without a dead endpoint', 'without'),
        row(`with one that ${waiting.toLocaleString('en')} messages wait for`, 'with'),
      ],
    ),
  ].join('\n')
}
