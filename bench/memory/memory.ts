import { readFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { Command } from 'commander'
import { type Benchmark, positiveInteger, say } from '../benchmark.ts'
import { openBenchDatabase } from '../database.ts'
import { readRecording } from '../heart-rate.ts'
import { sendBatches } from '../ingest/send-batches.ts'
import { emptyTables } from '../ingest/stored.ts'
import { buildWorkload } from '../ingest/workload.ts'
import { describeMachine } from '../machine.ts'
import { results } from '../results.ts'
import { startServerProcess } from '../server-process.ts'
import { formatTable } from '../table.ts'

type Options = { seconds: number; inFlight: number }

const MIB = 2 ** 20
const PAGE_BYTES = 4096

export const memoryBenchmark: Benchmark = {
  name: 'memory',
  command: (signal) =>
    new Command('memory')
      .description('resident memory of the API process while it is sent batches all the time (Linux)')
      .option('--seconds <number>', 'of ingest', positiveInteger, 600)
      .option('--in-flight <number>', 'batches at a time', positiveInteger, 64)
      .action((options: Options) => run(options, signal)),
}

async function run({ seconds, inFlight }: Options, signal: AbortSignal): Promise<void> {
  const workload = buildWorkload(await readRecording(), 'json', 500, 1_000_000)
  await using database = await openBenchDatabase()
  await using server = await startServerProcess(database, { storage: true })
  const measured: number[] = []
  const end = performance.now() + seconds * 1000
  const isOver = () => performance.now() >= end
  const watch = async () => {
    while (!isOver()) {
      measured.push((await residentBytes(server.pid)) / MIB)
      await setTimeout(1000)
    }
  }
  const send = async () => {
    while (!isOver()) {
      signal.throwIfAborted()
      await emptyTables(database.url)
      const { samplesPerSecond } = await sendBatches(server, workload, inFlight, signal)
      say(`${Math.round(samplesPerSecond).toLocaleString('en')} samples/s, ${Math.round(measured.at(-1) ?? 0)} MiB`)
    }
  }
  await Promise.all([watch(), send()])

  const most = (values: number[]) => values.reduce((a, b) => Math.max(a, b), 0)
  const half = Math.floor(measured.length / 2)
  const [first, second] = [most(measured.slice(0, half)), most(measured.slice(half))]
  results.push(
    { figure: `memory at ${inFlight} in flight, MiB`, value: most(measured), atMost: 300 },
    { figure: 'memory, second half of the time of the first', value: second / first, atMost: 1.1 },
  )
  const table = formatTable(
    ['resident MiB', 'most'],
    [
      ['first half of the time', first.toFixed(0)],
      ['second half', second.toFixed(0)],
    ],
  )
  const title = `memory: the API process at ${inFlight} batches of 1000 in flight, for ${seconds} s`
  process.stdout.write(`${[title, await describeMachine(database.url), '', table].join('\n')}\n`)
}

/** proc(5): the second number of statm is in pages. */
async function residentBytes(pid: number): Promise<number> {
  const statm = await readFile(`/proc/${pid}/statm`, 'utf8')
  return Number(statm.split(' ')[1]) * PAGE_BYTES
}
