import pg from 'pg'
import type { Logger } from 'pino'

export type Pool = pg.Pool
/** A connection with a transaction open on it; handed down as `tx`. */
export type Transaction = pg.PoolClient
export type Queryable = Pool | Transaction

/** Nothing a request asks for takes this long; what does is a fault, and must not hold locks. */
const STATEMENT_TIMEOUT_MS = 30_000

/**
 * For statements that are short, that run many times a second, and whose plan does not depend on their values: each
 * connection plans them once. Postgres would plan half of them at every call, for it expects more of arrays of a known
 * length, and that took 0.4 ms a batch of samples, ten times what it took to run the query.
 */
export const PLAN_ONCE = '-c plan_cache_mode=force_generic_plan'

/**
 * Compiling a query took 0.6 s of the 0.63 that the results of a patient took, whose costs are overestimated; nothing that
 * a request asks runs for so long that it would pay.
 */
const NO_COMPILATION = '-c jit=off'

/** `options` are Postgres' own. Its owner ends it. */
export function openPool(connectionString: string, size: number, log: Logger, options = ''): Pool {
  const pool = new pg.Pool({
    connectionString,
    max: size,
    connectionTimeoutMillis: 5000,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    application_name: 'pulsewell',
    options: `${NO_COMPILATION} ${options}`,
  })
  // An idle connection that the server closed: the pool replaces it, the process must not die of it.
  pool.on('error', (error) => {
    if (!pool.ending) log.warn({ err: error }, 'an idle database connection was lost')
  })
  // The same between two statements of a transaction: the next statement fails, and that is reported.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}
