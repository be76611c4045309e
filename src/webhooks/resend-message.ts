import type { Tenant } from '../accounts/schemas.ts'
import type { Context } from '../context.ts'
import { query } from '../database/query.ts'
import type { Unit } from '../database/transaction.ts'
import type { Resend, Resent } from './delivery-schemas.ts'
import { wakeDeliveries } from './emit-event.ts'
import { messageNotFound } from './read-deliveries.ts'
import * as sql from './resend-message.sql.ts'

/**
 * Sends a message again, to all of its endpoints or to one, whether it arrived or not. Throws `not_found`, also when it
 * never went to that endpoint.
 */
export async function resendMessage(
  { queue, now }: Context,
  { tx, afterCommit }: Unit,
  tenant: Tenant,
  messageId: string,
  { endpoint_id }: Resend,
): Promise<Resent> {
  const values = [tenant.id, messageId, endpoint_id ?? null]
  const found = await query<{ id: string }>(tx, sql.selectDeliveriesToResend, values)
  if (found.length === 0) throw messageNotFound()
  const ids = found.map(({ id }) => id)
  const deliveries = await query<Resent['deliveries'][number]>(tx, sql.resendDeliveries, [ids, now()])
  afterCommit(() => wakeDeliveries(queue))
  return { deliveries }
}
