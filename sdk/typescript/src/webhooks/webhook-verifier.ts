import { Webhook } from 'standardwebhooks'
import type { DevicesWebhook, WebhookEvent, WebhookPayload } from './events.ts'

/** The request's body as it came: parsed and written anew, it may have other bytes than those that were signed. */
export type WebhookBody = string | Uint8Array

/** Those of a `Request`, or of Node's `IncomingMessage`. */
export type WebhookHeaders =
  { get(name: string): string | null } | Readonly<Record<string, string | string[] | undefined>>

/** A request that was not signed with the endpoint's secret, or too long ago. Answer 401, and do not act on it. */
export class WebhookVerificationError extends Error {
  override readonly name = 'WebhookVerificationError'
}

/** Tells the webhooks of one endpoint from what others send to its URL. */
export class WebhookVerifier {
  readonly #secret: string
  readonly #webhook: Webhook

  /** `secret` is the endpoint's `whsec_...`. Throws a `TypeError` when it cannot be one. */
  constructor(secret: string) {
    this.#secret = secret
    this.#webhook = readSecret(secret)
  }

  /**
   * What the body says, once its Standard Webhooks headers are verified: signed with the secret at most five minutes ago.
   * Use this one; it also holds while a secret is rotated. Throws `WebhookVerificationError`.
   */
  verify(body: WebhookBody, headers: WebhookHeaders): WebhookPayload {
    const text = toText(body)
    const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature']
    try {
      this.#webhook.verify(text, Object.fromEntries(names.map((name) => [name, readHeader(headers, name) ?? ''])), {
        jsonParse: false,
      })
    } catch (cause) {
      throw new WebhookVerificationError(cause instanceof Error ? cause.message : String(cause), { cause })
    }
    return parse(text) as WebhookPayload
  }

  /**
   * As `verify`, by the older header `x-metriport-signature`, which endpoints of `POST /settings` get. It says nothing of
   * when it was made: whoever has seen a request can send it again.
   */
  async verifyLegacy(body: WebhookBody, headers: WebhookHeaders): Promise<DevicesWebhook> {
    const text = toText(body)
    await this.#verifyHmac(text, readHeader(headers, 'x-metriport-signature'))
    return parse(text) as DevicesWebhook
  }

  /**
   * As `verify`, by the member `signature` of a body in the `event` form, for where its headers are lost. It says nothing
   * of when it was sent, and during a rotation it was made with one of the two secrets.
   */
  async verifyMember(body: WebhookBody): Promise<WebhookEvent> {
    const text = toText(body)
    const { signature } = (parse(text) as { signature?: unknown } | null) ?? {}
    // The signed text is the body up to its last member, as sent.
    const end = text.lastIndexOf(',"signature":')
    if (typeof signature !== 'string' || end < 0) throw new WebhookVerificationError('The body has no signature.')
    // What came after it would not be signed, and would take the place of members of the same name before it.
    if (text.slice(end) !== `,"signature":${JSON.stringify(signature)}}`) {
      throw new WebhookVerificationError('The signature is not the last member of the body.')
    }
    await this.#verifyHmac(`${text.slice(0, end)}}`, signature.replace(/^sha256=/, ''))
    return parse(text) as WebhookEvent
  }

  /** In hex, keyed with the whole text of the secret. */
  async #verifyHmac(text: string, signature: string | undefined): Promise<void> {
    const bytes = readHex(signature)
    const encoder = new TextEncoder()
    const algorithm = { name: 'HMAC', hash: 'SHA-256' }
    const key = await crypto.subtle.importKey('raw', encoder.encode(this.#secret), algorithm, false, ['verify'])
    // Compares in constant time.
    const isValid = await crypto.subtle.verify('HMAC', key, bytes, encoder.encode(text))
    if (!isValid) throw new WebhookVerificationError('No matching signature found')
  }
}

function readSecret(secret: string): Webhook {
  if (!/^whsec_./.test(secret)) throw new TypeError('the secret of a webhook endpoint begins with whsec_')
  try {
    return new Webhook(secret)
  } catch (cause) {
    throw new TypeError('the secret of a webhook endpoint is whsec_ and base64', { cause })
  }
}

function toText(body: WebhookBody): string {
  if (typeof body === 'string') return body
  try {
    // Kept as it is: a mark of the byte order would be left out, and is signed as any byte is.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch (cause) {
    throw new WebhookVerificationError('The body is not UTF-8.', { cause })
  }
}

function readHeader(headers: WebhookHeaders, name: string): string | undefined {
  if (typeof headers.get === 'function') return headers.get(name) ?? undefined
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1] as
    string | string[] | undefined
  return Array.isArray(found) ? found.join(' ') : found
}

function readHex(text: string | undefined): Uint8Array<ArrayBuffer> {
  if (text === undefined || !/^[0-9a-f]{64}$/.test(text)) throw new WebhookVerificationError('Missing a signature')
  return Uint8Array.from(text.match(/../g)!, (byte) => Number.parseInt(byte, 16))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new WebhookVerificationError('The body is not JSON.', { cause })
  }
}
