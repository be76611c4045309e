import { createHmac, randomBytes } from 'node:crypto'

const SECRET_PREFIX = 'whsec_'

/** A Standard Webhooks secret: 32 random bytes in base64, prefixed. */
export const newWebhookSecret = () => SECRET_PREFIX + randomBytes(32).toString('base64')

/**
 * The headers of one attempt: those of Standard Webhooks
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md), and the two that
 * receivers written for the Devices API check. `secret` serves for both.
 */
export function signMessage(messageId: string, body: Uint8Array, secret: string, now: Date): Record<string, string> {
  const timestamp = Math.floor(now.getTime() / 1000)
  const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64')
  const signature = createHmac('sha256', key).update(`${messageId}.${timestamp}.`).update(body).digest('base64')
  return {
    'webhook-id': messageId,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${signature}`,
    'x-webhook-key': secret,
    'x-metriport-signature': createHmac('sha256', secret).update(body).digest('hex'),
  }
}
