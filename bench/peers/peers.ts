import { Command } from 'commander'
import packageJson from '../../package.json' with { type: 'json' }
import { type Benchmark, positiveInteger, positiveIntegers, say } from '../benchmark.ts'
import { type BenchDatabase, openBenchDatabase } from '../database.ts'
import { readRecording } from '../heart-rate.ts'
import type { Figures } from '../ingest/figures.ts'
import { sendBatches } from '../ingest/send-batches.ts'
import { emptyTables, requireStored } from '../ingest/stored.ts'
import { buildWorkload, type Workload } from '../ingest/workload.ts'
import { describeMachine } from '../machine.ts'
import { type ServerProcess, startServerProcess } from '../server-process.ts'
import { influxdb } from './influxdb.ts'
import { findInstalled, type Installed } from './installed.ts'
import { toLines } from './lines.ts'
import { measurePeer } from './measure-peer.ts'
import type { Peer } from './peer.ts'
import { formatPeers, type Measured, whole } from './report.ts'
import { victoriaMetrics } from './victoria-metrics.ts'

type Options = { samples: number; users: number; runs: number; inFlight: number[] }
type Turn = Measured & { measure: () => Promise<Figures> }

const peers: Peer[] = [influxdb, victoriaMetrics]

const PULSEWELL = 'Pulsewell'
/** As many as `ingest` warms up with. */
const WARM_UP_BATCHES = 150

export const peersBenchmark: Benchmark = {
  name: 'peers',
  command: (signal) =>
    new Command('peers')
      .description('samples a second stored over HTTP, beside InfluxDB and VictoriaMetrics where they are installed')
      .option('--samples <number>', 'sent in each measurement, in batches of 1000', positiveInteger, 600_000)
      .option('--users <number>', 'that the samples are of', positiveInteger, 200)
      .option('--runs <number>', 'of which the median is reported', positiveInteger, 5)
      .option('--in-flight <numbers>', 'requests at a time, separated by commas', positiveIntegers, [1, 8])
      .action((options: Options) => run(options, signal)),
}

async function run(options: Options, signal: AbortSignal): Promise<void> {
  const { installed, missing } = await findPeers()
  for (const line of missing) say(line)
  if (installed.length === 0) {
    process.stdout.write(`${['peers: nothing to compare with', ...missing].join('\n')}\n`)
    return
  }
  const workload = buildWorkload(await readRecording(), 'json', options.users, options.samples)
  const warmUp = { ...workload, batches: workload.batches.slice(0, WARM_UP_BATCHES) }
  await using database = await openBenchDatabase()
  await using server = await startServerProcess(database, { storage: true })
  await sendBatches(server, warmUp, 8, signal)

  const turns = options.inFlight.flatMap((inFlight) => [
    ofPulsewell(server, database, workload, inFlight, signal),
    ...installed.map((one) => ofPeer(one, warmUp, workload, inFlight, signal)),
  ])
  await takeTurns(turns, options.runs, signal)

  const { samples, recorded, users } = workload
  const report = [
    `peers: ${whole(samples)} samples a measurement in batches of 1000, median of ${options.runs} runs`,
    `data: ${whole(recorded)} real heart rates, repeated over ${users} users and their days`,
    await describeMachine(database.url),
    ...missing,
    '',
    formatPeers(turns, PULSEWELL, samples),
  ]
  process.stdout.write(`${report.join('\n')}\n`)
}

async function findPeers(): Promise<{ installed: Installed[]; missing: string[] }> {
  const found = await Promise.all(peers.map(async (peer) => ({ peer, one: await findInstalled(peer) })))
  return {
    installed: found.flatMap(({ one }) => one ?? []),
    missing: found
      .filter(({ one }) => one === null)
      .map(({ peer }) => `not found: ${peer.name} (no ${peer.binary}; Debian's package is ${peer.package})`),
  }
}

/** In turns, so that whatever else the machine does meets all of them alike. */
async function takeTurns(turns: Turn[], runs: number, signal: AbortSignal): Promise<void> {
  for (let number = 1; number <= runs; number++) {
    for (const one of turns) {
      signal.throwIfAborted()
      const figures = await one.measure()
      one.figures.push(figures)
      const rate = whole(figures.samplesPerSecond)
      say(`run ${number} of ${runs}: ${one.name}, ${one.inFlight} in flight: ${rate} samples/s`)
    }
  }
}

function ofPulsewell(
  server: ServerProcess,
  { url }: BenchDatabase,
  workload: Workload,
  inFlight: number,
  signal: AbortSignal,
): Turn {
  const measure = async () => {
    await emptyTables(url)
    const figures = await sendBatches(server, workload, inFlight, signal)
    return { ...figures, storedBytes: await requireStored(url, workload.samples) }
  }
  return { name: PULSEWELL, version: packageJson.version, inFlight, measure, figures: [] }
}

function ofPeer(
  installed: Installed,
  warmUp: Workload,
  workload: Workload,
  inFlight: number,
  signal: AbortSignal,
): Turn {
  const { peer, version } = installed
  const measure = () => measurePeer(installed, toLines(warmUp), toLines(workload), inFlight, signal)
  return { name: peer.name, version, inFlight, measure, figures: [] }
}
