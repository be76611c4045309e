import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const MAIN = join(import.meta.dirname, '../../src/main.ts')

/** What one process compiled the next need not: half of the second of CPU that a start takes. */
const COMPILED = join(tmpdir(), 'pulsewell-compile-cache')

export type ServerProcess = {
  url: string
  child: ChildProcess
  /** What it printed so far, both streams. */
  output: () => string
  /** Sends a signal and waits for the end; returns the exit code, null when the signal ended it. */
  kill: (signal: NodeJS.Signals) => Promise<number | null>
}

/** The command line, run to its end. */
export async function runCommand(
  args: string[],
  environment: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  const { child, output } = spawnMain(args, environment)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output: output() }
}

/** A server in a process of its own, ready to be asked. Throws with what it printed when it ends before. */
export async function startServerProcess(
  environment: Record<string, string>,
  args = ['serve'],
): Promise<ServerProcess> {
  const { child, output } = spawnMain(args, { PORT: '0', ...environment })
  const ended = once(child, 'exit')
  for (;;) {
    const listening = /(?:Server listening at|running at) (http:\/\/[\d.]+:\d+)/.exec(output())
    if (listening !== null) {
      return {
        url: listening[1]!,
        child,
        output,
        kill: async (signal) => {
          child.kill(signal)
          const [code] = (await ended) as [number | null]
          return code
        },
      }
    }
    await Promise.race([once(child.stdout, 'data'), ended])
    if (child.exitCode !== null) throw new Error(`the server ended before it listened:\n${output()}`)
  }
}

/** The command line, left running. */
export function spawnMain(args: string[], environment: Record<string, string>) {
  const { PATH, HOME } = process.env
  // A folder without .env: the developer's own settings are not the test's.
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: '/',
    env: { PATH, HOME, NODE_COMPILE_CACHE: COMPILED, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (chunk: string) => {
      text += chunk
    })
  }
  return { child, output: () => text }
}
