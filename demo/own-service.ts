import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { EnvironmentVariables } from '../src/config.ts'
import { freePort } from '../src/database/free-port.ts'
import { DemoFailure } from './failure.ts'
import { probe } from './readiness.ts'
import type { Service } from './service.ts'

const MAIN = join(import.meta.dirname, '../src/main.ts')
/** The first start makes a database: 2 s here, more on a slow disk. */
const START_TIMEOUT_MS = 60_000
const POLL_MS = 100
/** The service gives itself 10 s, and its Postgres 20 s. */
const STOP_TIMEOUT_MS = 35_000
const SHOWN_LOG_LINES = 20

/** Starts a service on a free port, in a folder of its own that goes away with it. Does not heed Ctrl-C: see `stop`. */
export async function startOwnService(): Promise<Service> {
  await using cleanup = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'pulsewell-demo-'))
  cleanup.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  const key = `sk_live_${randomBytes(32).toString('base64url')}`
  const port = await freePort()
  const child = await spawnService(folder, { PORT: String(port), BOOTSTRAP_SECRET_KEY: key })
  cleanup.defer(() => stop(child, folder))
  const readLog = () => readEnd(join(folder, 'service.log'))
  const url = `http://127.0.0.1:${port}`
  await waitUntilReady(url, child, readLog)
  const kept = cleanup.move()
  return { url, key, readLog, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

async function spawnService(folder: string, settings: Record<string, string>): Promise<ChildProcess> {
  const log = await open(join(folder, 'service.log'), 'w')
  try {
    return spawn(process.execPath, [MAIN, 'serve'], {
      // Not in the project, where a .env may name a database that is no playground.
      cwd: folder,
      env: { ...withoutConfiguration(process.env), DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'warn', ...settings },
      // In a group of its own: Ctrl-C reaches the demo alone, which stops the service when it is done with it.
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    })
  } finally {
    await log.close()
  }
}

function withoutConfiguration(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !(name in EnvironmentVariables.shape)))
}

async function waitUntilReady(url: string, child: ChildProcess, readLog: () => Promise<string>): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS
  while ((await probe(url)) !== 'ready') {
    if (hasExited(child) || performance.now() > deadline) {
      const how = hasExited(child) ? 'did not start' : `was not ready after ${START_TIMEOUT_MS / 1000} s`
      throw new DemoFailure(`The service ${how}. It said:\n\n${await readLog()}\n\n${HOW_TO_BRING_ONE}`)
    }
    await delay(POLL_MS)
  }
}

const HOW_TO_BRING_ONE =
  'The demo can use a service that you start: give it a secret key in PULSEWELL_KEY, and PORT if it is not 3000.'

/**
 * Only for a service that came up or that never will: one that is killed while it starts leaves its Postgres behind.
 * That one is stopped here all the same.
 */
async function stop(child: ChildProcess, folder: string): Promise<void> {
  if (!hasExited(child)) {
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    const killer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
    await exited
    clearTimeout(killer)
  }
  // Postgres removes the file when it stops; the first line is its process id.
  const left = await readFile(join(folder, 'data/postgres/postmaster.pid'), 'utf8').catch(() => undefined)
  if (left !== undefined) killIfAlive(Number(left.split('\n')[0]))
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGQUIT')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

const hasExited = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null

async function readEnd(path: string): Promise<string> {
  return (await readFile(path, 'utf8')).trimEnd().split('\n').slice(-SHOWN_LOG_LINES).join('\n')
}
