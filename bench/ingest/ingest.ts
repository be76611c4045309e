import { Command } from 'commander'
import { type Benchmark, positiveInteger, positiveIntegers, say } from '../benchmark.ts'
import { type BenchDatabase, openBenchDatabase } from '../database.ts'
import { readRecording } from '../heart-rate.ts'
import { describeMachine } from '../machine.ts'
import { type ServerProcess, startServerProcess } from '../server-process.ts'
import { copyRows } from './copy-rows.ts'
import type { Figures } from './figures.ts'
import { formatReport, type Measured } from './report.ts'
import { sendBatches } from './send-batches.ts'
import { emptyTables, requireStored } from './stored.ts'
import { buildWorkload, type Workload } from './workload.ts'

type Options = { samples: number; users: number; runs: number; inFlight: number[]; cpuProf?: string }

/** A cold server takes its first 50 batches at less than half its speed. */
const WARM_UP_BATCHES = 150

export const ingestBenchmark: Benchmark = {
  name: 'ingest',
  command: (signal) =>
    new Command('ingest')
      .description('samples a second stored over HTTP, beside COPY and beside the same server with storage off')
      .option('--samples <number>', 'sent in each measurement, in batches of 1000', positiveInteger, 600_000)
      .option('--users <number>', 'that the samples are of', positiveInteger, 200)
      .option('--runs <number>', 'of which the median is reported', positiveInteger, 3)
      .option('--in-flight <numbers>', 'batches at a time, separated by commas', positiveIntegers, [1, 8])
      .option('--cpu-prof <folder>', 'where the server that stores leaves a CPU profile when it stops')
      .action((options: Options) => run(options, signal)),
}

async function run(options: Options, signal: AbortSignal): Promise<void> {
  const workload = buildWorkload(await readRecording(), options.users, options.samples)
  await using database = await openBenchDatabase()
  await using storing = await startServerProcess(database, { storage: true, profileFolder: options.cpuProf })
  await using discarding = await startServerProcess(database, { storage: false })
  const configurations = configure(database, storing, discarding, workload, options.inFlight, signal)

  const warmUp = { ...workload, batches: workload.batches.slice(0, WARM_UP_BATCHES) }
  for (const server of [storing, discarding]) await sendBatches(server, warmUp, 8, signal)

  for (let number = 1; number <= options.runs; number++) {
    // In turns, so that whatever else the machine does meets all of them alike.
    for (const { kind, inFlight, measure, figures } of configurations) {
      signal.throwIfAborted()
      await emptyTables(database.url)
      const measured = await measure()
      figures.push(measured)
      const rate = Math.round(measured.samplesPerSecond).toLocaleString('en')
      say(`run ${number} of ${options.runs}: ${kind}${inFlight === undefined ? '' : ` ${inFlight}`}: ${rate} samples/s`)
    }
  }
  process.stdout.write(`${formatReport(configurations, workload, await describeMachine(database.url))}\n`)
}

type Configuration = Measured & { measure: () => Promise<Figures> }

function configure(
  database: BenchDatabase,
  storing: ServerProcess,
  discarding: ServerProcess,
  workload: Workload,
  inFlights: number[],
  signal: AbortSignal,
): Configuration[] {
  const store = async (inFlight: number) => {
    const figures = await sendBatches(storing, workload, inFlight, signal)
    return { ...figures, storedBytes: await requireStored(database.url, workload.samples) }
  }
  const discard = async (inFlight: number) => {
    const figures = await sendBatches(discarding, workload, inFlight, signal)
    await requireStored(database.url, 0)
    return figures
  }
  return [
    ...inFlights.map((inFlight) => ({
      kind: 'stored' as const,
      inFlight,
      measure: () => store(inFlight),
      figures: [],
    })),
    ...inFlights.map((inFlight) => ({
      kind: 'storage off' as const,
      inFlight,
      measure: () => discard(inFlight),
      figures: [],
    })),
    { kind: 'COPY' as const, measure: () => copyRows(database.url, workload), figures: [] },
  ]
}
