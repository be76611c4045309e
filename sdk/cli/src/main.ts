import { Command, CommanderError } from 'commander'
import { version } from '@pulsewell/sdk'
import { exitCodes, ImportError } from './import/failures.ts'
import type { ImportFlags } from './import/options.ts'
import { formatReport, printable, toJson } from './import/report.ts'
import { runImport } from './import/run-import.ts'

/** The command line: `argv` as of `process.argv`. Sets the process' exit code. */
export async function main(argv: string[]): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', endUnheard)
  const program = new Command('pulsewell')
    .description('Brings what Apple Health and Fitbit exported into a Pulsewell server.')
    .version(version)
    .exitOverride()
  program.addCommand(importCommand())
  try {
    await program.parseAsync(argv)
  } catch (error) {
    process.exitCode = toExitCode(error)
  }
}

function importCommand(): Command {
  return new Command('import')
    .description('Imports an export: what was sent before is not sent again, so that the same command goes on.')
    .argument('<path>', 'export.zip or export.xml of Apple Health, a CSV file of Fitbit (.csv, .csv.gz), or a folder')
    .option('--url <url>', 'the server', process.env['PULSEWELL_URL'] ?? 'http://127.0.0.1:3000')
    .option('--key-file <file>', 'holds the secret key; otherwise it is in PULSEWELL_KEY, never an argument')
    .option('--user <id>', 'your own id for the person, who is created where there is none yet')
    .option('--user-id <uuid>', "the server's id for the person")
    .option('--user-prefix <text>', 'of files with several people: each becomes the user <text><id in the file>')
    .option('--provider <name>', 'in whose name the samples are stored (default: apple or fitbit, as the file)')
    .option('--since <date>', 'leave out what starts before this day (UTC)')
    .option('--until <date>', 'leave out what starts on this day (UTC) or later')
    .option('--types <names>', 'only these data types, such as steps,bpm')
    .option('--timezone <zone>', 'of times in CSV files that have none, such as Europe/Berlin', 'UTC')
    .option('--concurrency <number>', 'batches at a time', '4')
    .option('--record <file>', 'where it is kept what was sent (default: below ~/.local/state/pulsewell)')
    .option('--restart', 'forget what was sent, and send everything again')
    .option('--dry-run', 'count what there is, and send nothing')
    .option('--json', 'print the summary as JSON')
    .exitOverride()
    .action(runCommand)
}

async function runCommand(path: string, flags: ImportFlags): Promise<void> {
  const interrupted = new AbortController()
  // Once: a second Ctrl-C ends the process as usual.
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort(new Error(name)))
  const surroundings = { environment: process.env, signal: interrupted.signal, screen: process.stderr }
  const report = await runImport(path, flags, surroundings)
  const { failure, isDryRun, uploaded } = report
  // A summary of nothing would hide why there is none.
  const hasSummary = failure === undefined || isDryRun || uploaded.batches > 0
  if (flags.json === true) process.stdout.write(`${toJson(report)}\n`)
  else if (hasSummary) process.stdout.write(formatReport(report))
  if (failure === undefined) return
  const mayGoOn = !isDryRun && (failure.exitCode === exitCodes.failed || failure.exitCode === exitCodes.interrupted)
  process.stderr.write(
    `${printable(failure.message)}\n${mayGoOn ? 'Run the same command again: it goes on from here.\n' : ''}`,
  )
  process.exitCode = failure.exitCode
}

/** Whoever reads along may leave, as `| head` does: the import goes on. A full disk is said as far as that can be. */
function endUnheard({ code }: NodeJS.ErrnoException): void {
  if (code !== 'EPIPE') process.exitCode ||= exitCodes.failed
}

function toExitCode(error: unknown): number {
  if (error instanceof ImportError) {
    process.stderr.write(`${printable(error.message)}\n`)
    return error.exitCode
  }
  // commander has said what is wrong; --help and --version come this way as well.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage
  throw error
}
