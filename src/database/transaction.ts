import pg from 'pg'
import type { Pool, Transaction } from './pool.ts'
import { asConnectionFailure } from './query.ts'

/** What was read has changed before what follows from it could be written: nothing was, and all of it can be tried again. */
export class Conflict extends Error {
  constructor(cause: unknown) {
    super('somebody else changed it first', { cause })
  }
}

const DEADLOCK = '40P01'
const SERIALIZATION_FAILURE = '40001'
const ATTEMPTS = 5

/**
 * Runs `work` in one read-committed transaction: committed when it returns, rolled back when it throws.
 * A transaction that Postgres chose as a deadlock's victim, or that met a `Conflict`, left nothing behind and is run
 * again, so `work` has no effects outside the database.
 */
export async function withTransaction<T>(pool: Pool, work: (tx: Transaction) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await runOnce(pool, work)
    } catch (error) {
      if (attempt === ATTEMPTS || !isRepeatable(error)) throw error
    }
  }
}

/** A transaction, and what is done once it has committed, such as waking whom its rows are for. */
export type Unit = { tx: Transaction; afterCommit: (action: () => void) => void }

/** `withTransaction` for work that has something to do afterwards. */
export async function withUnit<T>(pool: Pool, work: (unit: Unit) => Promise<T>): Promise<T> {
  let actions: (() => void)[] = []
  const result = await withTransaction(pool, async (tx) => {
    // Of an attempt that was rolled back there is nothing to do.
    actions = []
    return work({ tx, afterCommit: (action) => void actions.push(action) })
  })
  for (const action of actions) action()
  return result
}

async function runOnce<T>(pool: Pool, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const tx = await pool.connect().catch((error: unknown) => {
    throw asConnectionFailure(error)
  })
  let broken: Error | undefined
  try {
    await tx.query('begin')
    const result = await work(tx)
    await tx.query('commit')
    return result
  } catch (error) {
    await tx.query('rollback').catch((failure: Error) => {
      broken = failure
    })
    throw broken === undefined ? error : asConnectionFailure(error)
  } finally {
    // A connection that could not roll back is closed, not handed to the next request.
    tx.release(broken)
  }
}

/** Whether what failed so left nothing behind, and may go well the next time. */
export function isRepeatable(error: unknown): boolean {
  if (error instanceof Conflict) return true
  return error instanceof pg.DatabaseError && (error.code === DEADLOCK || error.code === SERIALIZATION_FAILURE)
}
