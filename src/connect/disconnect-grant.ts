import type { Context } from '../context.ts'
import { query } from '../database/query.ts'
import { withTransaction } from '../database/transaction.ts'
import { AppError } from '../errors.ts'
import { wakeDeliveries } from '../webhooks/emit-event.ts'
import { disconnect, lockUser, type Owner } from './connections.ts'
import type { Grant } from './grants.ts'
import { selectGrant } from './grants.sql.ts'

/**
 * Disconnects a provider whose consent is gone, and tells by webhook, in one transaction. Does nothing when the grant is
 * gone already, or another took its place.
 */
export async function disconnectGrant(context: Context, grant: Grant & Owner): Promise<void> {
  const { pool, secrets, queue, now } = context
  const isToTell = await withTransaction(pool, async (tx) => {
    await lockUser(tx, grant)
    const [found] = await query(tx, selectGrant, [grant.id, grant.userId, grant.provider])
    return found !== undefined && disconnect(tx, secrets, grant, grant.provider, now())
  }).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'user_not_found') return false
    throw error
  })
  if (isToTell) wakeDeliveries(queue)
}
