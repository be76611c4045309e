import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { Transaction } from '../database/pool.ts'
import { query } from '../database/query.ts'
import type { Queue } from '../queue/queue.ts'
import { defineTopic } from '../queue/topic.ts'
import type { SecretBox } from '../secret-box.ts'
import { compressBody } from './compress-body.ts'
import * as sql from './emit-event.sql.ts'
import {
  encodePing,
  encodeResource,
  encodeUsers,
  type Meta,
  type WebhookFormat,
  type WebhookUser,
} from './encode-message.ts'
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
  /** What the `event` format has as data, for events that are not of devices. */
  resource?: object
}

type Endpoint = { id: string; tenantId: string; format: WebhookFormat; events: string[]; secret: Buffer }

/** `emitEvents` for one event. */
export const emitEvent = (
  tx: Transaction,
  secrets: SecretBox,
  event: NewEvent,
  users: () => WebhookUser[],
): Promise<boolean> => emitEvents(tx, secrets, [event], async () => [users()])

/**
 * Writes events beside the changes that they tell of, and messages with a delivery to each of the tenant's endpoints
 * that ask for its type. `describe` is asked for the payloads of those events only that somebody is to be told of, and
 * answers in their order; none makes no message. When it returns true, there is something to deliver: call
 * `wakeDeliveries` once the transaction has committed.
 */
export async function emitEvents<Event extends NewEvent>(
  tx: Transaction,
  secrets: SecretBox,
  events: Event[],
  describe: (told: Event[]) => Promise<WebhookUser[][]>,
): Promise<boolean> {
  const tenantIds = [...new Set(events.map(({ tenantId }) => tenantId))]
  const endpoints = await query<Endpoint>(tx, sql.selectEndpoints, [tenantIds])
  const addressed = events
    .map((event) => ({ event, endpoints: endpoints.filter((endpoint) => asksFor(endpoint, event)) }))
    .filter((each) => each.endpoints.length > 0)
  const payloads = addressed.length > 0 ? await describe(addressed.map(({ event }) => event)) : []
  const ids = await insertEvents(tx, events)
  const messages = addressed.flatMap((each, index) =>
    encodeFor(each.event, each.endpoints, payloads[index] ?? [], secrets).map((message) => ({
      ...message,
      eventId: ids.get(each.event)!,
    })),
  )
  await insertMessages(tx, messages)
  return messages.length > 0
}

const asksFor = ({ tenantId, events }: Endpoint, event: NewEvent) =>
  tenantId === event.tenantId && events.some((pattern) => matchesType(pattern, event.type))

type NewMessage = { messageId: string; event: NewEvent; endpoints: { id: string }[]; body: Buffer }

function encodeFor(event: NewEvent, endpoints: Endpoint[], users: WebhookUser[], secrets: SecretBox): NewMessage[] {
  if (users.length === 0) return []
  const [alike, own] = [endpoints.filter(isUnsigned), endpoints.filter((endpoint) => !isUnsigned(endpoint))]
  return [
    ...(alike.length > 0 ? [newMessage(event, alike, (meta) => encodeUsers('devices', meta, users))] : []),
    ...own.map((endpoint) => {
      const key = secrets.open(endpoint.secret)
      return newMessage(event, [endpoint], (meta) =>
        event.resource === undefined
          ? encodeUsers(endpoint.format, meta, users, key)
          : encodeResource(endpoint.format, meta, event.resource, key),
      )
    }),
  ]
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
  const ids = await insertEvents(tx, [event])
  const message = newMessage(event, [endpoint], (meta) => encodePing(format, meta, secrets.open(secret)))
  await insertMessages(tx, [{ ...message, eventId: ids.get(event)! }])
  return message.messageId
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

async function insertEvents<Event extends NewEvent>(tx: Transaction, events: Event[]): Promise<Map<Event, string>> {
  const ids = events.map(() => uuidv7())
  await query(tx, sql.insertEvents, [
    ids,
    events.map(({ tenantId }) => tenantId),
    events.map(({ userId }) => userId),
    events.map(({ type }) => type),
    events.map(({ data }) => JSON.stringify(data)),
    events.map(({ occurredAt }) => occurredAt),
  ])
  return new Map(events.map((event, index) => [event, ids[index]!]))
}

function newMessage(event: NewEvent, endpoints: { id: string }[], bodyOf: (meta: Meta) => Buffer): NewMessage {
  const messageId = `msg_${uuidv7().replaceAll('-', '')}`
  return {
    messageId,
    event,
    endpoints,
    body: bodyOf({ messageId, when: event.occurredAt.toISOString(), type: event.type }),
  }
}

/** And a delivery to each of its endpoints. */
async function insertMessages(tx: Transaction, messages: (NewMessage & { eventId: string })[]): Promise<void> {
  if (messages.length === 0) return
  const stored = messages.map(({ body }) => compressBody(body))
  await query(tx, sql.insertMessages, [
    messages.map(({ messageId }) => messageId),
    messages.map(({ eventId }) => eventId),
    stored.map(({ body }) => body),
    stored.map(({ encoding }) => encoding),
    messages.map(({ event }) => event.occurredAt),
  ])
  const deliveries = messages.flatMap(({ messageId, event, endpoints }) =>
    endpoints.map((endpoint) => ({ messageId, event, endpointId: endpoint.id })),
  )
  const firstOf = new Map(deliveries.toReversed().map(({ event }) => [event.tenantId, event]))
  await query(tx, sql.insertDeliveries, [
    deliveries.map(() => uuidv7()),
    deliveries.map(({ event }) => event.tenantId),
    deliveries.map(({ messageId }) => messageId),
    deliveries.map(({ endpointId }) => endpointId),
    deliveries.map(({ event }) => event.occurredAt),
    deliveries.map(({ event }) => firstOf.get(event.tenantId) === event),
  ])
}
