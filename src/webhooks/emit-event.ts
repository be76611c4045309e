import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { Transaction } from '../database/pool.ts'
import { query } from '../database/query.ts'
import type { Queue } from '../queue/queue.ts'
import { defineTopic } from '../queue/topic.ts'
import * as sql from './webhooks.sql.ts'

export const deliverTopic = defineTopic('deliver', z.strictObject({ deliveryId: z.uuid() }))

export type NewEvent = {
  type: string
  tenantId: string
  userId: string | null
  /** What happened, without health values: they are read from the store when they are told. */
  data: object
  occurredAt: Date
}

type Meta = { messageId: string; when: string; type: string }

/** What a `devices.*` message tells of one user. */
export type WebhookUser = { userId: string } & Record<string, unknown>

/**
 * Writes an event beside the change it tells of, and a message with a delivery to each endpoint of the tenant.
 * `users` is asked for the payload only when there is somebody to tell; none makes no message. Returns the deliveries' ids: hand them to
 * `wakeDeliveries` once the transaction has committed.
 */
export async function emitEvent(
  tx: Transaction,
  event: NewEvent,
  users: () => WebhookUser[] | Promise<WebhookUser[]>,
): Promise<string[]> {
  const endpoints = await query<{ id: string }>(tx, sql.selectEndpoints, [event.tenantId])
  const payload = endpoints.length > 0 ? await users() : []
  const endpointIds = payload.length > 0 ? endpoints.map((endpoint) => endpoint.id) : []
  return writeEvent(tx, event, endpointIds, (meta) => encodeUsers(meta, payload))
}

/** Asks one endpoint whether it is there: it answers `{ pong }` with the same text. */
export async function emitPing(tx: Transaction, tenantId: string, endpointId: string, now: Date): Promise<string[]> {
  const event = { type: 'ping', tenantId, userId: null, data: { endpointId }, occurredAt: now }
  return writeEvent(tx, event, [endpointId], (meta) => encode({ ping: uuidv7(), meta }))
}

/** Of a great many that are let go at once, the sweeper finds the rest. */
const MAX_WAKE_UPS = 500

/** Tells the workers of deliveries that were committed. */
export function wakeDeliveries(queue: Queue, deliveryIds: string[], delayMs = 0): void {
  queue.wake(
    deliverTopic,
    deliveryIds.slice(0, MAX_WAKE_UPS).map((deliveryId) => ({ deliveryId })),
    delayMs,
  )
}

async function writeEvent(
  tx: Transaction,
  event: NewEvent,
  endpointIds: string[],
  bodyOf: (meta: Meta) => Buffer,
): Promise<string[]> {
  const { type, tenantId, userId, data, occurredAt } = event
  const eventId = uuidv7()
  await query(tx, sql.insertEvent, [eventId, tenantId, userId, type, JSON.stringify(data), occurredAt])
  if (endpointIds.length === 0) return []
  const messageId = `msg_${uuidv7().replaceAll('-', '')}`
  const body = bodyOf({ messageId, when: occurredAt.toISOString(), type })
  await query(tx, sql.insertMessage, [messageId, eventId, body, occurredAt])
  const deliveryIds = endpointIds.map(() => uuidv7())
  await query(tx, sql.insertDeliveries, [deliveryIds, endpointIds, tenantId, messageId, occurredAt])
  return deliveryIds
}

const MAX_BODY_BYTES = 256 * 1024

/** A body over the limit loses its raw samples and says so; the summaries stay. */
function encodeUsers(meta: Meta, users: WebhookUser[]): Buffer {
  const body = encode({ meta, users })
  if (body.length <= MAX_BODY_BYTES) return body
  return encode({ meta, users: users.map((user) => ({ ...withoutSamples(user), truncated: true })) })
}

const encode = (body: object) => Buffer.from(JSON.stringify(body))

/** Raw samples are in members named `samples_*`. */
function withoutSamples<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (key, member: unknown) => (key.startsWith('samples_') ? undefined : member)),
  ) as T
}
