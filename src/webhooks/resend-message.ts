import type { Tenant } from '../accounts/schemas.ts'
import type { Context } from '../context.ts'
import { query } from '../database/query.ts'
import { withTransaction } from '../database/transaction.ts'
import type { Resend, Resent } from './delivery-schemas.ts'
import { wakeDeliveries } from './emit-event.ts'
import { messageNotFound } from './read-deliveries.ts'
import * as sql from './resend-message.sql.ts'

/**
 * Sends a message again, to all of its endpoints or to one, whether it arrived or not. Throws `not_found`, also when it
 * never went to that endpoint.
 */
export async function resendMessage(
  { pool, queue, now }: Context,
  tenant: Tenant,
  messageId: string,
  { endpoint_id }: Resend,
): Promise<Resent> {
  const deliveries = await withTransaction(pool, async (tx) => {
    const found = await query<{ id: string }>(tx, sql.selectDeliveriesToResend, [
      tenant.id,
      messageId,
      endpoint_id ?? null,
    ])
    if (found.length === 0) throw messageNotFound()
    return query<Resent['deliveries'][number]>(tx, sql.resendDeliveries, [found.map(({ id }) => id), now()])
  })
  wakeDeliveries(queue)
  return { deliveries }
}
