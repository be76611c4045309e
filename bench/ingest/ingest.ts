import { Command } from 'commander'
import { type Benchmark, positiveInteger, positiveIntegers, say } from '../benchmark.ts'
import { type BenchDatabase, openBenchDatabase } from '../database.ts'
import { readRecording, type Recording } from '../heart-rate.ts'
import { describeMachine } from '../machine.ts'
import { type ServerProcess, startServerProcess } from '../server-process.ts'
import { copyRows } from './copy-rows.ts'
import type { Figures } from './figures.ts'
import { type Result, results } from '../results.ts'
import { median } from '../statistics.ts'
import { formatReport, type Measured, nameOf, rateOf } from './report.ts'
import { createTokens, sendAs, sendBatches } from './send-batches.ts'
import { emptyTables, measureWal, requireStored } from './stored.ts'
import { buildWorkload, type FormName, type Workload } from './workload.ts'

type Options = { samples: number; users: number; runs: number; inFlight: number[]; forms: boolean; cpuProf?: string }

/** A cold server takes its first 50 batches at less than half its speed. */
const WARM_UP_BATCHES = 150
/** The other forms of a batch are measured with so many in flight. */
const FORMS_IN_FLIGHT = 8
/** Small batches are many requests: of fewer samples, a measurement takes as long. */
const SHARE_OF_SMALL = { 'json of 60': 4, 'json of 3': 40 } as const

export const ingestBenchmark: Benchmark = {
  name: 'ingest',
  command: (signal) =>
    new Command('ingest')
      .description('samples a second stored over HTTP, beside COPY and beside the same server with storage off')
      .option('--samples <number>', 'sent in each measurement, in batches of 1000', positiveInteger, 600_000)
      .option('--users <number>', 'that the samples are of', positiveInteger, 200)
      .option('--runs <number>', 'of which the median is reported', positiveInteger, 5)
      .option('--in-flight <numbers>', 'batches at a time, separated by commas', positiveIntegers, [1, 8])
      .option('--no-forms', 'leave out gzip, columns, small batches and sending again')
      .option('--cpu-prof <folder>', 'where the server that stores leaves a CPU profile when it stops')
      .action((options: Options) => run(options, signal)),
}

async function run(options: Options, signal: AbortSignal): Promise<void> {
  const recording = await readRecording()
  const build = (form: FormName, samples = options.samples) => buildWorkload(recording, form, options.users, samples)
  await using database = await openBenchDatabase()
  await using storing = await startServerProcess(database, { storage: true, profileFolder: options.cpuProf })
  await using discarding = await startServerProcess(database, { storage: false })
  const configurations = configure({ database, storing, discarding, build, options, signal })

  const json = build('json')
  const warmUp = { ...json, batches: json.batches.slice(0, WARM_UP_BATCHES) }
  for (const server of [storing, discarding]) await sendBatches(server, warmUp, 8, signal)

  for (let number = 1; number <= options.runs; number++) {
    // In turns, so that whatever else the machine does meets all of them alike.
    for (const one of configurations) {
      signal.throwIfAborted()
      await emptyTables(database.url)
      const measured = await one.measure()
      one.figures.push(measured)
      const rate = Math.round(measured.samplesPerSecond).toLocaleString('en')
      const at = one.inFlight === undefined ? '' : ` ${one.inFlight}`
      say(`run ${number} of ${options.runs}: ${nameOf(one)}${at}: ${rate} samples/s`)
    }
  }
  const report = formatReport(
    configurations,
    json.samples,
    describeData(recording, options),
    await describeMachine(database.url),
  )
  process.stdout.write(`${report}\n`)
  if (options.forms) results.push(...judge(configurations))
}

/** With so many in flight: see the table of targets in bench/README.md. */
function judge(measured: Measured[]): Result[] {
  const find = (kind: Measured['kind'], form: FormName) =>
    measured.find((one) => one.kind === kind && one.form === form && one.inFlight === FORMS_IN_FLIGHT)
  const [json, off, columns, again] = [
    find('stored', 'json'),
    find('storage off', 'json'),
    find('stored', 'columns'),
    find('again', 'json'),
  ]
  const copy = measured.find(({ kind }) => kind === 'COPY')
  if (json === undefined || off === undefined || columns === undefined || again === undefined || copy === undefined)
    return []
  const wal = median(again.figures.map(({ walBytes = 0 }) => walBytes)) / 1e6
  return [
    { figure: 'ingest, JSON of 1000, of COPY', value: rateOf(json) / rateOf(copy), atLeast: 1.5 },
    { figure: 'ingest, JSON of 1000, of storage off', value: rateOf(json) / rateOf(off), atLeast: 0.7 },
    { figure: 'ingest, columns, of JSON', value: rateOf(columns) / rateOf(json), atLeast: 2 },
    { figure: 'ingest, sent again, of the first time', value: rateOf(again) / rateOf(json), atLeast: 1 },
    { figure: 'ingest, sent again, MB of WAL', value: wal, atMost: 1 },
  ]
}

const describeData = (recording: Recording, { users }: Options) =>
  `data: ${recording.rates.length.toLocaleString('en')} real heart rates, repeated over ${users} users and their days`

type Configuration = Measured & { measure: () => Promise<Figures> }

type Setting = {
  database: BenchDatabase
  storing: ServerProcess
  discarding: ServerProcess
  build: (form: FormName, samples?: number) => Workload
  options: Options
  signal: AbortSignal
}

function configure(setting: Setting): Configuration[] {
  const { database, discarding, build, options, signal } = setting
  const json = build('json')
  const discard = async (inFlight: number) => {
    const figures = await sendBatches(discarding, json, inFlight, signal)
    await requireStored(database.url, 0)
    return figures
  }
  return [
    ...options.inFlight.map((inFlight) => toStore(setting, json, inFlight)),
    ...options.inFlight.map((inFlight) => ({
      kind: 'storage off' as const,
      form: 'json' as const,
      inFlight,
      measure: () => discard(inFlight),
      figures: [],
    })),
    { kind: 'COPY' as const, form: 'json' as const, measure: () => copyRows(database.url, json), figures: [] },
    ...(options.forms ? otherForms(setting, json) : []),
  ]
}

function otherForms(setting: Setting, json: Workload): Configuration[] {
  const { build, options } = setting
  const small = (form: keyof typeof SHARE_OF_SMALL) => build(form, Math.ceil(options.samples / SHARE_OF_SMALL[form]))
  const workloads = [build('gzip'), build('columns'), small('json of 60'), small('json of 3')]
  return [
    ...workloads.map((workload) => toStore(setting, workload, FORMS_IN_FLIGHT)),
    { kind: 'again', form: 'json', inFlight: FORMS_IN_FLIGHT, measure: () => sendAgain(setting, json), figures: [] },
  ]
}

function toStore({ database, storing, signal }: Setting, workload: Workload, inFlight: number): Configuration {
  const measure = async () => {
    const send = () => sendBatches(storing, workload, inFlight, signal)
    const figures = await measureWal(database.url, send)
    const storedBytes = await requireStored(database.url, workload.samples)
    // Of small batches fewer samples are sent: they are not compared by what they take.
    if (workload.form.startsWith('json of')) return { ...figures, walBytes: undefined }
    return { ...figures, storedBytes }
  }
  return { kind: 'stored', form: workload.form, inFlight, measure, figures: [] }
}

async function sendAgain({ database, storing, signal }: Setting, workload: Workload): Promise<Figures> {
  const tokens = await createTokens(storing, workload.users)
  await sendAs(storing, tokens, workload, FORMS_IN_FLIGHT, 'inserted', signal)
  const send = () => sendAs(storing, tokens, workload, FORMS_IN_FLIGHT, 'unchanged', signal)
  return measureWal(database.url, send)
}
