import { lockUser } from '../connect/connections.ts'
import type { Context } from '../context.ts'
import { query } from '../database/query.ts'
import { withTransaction } from '../database/transaction.ts'
import { noteStored } from '../samples/ingest-samples.ts'
import * as sql from './backfills.sql.ts'
import type { Claim } from './claim-backfill.ts'
import { mergeAll } from './merge-all.ts'
import type { DaySamples } from './read-samples-of-day.ts'
import { noteSandboxDay } from './sandbox-days.ts'

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
    if (claim.application === 'sandbox') await noteSandboxDay(tx, claim, now)
    const count = [...samples.values()].reduce((sum, each) => sum + each.length, 0)
    const [row] = await query<{ status: string }>(tx, sql.advanceBackfill, [claim.id, claim.day, count, now])
    return { merged, hasMore: row?.status === 'running' }
  })
  for (const [dataType, counts] of stored?.merged ?? []) noteStored(context, claim.userId, dataType, counts)
  return stored?.hasMore
}
