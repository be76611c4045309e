import pg from 'pg'
import type { Logger } from 'pino'

export type Pool = pg.Pool
/** A connection with a transaction open on it; handed down as `tx`. */
export type Transaction = pg.PoolClient
export type Queryable = Pool | Transaction

/** Nothing a request asks for takes this long; what does is a fault, and must not hold locks. */
const STATEMENT_TIMEOUT_MS = 30_000

/** The server's one pool. Its owner ends it. */
export function openPool(connectionString: string, size: number, log: Logger): Pool {
  const pool = new pg.Pool({
    connectionString,
    max: size,
    connectionTimeoutMillis: 5000,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    application_name: 'pulsewell',
  })
  // An idle connection that the server closed: the pool replaces it, the process must not die of it.
  pool.on('error', (error) => {
    if (!pool.ending) log.warn({ err: error }, 'an idle database connection was lost')
  })
  // The same between two statements of a transaction: the next statement fails, and that is reported.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}
