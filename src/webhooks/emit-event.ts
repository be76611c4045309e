import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { Transaction } from '../database/pool.ts'
import { query } from '../database/query.ts'
import type { Queue } from '../queue/queue.ts'
import { defineTopic } from '../queue/topic.ts'
import type { SecretBox } from '../secret-box.ts'
import * as sql from './emit-event.sql.ts'
import { encodePing, encodeUsers, type Meta, type WebhookFormat, type WebhookUser } from './encode-message.ts'
import { matchesType } from './event-patterns.ts'

/** Deliveries became due. One job serves for all that were committed before it runs. */
export const deliverTopic = defineTopic('deliver', z.strictObject({}))

export type { WebhookUser }

export type NewEvent = {
  type: string
  tenantId: string
  userId: string | null
  /** What happened, without health values: they are read from the store when they are told. */
  data: object
  occurredAt: Date
}

type Endpoint = { id: string; format: WebhookFormat; events: string[]; secret: Buffer }

/**
 * Writes an event beside the change it tells of, and messages with a delivery to each of the tenant's endpoints that
 * ask for its type. `users` is asked for the payload only when there is somebody to tell; none makes no message. When
 * it returns true, there is something to deliver: call `wakeDeliveries` once the transaction has committed.
 */
export async function emitEvent(
  tx: Transaction,
  secrets: SecretBox,
  event: NewEvent,
  users: () => WebhookUser[] | Promise<WebhookUser[]>,
): Promise<boolean> {
  const all = await query<Endpoint>(tx, sql.selectEndpoints, [event.tenantId])
  const endpoints = all.filter(({ events }) => events.some((pattern) => matchesType(pattern, event.type)))
  const payload = endpoints.length > 0 ? await users() : []
  const eventId = await insertEvent(tx, event)
  if (payload.length === 0) return false

  const [alike, own] = [endpoints.filter(isUnsigned), endpoints.filter((endpoint) => !isUnsigned(endpoint))]
  if (alike.length > 0) await insertMessage(tx, event, eventId, alike, (meta) => encodeUsers('devices', meta, payload))
  for (const endpoint of own) {
    const key = secrets.open(endpoint.secret)
    await insertMessage(tx, event, eventId, [endpoint], (meta) => encodeUsers(endpoint.format, meta, payload, key))
  }
  return true
}

/** Without a signature in it, one body serves all endpoints. */
const isUnsigned = ({ format }: { format: WebhookFormat }) => format === 'devices'

/** Asks one endpoint whether it is there. Returns the message's id. */
export async function emitPing(
  tx: Transaction,
  secrets: SecretBox,
  endpoint: { id: string; tenantId: string; format: WebhookFormat; secret: Buffer },
  now: Date,
): Promise<string> {
  const { id, tenantId, format, secret } = endpoint
  const event = { type: 'ping', tenantId, userId: null, data: { endpointId: id }, occurredAt: now }
  const eventId = await insertEvent(tx, event)
  return insertMessage(tx, event, eventId, [endpoint], (meta) => encodePing(format, meta, secrets.open(secret)))
}

/** Tells the workers that deliveries are due, or will be in `delayMs`; a second's worth of later ones share a job. */
export function wakeDeliveries(queue: Queue, delayMs = 0): void {
  if (delayMs === 0) {
    queue.wakeOnce(deliverTopic, 'now', {}, 0)
    return
  }
  const second = Math.ceil((Date.now() + delayMs) / 1000)
  queue.wakeOnce(deliverTopic, `at ${second}`, {}, second * 1000 - Date.now())
}

async function insertEvent(tx: Transaction, { type, tenantId, userId, data, occurredAt }: NewEvent): Promise<string> {
  const eventId = uuidv7()
  await query(tx, sql.insertEvent, [eventId, tenantId, userId, type, JSON.stringify(data), occurredAt])
  return eventId
}

async function insertMessage(
  tx: Transaction,
  { type, tenantId, occurredAt }: NewEvent,
  eventId: string,
  endpoints: { id: string }[],
  bodyOf: (meta: Meta) => Buffer,
): Promise<string> {
  const messageId = `msg_${uuidv7().replaceAll('-', '')}`
  const body = bodyOf({ messageId, when: occurredAt.toISOString(), type })
  await query(tx, sql.insertMessage, [messageId, eventId, body, occurredAt])
  const deliveryIds = endpoints.map(() => uuidv7())
  const endpointIds = endpoints.map(({ id }) => id)
  await query(tx, sql.insertDeliveries, [deliveryIds, endpointIds, tenantId, messageId, occurredAt])
  return messageId
}
