import { createHmac, randomBytes } from 'node:crypto'
import { SECRET_PREFIX, type SigningKey } from './signing-keys.ts'

/** A Standard Webhooks secret: 32 random bytes in base64, prefixed. */
export const newWebhookSecret = () => SECRET_PREFIX + randomBytes(32).toString('base64')

/** What an endpoint's messages are signed with. `previous` is the key before a rotation, while both are to work. */
export type SigningKeys = { current: SigningKey; previous?: SigningKey; isForSettings: boolean }

/**
 * The headers of one attempt: those of Standard Webhooks
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md), and, for the endpoint
 * of the Devices API's settings, the two that receivers written for it check.
 */
export function signMessage(
  messageId: string,
  body: Uint8Array,
  { current, previous, isForSettings }: SigningKeys,
  now: Date,
): Record<string, string> {
  const timestamp = Math.floor(now.getTime() / 1000)
  const sign = ({ key }: SigningKey) =>
    `v1,${createHmac('sha256', key).update(`${messageId}.${timestamp}.`).update(body).digest('base64')}`
  return {
    'webhook-id': messageId,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': previous === undefined ? sign(current) : `${sign(current)} ${sign(previous)}`,
    ...(isForSettings ? settingsHeaders(body, current.secret) : {}),
  }
}

function settingsHeaders(body: Uint8Array, secret: string): Record<string, string> {
  const signature = createHmac('sha256', secret).update(body).digest('hex')
  return { 'x-webhook-key': secret, 'x-metriport-signature': signature }
}
