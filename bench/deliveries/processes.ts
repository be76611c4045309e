import { type Child, startChild } from '../child-process.ts'
import type { BenchDatabase } from '../database.ts'

/** A worker of the product on `database`; `redisUrl` null for the queue on Postgres. Stopped when it is disposed of. */
export function startWorkerProcess(
  { url: databaseUrl, folder }: BenchDatabase,
  redisUrl: string | null,
  profileFolder?: string,
): Promise<Child> {
  return startChild(
    new URL('./worker.ts', import.meta.url),
    {
      DATABASE_URL: databaseUrl,
      DATA_DIR: folder,
      REDIS_URL: redisUrl ?? '',
      REDIS_PREFIX: `pulsewell-bench-${process.pid}`,
      LOG_LEVEL: 'warn',
      WEBHOOK_ALLOW_HTTP: 'true',
      WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8',
    },
    profileFolder,
  )
}

export async function startReceiverProcess(): Promise<AsyncDisposable & { url: string }> {
  const child = await startChild(new URL('./receiver.ts', import.meta.url), {})
  return { url: (child.message as { url: string }).url, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() }
}
