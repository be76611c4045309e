import { Command } from 'commander'
import { type Benchmark, positiveInteger, say } from '../benchmark.ts'
import { openBenchDatabase } from '../database.ts'
import { readRecording } from '../heart-rate.ts'
import { createTokens, sendAs, sendBatches, type UserToken } from '../ingest/send-batches.ts'
import { buildWorkload, type Workload } from '../ingest/workload.ts'
import { storedBytes } from '../ingest/stored.ts'
import { describeMachine } from '../machine.ts'
import { results } from '../results.ts'
import { type ServerProcess, startServerProcess } from '../server-process.ts'
import { median } from '../statistics.ts'
import { formatTable } from '../table.ts'

type Options = { users: number; days: number; runs: number }

const IN_FLIGHT = 8
const PROBE = { users: 200, samples: 400_000 }
const DAY_MS = 86_400_000
const SPACING_MS = 5000
const BATCH_SAMPLES = 1000
/** Data of a year that the users of the last line have: a sample each 15 minutes. */
const YEAR = { days: 365, spacingMs: 900_000 }

export const growthBenchmark: Benchmark = {
  name: 'growth',
  command: (signal) =>
    new Command('growth')
      .description('disk of a month of heart rates every 5 s, and the rate of ingest with all of that stored')
      .option('--users <number>', 'with a month of data', positiveInteger, 100)
      .option('--days <number>', 'of data that they have', positiveInteger, 30)
      .option('--runs <number>', 'of which the median is reported', positiveInteger, 3)
      .action((options: Options) => run(options, signal)),
}

async function run({ users, days, runs }: Options, signal: AbortSignal): Promise<void> {
  const recording = await readRecording()
  const probe = buildWorkload(recording, 'json', PROBE.users, PROBE.samples)
  await using database = await openBenchDatabase()
  await using server = await startServerProcess(database, { storage: true })
  const measure = async (send: () => Promise<{ samplesPerSecond: number }>) => {
    const rates: number[] = []
    for (let number = 0; number <= runs; number++) {
      const { samplesPerSecond } = await send()
      // Once before the runs, unmeasured.
      if (number > 0) rates.push(samplesPerSecond)
    }
    return median(rates)
  }
  const toNewUsers = () => sendBatches(server, probe, IN_FLIGHT, signal)
  const empty = await measure(toNewUsers)
  say(`empty: ${Math.round(empty).toLocaleString('en')} samples/s`)

  const before = await storedBytes(database.url)
  const tokens = await createTokens(server, users)
  const perUser = Math.floor((days * DAY_MS) / SPACING_MS)
  const bpm = recording.rates.map((rate) => rate.bpm)
  await load(server, tokens, { perUser, spacingMs: SPACING_MS, from: Date.UTC(2025, 0, 1) }, bpm, signal)
  const perSample = ((await storedBytes(database.url)) - before) / (perUser * users)
  say(`${(perUser * users).toLocaleString('en')} samples stored: ${perSample.toFixed(1)} bytes each`)
  const full = await measure(toNewUsers)

  const yearly = await createTokens(server, PROBE.users)
  const year = { perUser: (YEAR.days * DAY_MS) / YEAR.spacingMs, spacingMs: YEAR.spacingMs, from: Date.UTC(2000, 0, 1) }
  await load(server, yearly, year, bpm, signal)
  // Other days each time, so that all is new.
  let shift = 0
  const toTheSame = () => sendAs(server, yearly, shifted(probe, shift++), IN_FLIGHT, 'inserted', signal)
  const withYear = await measure(toTheSame)

  results.push(
    { figure: 'disk, bytes a sample, a month of heart rates every 5 s', value: perSample, atMost: 20 },
    { figure: `ingest with ${millions(perUser * users)} million stored, of empty`, value: full / empty, atLeast: 0.9 },
    { figure: 'ingest with a year of data of the same users, of empty', value: withYear / empty, atLeast: 0.9 },
  )
  const whole = (value: number) => Math.round(value).toLocaleString('en')
  const table = formatTable(
    ['', 'samples/s', 'of empty'],
    [
      ['empty tables', whole(empty), '1.00'],
      [`${millions(perUser * users)} million samples stored`, whole(full), (full / empty).toFixed(2)],
      ['and a year of data of the same users', whole(withYear), (withYear / empty).toFixed(2)],
    ],
  )
  const title = `growth: JSON of 1000, 8 in flight, median of ${runs} runs; a month takes ${perSample.toFixed(1)} bytes a sample`
  process.stdout.write(`${[title, await describeMachine(database.url), '', table].join('\n')}\n`)
}

const millions = (count: number) => Math.round(count / 1e6)

type Load = { perUser: number; spacingMs: number; from: number }

/** In columns, made as they are sent: a month of JSON would not fit. Each user's in order, many users at a time. */
async function load(
  server: ServerProcess,
  tokens: UserToken[],
  { perUser, spacingMs, from }: Load,
  bpm: number[],
  signal: AbortSignal,
): Promise<void> {
  const batches = Math.ceil(perUser / BATCH_SAMPLES)
  for (let batch = 0; batch < batches; batch++) {
    const first = batch * BATCH_SAMPLES
    const count = Math.min(BATCH_SAMPLES, perUser - first)
    const bodies = tokens.map((_, user) => {
      const columns = {
        data_type: 'bpm',
        unit: 'count/min',
        devices: [{ name: 'Fitbit Charge HR', version: '18.102' }],
        start: new Date(from + first * spacingMs).toISOString(),
        offsets: Array.from({ length: count }, (_sample, index) => index * spacingMs),
        values: Array.from({ length: count }, (_sample, index) => bpm[(first + index + user * 97) % bpm.length]),
      }
      return { body: Buffer.from(JSON.stringify(columns)), samples: count }
    })
    const workload: Workload = {
      form: 'columns',
      users: tokens.length,
      samples: count * tokens.length,
      recorded: 0,
      batches: bodies,
      copies: [],
    }
    await sendAs(server, tokens, workload, IN_FLIGHT, 'inserted', signal)
  }
}

/** The same samples on days that they were not on before. */
function shifted(workload: Workload, times: number): Workload {
  if (times === 0) return workload
  const move = (year: number) => String(year + 4 * times)
  return {
    ...workload,
    batches: workload.batches.map(({ body, samples }) => ({
      samples,
      body: Buffer.from(body.toString().replaceAll(/(?<=_date":")\d{4}/g, (year) => move(Number(year)))),
    })),
  }
}
