import pg from 'pg'
import { ConnectionFailure } from './is-database-away.ts'
import type { Queryable } from './pool.ts'

/** A statement of a `*.sql.ts` file. Named, so that each connection prepares it once. */
export type Statement = { name: string; text: string }

/** Runs a statement and returns its rows. Throws pg's DatabaseError, or ConnectionFailure when no answer came. */
export async function query<Row extends pg.QueryResultRow>(
  db: Queryable,
  statement: Statement,
  values: unknown[],
): Promise<Row[]> {
  try {
    const result = await db.query<Row>({ ...statement, values })
    return result.rows
  } catch (error) {
    throw asConnectionFailure(error)
  }
}

/** What pg throws itself when a connection cannot be had or is lost has no code and no class of its own. */
export function asConnectionFailure(error: unknown): unknown {
  const isPlain = error instanceof Error && (error.constructor === Error || 'syscall' in error)
  return isPlain ? new ConnectionFailure(error) : error
}
