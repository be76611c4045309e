import { createHmac } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import { toJson } from './to-json.ts'

/** `devices`: `{ meta, users }`, as the Devices API has it. `event`: `{ event, timestamp, data, signature }`. */
export type WebhookFormat = 'devices' | 'event'

export type Meta = { messageId: string; when: string; type: string }

/** What a `devices.*` message tells of one user. */
export type WebhookUser = { userId: string } & Record<string, unknown>

const MAX_BODY_BYTES = 256 * 1024

/** Members of a user are at depth 1, those of its elements at 2. */
const DEPTH_OF_ELEMENTS = 2

/** What a body that is too large goes without, one after the other, until it fits. */
const cuts = [
  // `samples_bpm`, `weight_samples_kg`, the `samples` of blood pressure: what a summary has of raw samples.
  (member: string) => /^(\w+_)?samples(_|$)/.test(member),
  (member: string) => member === 'activity_logs',
  // What is left says which days changed: they can be read by date.
  (member: string, depth: number) => depth === DEPTH_OF_ELEMENTS && member !== 'metadata',
]

/** A body over the limit loses its raw samples, if need be its workouts, and says so. `key` signs the `event` form. */
export function encodeUsers(format: WebhookFormat, meta: Meta, users: WebhookUser[], key = ''): Buffer {
  let body = encode(format, meta, { users }, key)
  for (let count = 1; body.length > MAX_BODY_BYTES && count <= cuts.length; count++) {
    const isCut = (member: string, depth: number) => cuts.slice(0, count).some((cut) => cut(member, depth))
    const shorter = users.map((user) => ({ ...(without(user, isCut) as WebhookUser), truncated: true }))
    body = encode(format, meta, { users: shorter }, key)
  }
  return body
}

/** What an event of care or studies is about, in the `event` form. */
export const encodeResource = (format: WebhookFormat, meta: Meta, resource: object, key: string): Buffer =>
  encode(format, meta, resource, key)

/** In the `devices` form the endpoint is to answer `{ pong }` with the same text. */
export function encodePing(format: WebhookFormat, meta: Meta, key: string): Buffer {
  return format === 'devices' ? toBytes({ ping: uuidv7(), meta }) : encode(format, meta, {}, key)
}

/** The signature in the `event` form is over the JSON of the members before it, keyed with the secret as it is shown. */
function encode(format: WebhookFormat, meta: Meta, data: object, key: string): Buffer {
  if (format === 'devices') return toBytes({ meta, ...data })
  const signed = { event: meta.type, timestamp: meta.when, data }
  const signature = `sha256=${createHmac('sha256', key).update(toJson(signed)).digest('hex')}`
  return toBytes({ ...signed, signature })
}

const toBytes = (body: object) => Buffer.from(toJson(body))

function without(value: unknown, isCut: (member: string, depth: number) => boolean, depth = 1): unknown {
  if (Array.isArray(value)) return value.map((item) => without(item, isCut, depth + 1))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([member]) => !isCut(member, depth))
      .map(([member, inner]) => [member, without(inner, isCut, Array.isArray(inner) ? depth : depth + 1)]),
  )
}
