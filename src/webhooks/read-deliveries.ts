import type { Tenant } from '../accounts/schemas.ts'
import type { Queryable } from '../database/pool.ts'
import { query } from '../database/query.ts'
import { AppError } from '../errors.ts'
import { instantsOf } from '../http/list-query.ts'
import { offsetOf, type Page, toPage } from '../http/paging.ts'
import { decompressBody, type StoredBody } from './compress-body.ts'
import type { Attempt, DeliveriesQuery, Delivery, WebhookMessage } from './delivery-schemas.ts'
import { deliveryStatuses } from './delivery-states.ts'
import * as sql from './read-deliveries.sql.ts'
import { readEndpoint } from './read-endpoints.ts'

type Row = Omit<Delivery, 'next_attempt_at' | 'created_at' | 'updated_at'> & {
  next_attempt_at: Date | null
  created_at: Date
  updated_at: Date
}
type MessageRow = { id: string; event: string; occurred_at: Date } & StoredBody
type AttemptRow = Omit<Attempt, 'started_at' | 'response_body'> & {
  delivery_id: string
  started_at: Date
  response_body: Buffer | null
}

/** What an endpoint was, is or will be sent. Throws `not_found`. */
export async function listDeliveries(
  db: Queryable,
  tenant: Tenant,
  endpointId: string,
  wanted: DeliveriesQuery,
): Promise<Page<Delivery>> {
  await readEndpoint(db, tenant, endpointId)
  const statuses = wanted.status === undefined ? deliveryStatuses : [wanted.status]
  const isDated = wanted.start_date !== undefined || wanted.end_date !== undefined
  const dates = isDated ? instantsOf(wanted) : []
  const [counted] = await query<{ count: number }>(db, sql.countDeliveries(isDated), [endpointId, statuses, ...dates])
  const values = [tenant.id, endpointId, wanted.per_page, offsetOf(wanted), ...dates]
  const rows = await query<Row>(db, sql.selectDeliveries({ ...wanted, isDated }), values)
  return toPage(wanted, counted?.count ?? 0, rows.map(toDelivery))
}

/** A message, what became of it at each endpoint, and every attempt. Throws `not_found`. */
export async function readMessage(db: Queryable, tenant: Tenant, messageId: string): Promise<WebhookMessage> {
  const [message] = await query<MessageRow>(db, sql.selectMessage, [tenant.id, messageId])
  if (message === undefined) throw messageNotFound()
  const values = [tenant.id, messageId]
  const rows = await query<Row & { endpoint_id: string }>(db, sql.selectDeliveriesOfMessage, values)
  const attempts = await query<AttemptRow>(db, sql.selectAttempts, [rows.map(({ id }) => id)])
  const byDelivery = Map.groupBy(attempts, ({ delivery_id }) => delivery_id)
  return {
    id: message.id,
    event: message.event,
    occurred_at: message.occurred_at.toISOString(),
    body: decompressBody(message).toString(),
    deliveries: rows.map((row) => ({
      ...toDelivery(row),
      endpoint_id: row.endpoint_id,
      attempts: (byDelivery.get(row.id) ?? []).map(toAttempt),
    })),
  }
}

export const messageNotFound = () => new AppError('not_found', 'There is no such message.')

const toDelivery = (row: Row): Delivery => ({
  ...row,
  next_attempt_at: row.next_attempt_at?.toISOString() ?? null,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
  // Postgres writes instants within JSON in the zone of the session.
  last_attempt: row.last_attempt && { ...row.last_attempt, at: new Date(row.last_attempt.at).toISOString() },
})

/** An answer's bytes are whatever was sent: what is not UTF-8 is shown as U+FFFD. */
const toAttempt = ({ delivery_id: _, started_at, response_body, ...attempt }: AttemptRow): Attempt => ({
  ...attempt,
  started_at: started_at.toISOString(),
  response_body: response_body?.toString('utf8') ?? null,
})
