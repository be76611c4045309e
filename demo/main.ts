import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { runDemo } from './demo.ts'
import { DemoFailure, Interrupted } from './failure.ts'

const USAGE = `Usage: npm run demo [-- --replace-webhook]

Sends a week of one wearer's steps to Pulsewell and compares, day by day, what the vendor counted with what the API
answers and what the webhook carried. Uses the service on PORT (3000) when one runs, with PULSEWELL_KEY; starts one of
its own otherwise, which leaves nothing behind.

  --replace-webhook  go on where the account's webhooks already go somewhere; gives the URL back, with a new key
  --help             show this

Exit code: 0 all agree, 1 something differs or failed, 2 the demo could not begin.
`

if (existsSync('.env')) process.loadEnvFile('.env')
process.exitCode = await main()

async function main(): Promise<number> {
  const interruption = watchForSignals()
  try {
    const options = readArguments()
    if (options.help) {
      process.stdout.write(USAGE)
      return 0
    }
    const agrees = await runDemo(process.env, options.replaceWebhook, interruption)
    return agrees ? 0 : 1
  } catch (error) {
    return report(error)
  }
}

function readArguments(): { help: boolean; replaceWebhook: boolean } {
  try {
    const { values } = parseArgs({ options: { help: { type: 'boolean' }, 'replace-webhook': { type: 'boolean' } } })
    return { help: values.help === true, replaceWebhook: values['replace-webhook'] === true }
  } catch (error) {
    throw new DemoFailure(`${(error as Error).message}\n\n${USAGE}`, 2)
  }
}

/**
 * Aborts when the demo should stop, so that what it started is stopped too. A second Ctrl-C has no further effect: npm
 * passes on the one that the terminal has sent already.
 */
function watchForSignals(): AbortSignal {
  const stopping = new AbortController()
  const stop = (signal: NodeJS.Signals) => stopping.abort(new Interrupted(signal))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  // Whoever read the output has gone, as with `| head`.
  process.stdout.on('error', () => stop('SIGPIPE'))
  return stopping.signal
}

/** Prints why the demo ended. Returns the exit code. */
function report(error: unknown): number {
  if (error instanceof SuppressedError) {
    // Cleaning up failed after something else had: that comes first, and decides.
    const exitCode = report(error.suppressed)
    report(error.error)
    return exitCode
  }
  const isForeseen = error instanceof DemoFailure || error instanceof Interrupted
  process.stderr.write(`\n${isForeseen ? error.message : error instanceof Error ? error.stack : String(error)}\n`)
  return isForeseen ? error.exitCode : 1
}
