import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import packageJson from '../package.json' with { type: 'json' }
import { CLIENT } from './care/fetch-token.ts'
import type { BenchDatabase } from './database.ts'

export type ServerProcess = AsyncDisposable & { url: string; secretKey: string; pid: number }

type Options = { storage: boolean; profileFolder?: string | undefined }

const NO_LIMIT = '1000000000'
/** What `npm start` tells Node of memory. */
const memoryFlags = packageJson.scripts.start.match(/--max-[\w-]+=\d+/g) ?? []

/** Starts a server on `database` in a process of its own, so that the load generator does not share its event loop. */
export async function startServerProcess(
  { url: databaseUrl, folder }: BenchDatabase,
  { storage, profileFolder }: Options,
): Promise<ServerProcess> {
  const secretKey = `sk_live_${randomBytes(32).toString('base64url')}`
  const child = fork(new URL('./server.ts', import.meta.url), storage ? [] : ['--storage-off'], {
    execArgv: [
      ...memoryFlags,
      ...(profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`]),
    ],
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      DATA_DIR: folder,
      MALLOC_ARENA_MAX: '1',
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_LEVEL: 'warn',
      BOOTSTRAP_SECRET_KEY: secretKey,
      BOOTSTRAP_SANDBOX_KEY: '',
      BOOTSTRAP_OAUTH_CLIENT: `${CLIENT.id}:${CLIENT.secret}`,
      RATE_LIMIT_KEY: NO_LIMIT,
      RATE_LIMIT_SAMPLES: NO_LIMIT,
      RATE_LIMIT_AUTHENTICATION: NO_LIMIT,
    },
  })
  const exited = once(child, 'exit')
  const url = await readUrl(child)
  return {
    url,
    secretKey,
    pid: child.pid!,
    [Symbol.asyncDispose]: async () => {
      if (child.connected) child.disconnect()
      await exited
    },
  }
}

async function readUrl(child: ChildProcess): Promise<string> {
  const [message] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [unknown]
  if (typeof message !== 'object' || message === null || !('url' in message)) {
    throw new Error('the server under test did not start; what it said is above')
  }
  return String(message.url)
}
