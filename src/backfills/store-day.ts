import { lockUser } from '../connect/connections.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../database/pool.ts'
import { query } from '../database/query.ts'
import { withTransaction } from '../database/transaction.ts'
import { AppError } from '../errors.ts'
import { mergeBatch, noteStored } from '../samples/ingest-samples.ts'
import type { MergeCounts } from '../samples/merge-day.ts'
import type { DataType } from '../samples/types/sample-types.ts'
import * as sql from './backfills.sql.ts'
import type { Claim } from './claim-backfill.ts'
import type { DaySamples } from './read-samples-of-day.ts'

type Merged = [DataType, MergeCounts][]

/**
 * Stores a day that was read and moves the backfill on, in one transaction: a day is stored once, or not at all. Undefined
 * when the claim is no longer held, or the connection is gone: then nothing is stored. Returns whether there are more.
 */
export async function storeDay(context: Context, claim: Claim, samples: DaySamples): Promise<boolean | undefined> {
  const now = context.now()
  const stored = await withTransaction(context.pool, async (tx) => {
    // As everybody else does: the user first.
    await lockUser(tx, claim)
    const [held] = await query(tx, sql.lockHeld, [claim.id, claim.lease])
    if (held === undefined) return undefined
    const merged = await mergeAll(context, tx, claim, samples)
    const count = [...samples.values()].reduce((sum, each) => sum + each.length, 0)
    const [row] = await query<{ status: string }>(tx, sql.advanceBackfill, [claim.id, claim.day, count, now])
    return { merged, hasMore: row?.status === 'running' }
  })
  for (const [dataType, counts] of stored?.merged ?? []) noteStored(context, claim.userId, dataType, counts)
  return stored?.hasMore
}

/** Of a provider's day, all there is of each device: what was taken back or scored anew does not stay beside the new. */
export async function mergeAll(
  context: Context,
  tx: Transaction,
  owner: { userId: string; provider: string },
  samples: DaySamples,
): Promise<Merged> {
  const merged: Merged = []
  // In one order, so that two of them do not wait for each other's types.
  for (const [dataType, batch] of [...samples].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (batch.length === 0) continue
    await tx.query('savepoint type')
    try {
      merged.push([dataType, await mergeBatch(tx, owner, { dataType, samples: batch, isWhole: true }, context.now())])
      await tx.query('release savepoint type')
    } catch (err) {
      if (!(err instanceof AppError) || !['too_many_samples', 'too_many_devices'].includes(err.code)) throw err
      // The next time there would be too many again.
      await tx.query('rollback to savepoint type')
      context.log.warn({ err, provider: owner.provider, type: dataType }, 'samples of a provider were left out')
    }
  }
  return merged
}
