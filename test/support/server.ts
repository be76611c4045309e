import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { createAccount } from '../../src/accounts/create-account.ts'
import { createKey } from '../../src/accounts/keys.ts'
import { buildApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { closeContext, type Context, openContext, openLog } from '../../src/context.ts'
import { withClient } from '../../src/database/open-database.ts'
import { startWorker } from '../../src/worker.ts'

export type TestServer = {
  url: string
  databaseUrl: string
  context: Context
  keys: { live: string; sandbox: string; client: string }
  /** Everything logged so far, a line an entry. */
  logged: string[]
  stop: () => Promise<void>
}

export type ServerOptions = {
  environment?: Record<string, string>
  worker?: boolean
  now?: () => Date
  /** Gives the port of something that stands between the server and its database. */
  through?: (databaseUrl: string) => Promise<number>
}

/** A whole server on a database of its own, cloned from the migrated template, listening on a free port. */
export async function startServer({
  environment = {},
  worker = true,
  now,
  through,
}: ServerOptions = {}): Promise<TestServer> {
  const databaseUrl = await cloneDatabase()
  const usedUrl = new URL(databaseUrl)
  if (through !== undefined) usedUrl.port = String(await through(databaseUrl))
  const dataDir = await mkdtemp(join(tmpdir(), 'pulsewell-data-'))
  const config = readConfig({
    DATA_DIR: dataDir,
    DATABASE_URL: usedUrl.href,
    REDIS_PREFIX: `test-${randomUUID().slice(0, 8)}`,
    LOG_LEVEL: 'debug',
    WEBHOOK_WINDOW_MS: '50',
    WEBHOOK_ALLOW_HTTP: 'true',
    WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8',
    RATE_LIMIT_KEY: '100000',
    RATE_LIMIT_SAMPLES: '100000',
    RATE_LIMIT_AUTHENTICATION: '100000',
    ...environment,
  })
  const logged: string[] = []
  const log = openLog(config, { write: (line) => void logged.push(line) })
  const opened = await openContext(config, usedUrl.href, log)
  const context = now === undefined ? opened : { ...opened, now }
  const { live, sandbox } = await createAccount(context.prisma, 'test')
  const keys = {
    live: await createKey(context.prisma, live, 'secret'),
    sandbox: await createKey(context.prisma, sandbox, 'secret'),
    client: await createKey(context.prisma, live, 'client'),
  }
  const running = worker ? startWorker(context) : undefined
  const app = await buildApp(context)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    url,
    databaseUrl,
    context,
    keys,
    logged,
    stop: async () => {
      await Promise.all([running?.stop(), app.close()])
      await closeContext(context)
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** A copy of the migrated template. Left to the run's server, which goes away with it. */
export async function cloneDatabase(): Promise<string> {
  const url = new URL(inject('postgresUrl'))
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await withClient(url.href, (client) => client.query(`create database ${name} template pulsewell_template`))
  url.pathname = `/${name}`
  return url.href
}
