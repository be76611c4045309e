import { createHmac } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'

/** `devices`: `{ meta, users }`, as the Devices API has it. `event`: `{ event, timestamp, data, signature }`. */
export type WebhookFormat = 'devices' | 'event'

export type Meta = { messageId: string; when: string; type: string }

/** What a `devices.*` message tells of one user. */
export type WebhookUser = { userId: string } & Record<string, unknown>

const MAX_BODY_BYTES = 256 * 1024

/** A body over the limit loses its raw samples and says so; the summaries stay. `key` signs the `event` form. */
export function encodeUsers(format: WebhookFormat, meta: Meta, users: WebhookUser[], key = ''): Buffer {
  const body = encode(format, meta, { users }, key)
  if (body.length <= MAX_BODY_BYTES) return body
  return encode(format, meta, { users: users.map((user) => ({ ...withoutSamples(user), truncated: true })) }, key)
}

/** In the `devices` form the endpoint is to answer `{ pong }` with the same text. */
export function encodePing(format: WebhookFormat, meta: Meta, key: string): Buffer {
  return format === 'devices' ? toBytes({ ping: uuidv7(), meta }) : encode(format, meta, {}, key)
}

/** The signature in the `event` form is over the JSON of the members before it, keyed with the secret as it is shown. */
function encode(format: WebhookFormat, meta: Meta, data: object, key: string): Buffer {
  if (format === 'devices') return toBytes({ meta, ...data })
  const signed = { event: meta.type, timestamp: meta.when, data }
  const signature = `sha256=${createHmac('sha256', key).update(JSON.stringify(signed)).digest('hex')}`
  return toBytes({ ...signed, signature })
}

const toBytes = (body: object) => Buffer.from(JSON.stringify(body))

/** `samples_bpm`, `weight_samples_kg`, the `samples` of blood pressure: what a summary has of raw samples. */
const OF_SAMPLES = /^(\w+_)?samples(_|$)/

function withoutSamples<T>(value: T): T {
  return JSON.parse(JSON.stringify(value, (key, member: unknown) => (OF_SAMPLES.test(key) ? undefined : member))) as T
}
