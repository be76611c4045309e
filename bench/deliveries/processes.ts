import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { BenchDatabase } from '../database.ts'

export type Child = AsyncDisposable & { message: unknown }

/** A worker of the product on `database`; `redisUrl` null for the queue on Postgres. Stopped when it is disposed of. */
export function startWorkerProcess(
  { url: databaseUrl, folder }: BenchDatabase,
  redisUrl: string | null,
  profileFolder?: string,
): Promise<Child> {
  return start(new URL('./worker.ts', import.meta.url), profileFolder, {
    DATABASE_URL: databaseUrl,
    DATA_DIR: folder,
    REDIS_URL: redisUrl ?? '',
    REDIS_PREFIX: `pulsewell-bench-${process.pid}`,
    LOG_LEVEL: 'warn',
    WEBHOOK_ALLOW_HTTP: 'true',
    WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8',
  })
}

export async function startReceiverProcess(): Promise<AsyncDisposable & { url: string }> {
  const child = await start(new URL('./receiver.ts', import.meta.url), undefined, {})
  return { url: (child.message as { url: string }).url, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() }
}

async function start(
  file: URL,
  profileFolder: string | undefined,
  environment: Record<string, string>,
): Promise<Child> {
  const child = fork(file, [], {
    execArgv: profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`],
    env: { ...process.env, ...environment },
  })
  const exited = once(child, 'exit')
  const message = await readFirst(child)
  return {
    message,
    [Symbol.asyncDispose]: async () => {
      if (child.connected) child.disconnect()
      await exited
    },
  }
}

async function readFirst(child: ChildProcess): Promise<unknown> {
  const [message] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [unknown]
  if (typeof message === 'number' || message === null) throw new Error('a process did not start; what it said is above')
  return message
}
