import type { Tenant } from '../accounts/schemas.ts'
import type { Context } from '../context.ts'
import { query } from '../database/query.ts'
import { withTransaction } from '../database/transaction.ts'
import { emitEvent, wakeDeliveries } from '../webhooks/emit-event.ts'
import * as sql from './delete-user.sql.ts'
import { userNotFound } from './users.ts'

/**
 * Deletes the user and, by the foreign keys, all that is theirs: data, tokens, connections, messages about them.
 * What remains is the message that their providers are disconnected. Throws `user_not_found`.
 */
export async function deleteUser(context: Context, tenant: Tenant, userId: string): Promise<void> {
  const isToTell = await withTransaction(context.pool, async (tx) => {
    const [user] = await query<{ providers: string[] }>(tx, sql.selectUserForDelete, [userId, tenant.id])
    if (user === undefined) throw userNotFound()
    await query(tx, sql.deleteUser, [userId])
    if (user.providers.length === 0) return false
    const data = { providers: user.providers, connectedProviders: [] }
    // Of nobody (`userId: null`), or it would go with the user.
    const event = { tenantId: tenant.id, userId: null, data: { userId, ...data }, occurredAt: context.now() }
    const type = 'devices.provider-disconnected'
    return emitEvent(tx, context.secrets, { type, ...event }, () => [{ userId, ...data }])
  })
  if (isToTell) wakeDeliveries(context.queue)
}
