import { setTimeout } from 'node:timers/promises'
import { Command } from 'commander'
import pg from 'pg'
import { Agent, request } from 'undici'
import { newWebhookSecret, signMessage } from '../../src/webhooks/sign-message.ts'
import { toSigningKey } from '../../src/webhooks/signing-keys.ts'
import { type Benchmark, positiveInteger, say } from '../benchmark.ts'
import { openBenchDatabase } from '../database.ts'
import { describeMachine } from '../machine.ts'
import { median } from '../statistics.ts'
import { formatTable } from '../table.ts'
import { countDelivered, createEndpoint, insertBacklog, isWaiting } from './backlog.ts'
import { startReceiverProcess, startWorkerProcess } from './processes.ts'

type Options = { deliveries: number; endpoints: number; bytes: number; runs: number; cpuProf?: string }

/** The bare loop has as many requests under way as a worker may have to one endpoint; and to all of them. */
const IN_FLIGHT_PER_ENDPOINT = 50
const POLL_MS = 20

export const deliveriesBenchmark: Benchmark = {
  name: 'deliveries',
  command: (signal) =>
    new Command('deliveries')
      .description('webhooks a second that one worker delivers, beside a bare loop of POSTs to the same receiver')
      .option('--deliveries <number>', 'waiting when the worker starts', positiveInteger, 100_000)
      .option('--endpoints <number>', 'that they go to', positiveInteger, 8)
      .option('--bytes <number>', 'in each body', positiveInteger, 2000)
      .option('--runs <number>', 'of which the median is reported', positiveInteger, 5)
      .option('--cpu-prof <folder>', 'where the workers leave a CPU profile when they stop')
      .action((options: Options) => run(options, signal)),
}

async function run(options: Options, signal: AbortSignal): Promise<void> {
  await using database = await openBenchDatabase()
  await using receiver = await startReceiverProcess()
  const pool = new pg.Pool({ connectionString: database.url })
  const redisUrl = process.env['REDIS_URL']
  if (redisUrl === undefined) say('REDIS_URL is not set: the queue on Redis is left out.')

  const drain = async (redis: string | null) => {
    await pool.query('truncate account cascade')
    for (let i = 0; i < options.endpoints; i++) {
      const endpoint = await createEndpoint(pool, database.folder, receiver.url)
      await insertBacklog(pool, endpoint, options.deliveries / options.endpoints, options.bytes)
    }
    await pool.query('vacuum analyze delivery')
    await using processes = new AsyncDisposableStack()
    processes.use(await startWorkerProcess(database, redis, options.cpuProf))
    const rate = await measure(options.deliveries, async () => {
      while (await isWaiting(pool)) {
        signal.throwIfAborted()
        await setTimeout(POLL_MS)
      }
    })
    const delivered = await countDelivered(pool)
    if (delivered !== options.deliveries) throw new Error(`${delivered} deliveries arrived`)
    return rate
  }
  const contenders = [
    ...[options.endpoints * IN_FLIGHT_PER_ENDPOINT, IN_FLIGHT_PER_ENDPOINT].map((inFlight) => ({
      name: `bare loop of undici POSTs, ${inFlight} under way`,
      rates: [] as number[],
      measure: () => postAll(receiver.url, options, inFlight),
    })),
    { name: 'Pulsewell, queue on Postgres', rates: [] as number[], measure: () => drain(null) },
    ...(redisUrl === undefined
      ? []
      : [{ name: 'Pulsewell, queue on Redis', rates: [] as number[], measure: () => drain(redisUrl) }]),
  ]
  for (let number = 1; number <= options.runs; number++) {
    for (const { name, rates, measure: rate } of contenders) {
      rates.push(await rate())
      say(`run ${number} of ${options.runs}: ${name}: ${whole(rates.at(-1) ?? 0)}/s`)
    }
  }
  await pool.end()

  const bare = median(contenders[0]?.rates ?? [])
  const rows = contenders.map(({ name, rates }) => [
    name,
    whole(median(rates)),
    `${whole(Math.min(...rates))} to ${whole(Math.max(...rates))}`,
    (median(rates) / bare).toFixed(2),
  ])
  const { deliveries, endpoints, bytes, runs } = options
  process.stdout.write(
    [
      `deliveries: ${whole(deliveries)} messages of ${whole(bytes)} bytes to ${endpoints} endpoints, median of ${runs} runs`,
      await describeMachine(database.url),
      '',
      formatTable(['', 'a second', 'lowest to highest', 'of the first'], rows),
      '',
    ].join('\n'),
  )
}

/** Signs and sends as the product does, from memory, and records nothing. */
async function postAll(url: string, { deliveries, bytes }: Options, inFlight: number): Promise<number> {
  const agent = new Agent()
  const body = Buffer.alloc(bytes, 'x')
  const keys = { current: toSigningKey(newWebhookSecret()), isForSettings: true }
  let left = deliveries
  const post = async () => {
    while (left-- > 0) {
      const headers = { 'content-type': 'application/json', ...signMessage('msg', body, keys, new Date()) }
      const response = await request(url, { dispatcher: agent, method: 'POST', headers, body })
      await response.body.dump()
    }
  }
  const rate = await measure(deliveries, () => Promise.all(Array.from({ length: inFlight }, post)))
  await agent.close()
  return rate
}

async function measure(count: number, work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return count / ((performance.now() - from) / 1000)
}

const whole = (value: number) => Math.round(value).toLocaleString('en')
