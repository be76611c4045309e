import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Command } from 'commander'
import { ZipFile } from 'yazl'
import { type Benchmark, positiveInteger, say } from '../benchmark.ts'
import { openBenchDatabase } from '../database.ts'
import { requireStored } from '../ingest/stored.ts'
import { describeMachine } from '../machine.ts'
import { results } from '../results.ts'
import { startServerProcess } from '../server-process.ts'
import { formatTable } from '../table.ts'
import { type Measured, runImporter } from './run-importer.ts'
import { daysOfBytes, writeExport } from './write-export.ts'

type Options = { megabytes: number; concurrency: number }

const MB = 1e6
const MIB = 2 ** 20

export const importBenchmark: Benchmark = {
  name: 'import',
  command: (signal) =>
    new Command('import')
      .description(
        "npx pulsewell import of an export of Apple Health: samples a second, and the importer's memory (Linux)",
      )
      .option('--megabytes <number>', 'of export.xml', positiveInteger, 2000)
      .option('--concurrency <number>', 'batches at a time', positiveInteger, 4)
      .action((options: Options) => run(options, signal)),
}

async function run({ megabytes, concurrency }: Options, signal: AbortSignal): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pulsewell-export-'))
  try {
    const xml = join(folder, 'export.xml')
    const { days, samples } = await writeExport(xml, daysOfBytes(megabytes * MB))
    const { size } = await stat(xml)
    say(`${days} days, ${samples.toLocaleString('en')} samples, ${Math.round(size / MB).toLocaleString('en')} MB`)
    const zip = join(folder, 'export.zip')
    await writeZip(zip, xml)

    const read = await runImporter([xml, '--dry-run'], {}, signal)
    const unpacked = await runImporter([zip, '--dry-run'], {}, signal)
    await using database = await openBenchDatabase()
    const imported = await importInto(database, xml, folder, concurrency, samples, signal)
    const rows = [
      rowOf('export.xml, read alone', read, samples, size),
      rowOf('export.zip, read alone', unpacked, samples, size),
      rowOf('export.xml, imported', imported, samples, size),
    ]
    // The first quarter is the one in which the garbage collector finds its size.
    const [, second, , last] = imported.quarters
    results.push({ figure: 'import, memory in its last quarter, of its second', value: last! / second!, atMost: 1.1 })
    const head = [
      '',
      'samples/s',
      'MB/s',
      'CPU s',
      ...['25 %', '50 %', '75 %', '100 %'].map((part) => `MiB to ${part}`),
    ]
    const title = `import: ${Math.round(size / MB).toLocaleString('en')} MB of export.xml, ${samples.toLocaleString('en')} samples of ${days} days, ${concurrency} batches at a time`
    process.stdout.write(`${[title, await describeMachine(database.url), '', formatTable(head, rows)].join('\n')}\n`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Throws unless the server has every sample afterwards. */
async function importInto(
  database: { url: string; folder: string } & AsyncDisposable,
  xml: string,
  folder: string,
  concurrency: number,
  samples: number,
  signal: AbortSignal,
): Promise<Measured> {
  await using server = await startServerProcess(database, { storage: true })
  const args = [xml, '--url', server.url, '--user', 'bench', '--concurrency', String(concurrency)]
  const imported = await runImporter(args, { PULSEWELL_KEY: server.secretKey, XDG_STATE_HOME: folder }, signal)
  await requireStored(database.url, samples)
  return imported
}

async function writeZip(path: string, xml: string): Promise<void> {
  const archive = new ZipFile()
  archive.addFile(xml, 'apple_health_export/export.xml')
  archive.end()
  await pipeline(archive.outputStream, createWriteStream(path))
}

function rowOf(name: string, { seconds, cpuSeconds, quarters }: Measured, samples: number, bytes: number): string[] {
  return [
    name,
    Math.round(samples / seconds).toLocaleString('en'),
    (bytes / MB / seconds).toFixed(1),
    cpuSeconds.toFixed(0),
    ...quarters.map((resident) => (resident / MIB).toFixed(0)),
  ]
}
