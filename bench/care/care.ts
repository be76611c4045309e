import { Command } from 'commander'
import pg from 'pg'
import { type Benchmark, positiveInteger, say } from '../benchmark.ts'
import { openBenchDatabase } from '../database.ts'
import { describeMachine } from '../machine.ts'
import { startServerProcess } from '../server-process.ts'
import { median } from '../statistics.ts'
import { formatTable } from '../table.ts'
import { type Case, casesOf } from './cases.ts'
import { type CareToken, fetchToken } from './fetch-token.ts'
import { insertMetrics, insertPatients } from './populate.sql.ts'

type Options = { runs: number; patients: number; metrics: number; cpuProf?: string }
type Times = { api: number[]; byHand: number[] }

export const careBenchmark: Benchmark = {
  name: 'care',
  command: (signal) =>
    new Command('care')
      .description('Lists of the Care API beside a select of the same rows by hand')
      .option('--runs <number>', 'of which the median is reported', positiveInteger, 50)
      .option('--patients <number>', 'in the organization', positiveInteger, 200_000)
      .option('--metrics <number>', 'of each patient', positiveInteger, 10)
      .option('--cpu-prof <folder>', 'where the server leaves a CPU profile when it stops')
      .action((options: Options) => run(options, signal)),
}

async function run({ runs, patients, metrics, cpuProf }: Options, signal: AbortSignal): Promise<void> {
  await using database = await openBenchDatabase()
  await using server = await startServerProcess(database, { storage: true, profileFolder: cpuProf })
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  try {
    const token = await fetchToken(server)
    say(`writing ${patients} patients with ${metrics} metrics each`)
    await client.query(insertPatients, [token.tenantId, patients])
    await client.query(insertMetrics, [token.tenantId, metrics])
    await client.query('vacuum analyze')
    const cases = await casesOf(client, token, patients)
    const measured: [Case, Times][] = []
    for (const each of cases) {
      signal.throwIfAborted()
      measured.push([each, await measure(client, token, each, runs)])
      say(each.name)
    }
    const size = `${patients.toLocaleString('en')} patients, ${(patients * metrics).toLocaleString('en')} metrics`
    const title = `care: ${size}, one request at a time, median of ${runs}`
    process.stdout.write(`${[title, await describeMachine(database.url), '', format(measured)].join('\n')}\n`)
  } finally {
    await client.end()
  }
}

/** In turns, so that what else the machine does slows both. The first of each is not counted. */
async function measure(client: pg.Client, token: CareToken, { path, byHand }: Case, runs: number): Promise<Times> {
  const times: Times = { api: [], byHand: [] }
  for (let number = 0; number <= runs; number++) {
    const [api, rows] = await timed(() => token.get(path))
    let [hand, found] = [0, 0]
    for (const { text, values } of byHand) {
      const [ms, result] = await timed(() => client.query(text, values))
      hand += ms
      found = Math.max(found, text.includes('count(*)') ? 0 : result.rows.length)
    }
    if (rows !== found) throw new Error(`${path} has ${rows} rows, by hand there are ${found}`)
    if (number === 0) continue
    times.api.push(api)
    times.byHand.push(hand)
  }
  return times
}

async function timed<Result>(work: () => Promise<Result>): Promise<[number, Result]> {
  const begin = performance.now()
  const result = await work()
  return [performance.now() - begin, result]
}

const format = (measured: [Case, Times][]): string =>
  formatTable(
    ['', 'API ms', 'by hand ms', 'ratio'],
    measured.map(([{ name }, { api, byHand }]) => [
      name,
      median(api).toFixed(1),
      median(byHand).toFixed(1),
      (median(api) / median(byHand)).toFixed(2),
    ]),
  )
