import { Command } from 'commander'
import { OperatorError } from '../src/errors.ts'
import type { Benchmark } from './benchmark.ts'
import { careBenchmark } from './care/care.ts'
import { isolationBenchmark } from './deliveries/isolation.ts'
import { deliveriesBenchmark } from './deliveries/rate.ts'
import { importBenchmark } from './import/import.ts'
import { ingestBenchmark } from './ingest/ingest.ts'
import { growthBenchmark } from './growth/growth.ts'
import { latencyBenchmark } from './latency/latency.ts'
import { describeHost } from './machine.ts'
import { memoryBenchmark } from './memory/memory.ts'
import { peersBenchmark } from './peers/peers.ts'
import { pollsBenchmark } from './polls/polls.ts'
import { formatResults, results, writeResults } from './results.ts'

/** Every benchmark there is. */
const benchmarks: Benchmark[] = [
  ingestBenchmark,
  growthBenchmark,
  memoryBenchmark,
  pollsBenchmark,
  latencyBenchmark,
  deliveriesBenchmark,
  isolationBenchmark,
  careBenchmark,
  importBenchmark,
  peersBenchmark,
]

const interrupted = new AbortController()
// Once: a second Ctrl-C ends the process as usual.
process.once('SIGINT', () => interrupted.abort(new OperatorError('Interrupted.')))

const program = new Command('npm run bench --')
  .description('Measures Pulsewell on this machine. Without a name: every benchmark, with its defaults.')
  .argument('[name]')
  .action(async (name: string | undefined) => {
    if (name !== undefined) {
      const names = benchmarks.map((benchmark) => benchmark.name).join(', ')
      throw new OperatorError(`There is no benchmark ${name}. There is: ${names}.`)
    }
    for (const benchmark of benchmarks) await benchmark.command(interrupted.signal).parseAsync([], { from: 'user' })
    const path = await writeResults(describeHost(), new Date())
    process.stdout.write(`\n${formatResults(results)}\n\nwritten to ${path}\n`)
  })
for (const benchmark of benchmarks) program.addCommand(benchmark.command(interrupted.signal))

await program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof OperatorError ? error.message : (error as Error).stack}\n`)
  process.exitCode = 1
})
