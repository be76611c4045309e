import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Reply } from './oura-oauth.ts'

/** Oura does not say how long a subscription lasts, only that it has an `expiration_time`. */
const LIFE_MS = 90 * 86_400_000
const dataTypes = ['tag', 'workout', 'session', 'sleep', 'daily_sleep', 'daily_activity', 'daily_spo2', 'vo2_max']
const operations = ['create', 'update', 'delete']

export type Subscription = {
  id: string
  callback_url: string
  event_type: string
  data_type: string
  expiration_time: string
}
export type Event = {
  event_type: string
  data_type: string
  object_id?: string
  event_time?: string
  user_id?: string
}
/** How a push is forged. */
type Forgery = { secret?: string; timestamp?: string; body?: string; signature?: string; url?: string }

/** "Webhook Subscription Routes" of the API's document. */
export class OuraWebhooks {
  readonly subscriptions: Subscription[] = []
  #client: { id: string; secret: string }
  #personId: string

  constructor(client: { id: string; secret: string }, personId: string) {
    this.#client = client
    this.#personId = personId
  }

  async manage(method: string, path: string, headers: IncomingHttpHeaders, body: string): Promise<Reply> {
    if (headers['x-client-id'] !== this.#client.id || headers['x-client-secret'] !== this.#client.secret) {
      return { status: 401, json: { detail: 'Unknown client' } }
    }
    const rest = path.slice('/v2/webhook/subscription'.length)
    if (method === 'GET' && rest === '') return { status: 200, json: this.subscriptions }
    if (method === 'POST' && rest === '') return this.#create(JSON.parse(body))
    const found = this.subscriptions.find(({ id }) => rest === `/renew/${id}` || rest === `/${id}`)
    if (found === undefined) return { status: 403, json: { detail: 'Webhook with specified id does not exist.' } }
    if (method === 'PUT' && rest.startsWith('/renew/')) {
      found.expiration_time = new Date(Date.now() + LIFE_MS).toISOString()
      return { status: 200, json: found }
    }
    return { status: 404, json: { detail: 'Not Found' } }
  }

  async #create(asked: Record<string, string>): Promise<Reply> {
    const { callback_url, verification_token, event_type, data_type } = asked
    const isKnown = operations.includes(event_type!) && dataTypes.includes(data_type!)
    if (!isKnown || verification_token === undefined || !URL.canParse(callback_url!)) {
      return { status: 422, json: { detail: [{ loc: ['body'], msg: 'Input should be ...', type: 'enum' }] } }
    }
    if (!(await this.handshake(callback_url!, verification_token))) {
      return { status: 422, json: { detail: [{ loc: ['body', 'callback_url'], msg: 'not verified', type: 'value' }] } }
    }
    const subscription = {
      id: randomUUID(),
      callback_url: callback_url!,
      event_type: event_type!,
      data_type: data_type!,
      expiration_time: new Date(Date.now() + LIFE_MS).toISOString(),
    }
    this.subscriptions.push(subscription)
    return { status: 201, json: subscription }
  }

  /** Whether the endpoint gives the challenge back. */
  async handshake(callbackUrl: string, token: string): Promise<boolean> {
    const challenge = randomBytes(12).toString('hex')
    const query = new URLSearchParams({ verification_token: token, challenge })
    const response = await fetch(`${callbackUrl}?${query.toString()}`)
    if (!response.ok) return false
    return ((await response.json()) as { challenge?: string }).challenge === challenge
  }

  /** What a push of an event looks like on the wire. */
  sign(event: Event, { secret, timestamp, body, signature }: Forgery = {}) {
    const raw =
      body ??
      JSON.stringify({
        object_id: randomUUID(),
        event_time: new Date().toISOString(),
        user_id: this.#personId,
        ...event,
      })
    const sentAt = timestamp ?? String(Math.floor(Date.now() / 1000))
    const own = createHmac('sha256', secret ?? this.#client.secret).update(sentAt + raw)
    return {
      body: raw,
      headers: {
        'content-type': 'application/json',
        'x-oura-timestamp': sentAt,
        'x-oura-signature': signature ?? own.digest('hex').toUpperCase(),
      },
    }
  }

  /** Tells an event to everybody who subscribed to it; the statuses of the answers. */
  async push(event: Event, forgery: Forgery = {}): Promise<number[]> {
    const urls = this.subscriptions
      .filter(({ event_type, data_type }) => event_type === event.event_type && data_type === event.data_type)
      .map(({ callback_url }) => callback_url)
    const { body, headers } = this.sign(event, forgery)
    const targets = forgery.url === undefined ? urls : [forgery.url]
    const answers = await Promise.all(targets.map((url) => fetch(url, { method: 'POST', body, headers })))
    return answers.map(({ status }) => status)
  }
}
