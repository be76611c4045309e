import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino'
import type { Config } from './config.ts'
import { openPool, PLAN_ONCE, type Pool } from './database/pool.ts'
import { openPrisma, type PrismaClient } from './database/prisma.ts'
import { type Metrics, openMetrics } from './metrics.ts'
import { openQueue, type Queue } from './queue/queue.ts'
import { openSecretBox, type SecretBox } from './secret-box.ts'

/** What the code runs on, handed on as an argument. */
export type Context = {
  config: Config
  log: Logger
  pool: Pool
  /** For what every request asks, see PLAN_ONCE. Nothing that waits for a lock: then nobody could authenticate. */
  hotPool: Pool
  prisma: PrismaClient
  queue: Queue
  secrets: SecretBox
  metrics: Metrics
  now: () => Date
}

/** Opens what `config` names on the database at `databaseUrl`. `closeContext` closes it. */
export async function openContext(
  config: Config,
  databaseUrl: string,
  log: Logger = openLog(config),
): Promise<Context> {
  const pool = openPool(databaseUrl, config.databasePoolSize, log)
  return {
    config,
    log,
    pool,
    hotPool: openPool(databaseUrl, Math.ceil(config.databasePoolSize / 2), log, PLAN_ONCE),
    prisma: openPrisma(pool),
    queue: openQueue(config, databaseUrl, log),
    secrets: await openSecretBox(config),
    metrics: openMetrics(pool),
    now: () => new Date(),
  }
}

export async function closeContext(context: Context): Promise<void> {
  await context.queue.close()
  await context.prisma.$disconnect()
  await Promise.all([context.pool.end(), context.hotPool.end()])
}

/** JSON lines to the standard output, or to `destination`. */
export function openLog(config: Pick<Config, 'logLevel'>, destination?: DestinationStream): Logger {
  const options = { level: config.logLevel, serializers: { err: serializeError } }
  return destination === undefined ? pino(options) : pino(options, destination)
}

/** An error's kind, code, message and stack. Postgres adds the row it refused (`detail`): that stays out. */
function serializeError(error: Error) {
  const { type, message, stack } = stdSerializers.err(error)
  return { type, code: 'code' in error ? error.code : undefined, message, stack }
}
