import { Command } from 'commander'
import { Pool } from 'undici'
import { type Benchmark, positiveInteger, say } from '../benchmark.ts'
import { startChild } from '../child-process.ts'
import { openBenchDatabase } from '../database.ts'
import { describeMachine } from '../machine.ts'
import { results } from '../results.ts'
import { startServerProcess } from '../server-process.ts'
import { median, percentile } from '../statistics.ts'
import { formatTable } from '../table.ts'
import { POLLED_DATE, wearDevices } from './wearers.ts'

type Options = { runs: number; seconds: number; inFlight: number; days: number; cpuProf?: string }
type Figures = { perSecond: number; p50: number; p99: number }
type Case = { name: string; url: string; path: string; headers: Record<string, string>; figures: Figures[] }

export const pollsBenchmark: Benchmark = {
  name: 'polls',
  command: (signal) =>
    new Command('polls')
      .description('GET /activity by date, of a day and of a year of data, beside a constant of the same size')
      .option('--runs <number>', 'of which the median is reported', positiveInteger, 5)
      .option('--seconds <number>', 'of each measurement', positiveInteger, 3)
      .option('--in-flight <number>', 'requests at a time', positiveInteger, 8)
      .option('--days <number>', 'of data that the wearer with a year of it has', positiveInteger, 365)
      .option('--cpu-prof <folder>', 'where the server leaves a CPU profile when it stops')
      .action((options: Options) => run(options, signal)),
}

async function run({ runs, seconds, inFlight, days, cpuProf }: Options, signal: AbortSignal): Promise<void> {
  await using database = await openBenchDatabase()
  await using server = await startServerProcess(database, { storage: true, profileFolder: cpuProf })
  const headers = { 'x-api-key': server.secretKey }
  const poll = async (name: string, devices: number, ofDays: number): Promise<Case> => {
    const path = `/activity?userId=${await wearDevices(server, devices, ofDays)}&date=${POLLED_DATE}`
    return { name, url: server.url, path, headers, figures: [] }
  }
  const cases = [
    await poll('a day of data, one device', 1, 1),
    await poll('a day of data, three devices', 3, 1),
    await poll(`${days} days of data, three devices`, 3, days),
  ]
  const sample = await read(cases[2]!)
  await using constant = await startChild(new URL('./constant.ts', import.meta.url), { CONSTANT: sample })
  const { url } = constant.message as { url: string }
  cases.unshift({ name: `a constant of ${sample.length} bytes`, url, path: '/constant', headers: {}, figures: [] })

  // Once before the runs, unmeasured: a cold server takes its first requests at a fraction of its speed.
  for (let number = 0; number <= runs; number++) {
    for (const one of cases) {
      signal.throwIfAborted()
      const figures = await load(one, inFlight, seconds)
      if (number === 0) continue
      one.figures.push(figures)
      say(`run ${number} of ${runs}: ${one.name}: ${Math.round(figures.perSecond).toLocaleString('en')} requests/s`)
    }
  }
  const title = `polls: GET /activity by date, ${inFlight} in flight for ${seconds} s, median of ${runs} runs`
  results.push({
    figure: 'polls of a day of one device, of a constant',
    value: rateOf(cases[1]!) / rateOf(cases[0]!),
    atLeast: 0.5,
  })
  process.stdout.write(`${[title, await describeMachine(database.url), '', format(cases)].join('\n')}\n`)
}

async function read({ url, path, headers }: Case): Promise<string> {
  const answer = await fetch(new URL(path, url), { headers })
  return answer.text()
}

/** As many requests as are answered in a while, each connection sending the next when it has the answer to its last. */
async function load({ url, path, headers }: Case, inFlight: number, seconds: number): Promise<Figures> {
  const http = new Pool(url, { connections: inFlight, pipelining: 1 })
  const latencies: number[] = []
  const begin = performance.now()
  const end = begin + seconds * 1000
  const client = async () => {
    for (let sent = performance.now(); sent < end; sent = performance.now()) {
      const { statusCode, body } = await http.request({ method: 'GET', path, headers })
      await body.dump()
      if (statusCode !== 200) throw new Error(`GET ${path} was answered ${statusCode}`)
      latencies.push(performance.now() - sent)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, client))
  const perSecond = latencies.length / ((performance.now() - begin) / 1000)
  await http.close()
  return { perSecond, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) }
}

const rateOf = ({ figures }: Case) => median(figures.map(({ perSecond }) => perSecond))

function format(cases: Case[]): string {
  const head = ['', 'requests/s', 'lowest to highest', 'p50 ms', 'p99 ms', 'of the constant']
  const whole = (value: number) => Math.round(value).toLocaleString('en')
  const rows = cases.map((one) => {
    const rates = one.figures.map(({ perSecond }) => perSecond)
    return [
      one.name,
      whole(rateOf(one)),
      `${whole(Math.min(...rates))} to ${whole(Math.max(...rates))}`,
      median(one.figures.map(({ p50 }) => p50)).toFixed(1),
      median(one.figures.map(({ p99 }) => p99)).toFixed(1),
      (rateOf(one) / rateOf(cases[0]!)).toFixed(2),
    ]
  })
  return formatTable(head, rows)
}
