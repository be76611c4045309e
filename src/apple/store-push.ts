import type { Tenant } from '../accounts/schemas.ts'
import { ensureConnected } from '../connect/connections.ts'
import type { Context } from '../context.ts'
import { withTransaction } from '../database/transaction.ts'
import { mergeBatch, noteStored } from '../samples/ingest-samples.ts'
import type { MergeCounts } from '../samples/merge-day.ts'
import type { DataType } from '../samples/types/sample-types.ts'
import { wakeDeliveries } from '../webhooks/emit-event.ts'
import type { Pushed } from './read-push.ts'
import type { ApplePushResult } from './schemas.ts'

/**
 * Stores what a phone pushed, all of it in one transaction, and connects Apple Health the first time. Throws
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
  const { isToTell, counts } = await withTransaction(context.pool, async (tx) => {
    const connected = await ensureConnected(tx, context.secrets, owner, 'apple', now)
    const merged: [DataType, MergeCounts][] = []
    // In one order, so that two pushes do not wait for each other's types.
    for (const [dataType, batch] of [...samples].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      merged.push([dataType, await mergeBatch(tx, { userId, provider: 'apple' }, { dataType, samples: batch }, now)])
    }
    return { isToTell: connected, counts: merged }
  })
  if (isToTell) wakeDeliveries(context.queue)
  for (const [dataType, count] of counts) noteStored(context, userId, dataType, count)
  return {
    stored: counts.reduce((total, [, { inserted, updated }]) => total + inserted + updated, 0),
    unchanged: counts.reduce((total, [, { unchanged }]) => total + unchanged, 0),
    ignored,
    rejected,
  }
}
