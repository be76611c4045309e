import type { Tenant } from '../accounts/schemas.ts'
import { ensureConnected } from '../connect/connections.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../database/pool.ts'
import { withTransaction } from '../database/transaction.ts'
import { AppError } from '../errors.ts'
import { mergeBatch, noteStored } from '../samples/ingest-samples.ts'
import type { MergeCounts } from '../samples/merge-day.ts'
import type { DataType } from '../samples/types/sample-types.ts'
import { wakeDeliveries } from '../webhooks/emit-event.ts'
import type { Pushed } from './read-push.ts'
import type { ApplePushResult } from './schemas.ts'

/**
 * Stores what a phone pushed in one transaction, and connects Apple Health the first time. Throws
 * `user_not_found`; and `forbidden` when the user has disconnected Apple Health: then nothing is stored.
 */
export async function storePush(
  context: Context,
  tenant: Tenant,
  userId: string,
  { samples, ignored, rejected }: Pushed,
): Promise<ApplePushResult> {
  const now = context.now()
  const owner = { tenantId: tenant.id, userId }
  const { isToTell, counts, refused } = await withTransaction(context.pool, async (tx) => {
    const connected = await ensureConnected(tx, context.secrets, owner, 'apple', now)
    const merged: [DataType, MergeCounts][] = []
    const tooMany: Pushed['rejected'] = []
    // In one order, so that two pushes do not wait for each other's types.
    for (const [dataType, batch] of [...samples].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      const store = () => mergeBatch(tx, { userId, provider: 'apple' }, { dataType, samples: batch }, now)
      const stored = await storeOrRefuse(tx, store)
      if (stored instanceof AppError) tooMany.push({ field: dataType, reason: stored.message })
      else merged.push([dataType, stored])
    }
    return { isToTell: connected, counts: merged, refused: tooMany }
  })
  if (isToTell) wakeDeliveries(context.queue)
  for (const [dataType, count] of counts) noteStored(context, userId, dataType, count)
  return {
    stored: counts.reduce((total, [, { inserted, updated }]) => total + inserted + updated, 0),
    unchanged: counts.reduce((total, [, { unchanged }]) => total + unchanged, 0),
    ignored,
    rejected: [...rejected, ...refused],
  }
}

/** A type of which there are too many samples or devices: a phone that sent the push again would be refused again. */
async function storeOrRefuse(tx: Transaction, store: () => Promise<MergeCounts>): Promise<MergeCounts | AppError> {
  await tx.query('savepoint type')
  try {
    const stored = await store()
    await tx.query('release savepoint type')
    return stored
  } catch (error) {
    if (!(error instanceof AppError) || !['too_many_samples', 'too_many_devices'].includes(error.code)) throw error
    await tx.query('rollback to savepoint type')
    return error
  }
}
