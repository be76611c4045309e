import type { FastifyInstance } from 'fastify'
import { bootstrapKeys, createFirstAccount } from './accounts/bootstrap.ts'
import { buildApp } from './app.ts'
import type { Config } from './config.ts'
import { closeContext, type Context, openContext, openLog } from './context.ts'
import { migrate } from './database/migrate.ts'
import { openDatabase, withClient } from './database/open-database.ts'
import { OperatorError } from './errors.ts'
import { serveMetrics } from './metrics.ts'
import { migrateQueue } from './queue/backend.ts'
import { startWorker } from './worker.ts'

/** A running server. `stop` lets requests under way finish, gives jobs back, and closes everything, within 10 s. */
export type Running = {
  context: Context
  url: string | undefined
  firstKeys: FirstKeys | undefined
  stop: () => Promise<void>
}
export type FirstKeys = { live: string; sandbox: string }

type Roles = { api: boolean; worker: boolean }

/** Past this, connections that are still open are cut. */
const REQUEST_GRACE_MS = 8000

/** Brings up the roles asked for, on the database and the queue that `config` names. */
export async function start(config: Config, roles: Roles, onLost: () => void): Promise<Running> {
  const closers: (() => Promise<void>)[] = []
  const stop = async () => {
    // What cannot be closed must not keep the rest open: last of all comes the embedded Postgres.
    const failures: unknown[] = []
    for (const close of closers.toReversed()) await close().catch((error: unknown) => failures.push(error))
    if (failures.length > 0) throw failures[0]
  }
  try {
    const log = openLog(config)
    const database = await openDatabase(config, onLost)
    closers.push(() => database.stop())
    await migrateDatabase(database.url)

    if (config.databaseUrl !== undefined && config.encryptionKeys.length === 0) {
      log.warn(
        `ENCRYPTION_KEYS is not set: secrets are encrypted under a key in ${config.dataDir}, for this machine alone`,
      )
    }
    const context = await openContext(config, database.url, log)
    closers.push(() => closeContext(context))
    await bootstrapKeys(context)
    if (config.metricsPort !== undefined) {
      const { metrics } = context
      const server = await listening('METRICS_PORT', config.metricsPort, () =>
        serveMetrics(metrics, config.host, config.metricsPort ?? 0),
      )
      closers.push(async () => {
        server.closeAllConnections()
        server.close()
      })
    }

    const app = roles.api ? await buildApp(context) : undefined
    const worker = roles.worker ? startWorker(context) : undefined
    closers.push(async () => {
      // Together: a worker may be waiting for an endpoint as long as a client for its answer.
      await Promise.all([worker?.stop(), app === undefined ? undefined : closeApp(app)])
    })
    const url =
      app === undefined
        ? undefined
        : await listening('PORT', config.port, () => app.listen({ host: config.host, port: config.port }))
    // Last: keys that nobody was shown, because the start failed after all, would be lost.
    const firstKeys = roles.api && mayShowKeys(config) ? await createFirstAccount(context) : undefined
    return { context, url, firstKeys, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Brings the tables, and the queue's, up to date. Returns the names of the migrations applied. */
export function migrateDatabase(url: string): Promise<string[]> {
  return withClient(url, async (client) => {
    const applied = await migrate(client)
    await migrateQueue(client)
    return applied
  })
}

/** A first account is for somebody who looks on. In production its keys would end up in a log. */
function mayShowKeys({ databaseUrl, bootstrapKeys: { live, sandbox } }: Config): boolean {
  return live === undefined && sandbox === undefined && (databaseUrl === undefined || process.stdout.isTTY)
}

async function listening<T>(variable: string, port: number, listen: () => Promise<T>): Promise<T> {
  try {
    return await listen()
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      throw new OperatorError(`Port ${port} is in use. Stop what listens there, or set ${variable}.`)
    if (code === 'EACCES')
      throw new OperatorError(`Port ${port} may not be opened by this user. Set ${variable} to 1024 or more.`)
    throw cause
  }
}

async function closeApp(app: FastifyInstance): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), REQUEST_GRACE_MS)
  await app.close()
  clearTimeout(timer)
}
