import type {
  NewWebhookEndpoint,
  ResentWebhook,
  SentPing,
  WebhookDelivery,
  WebhookEndpoint,
  WebhookEndpointChange,
  WebhookEndpointWithSecret,
  WebhookMessage,
  WebhookRecovery,
} from '../generated/schemas.ts'
import { toQuery } from '../http/camel-case.ts'
import { type DayRange, type List, listAt, type ListParameters } from '../http/house-list.ts'
import { once } from '../http/idempotency-key.ts'
import type { CreateOptions, RequestOptions, Transport } from '../http/transport.ts'

export type WebhookFilters<Field> = ListParameters<'created_at' | 'url', Field> & DayRange
export type WebhookDeliveryFilters<Field> = ListParameters<'created_at', Field> &
  DayRange & { status?: WebhookDelivery['status'] }
export type WebhookRecoveryFilters<Field> = ListParameters<'created_at', Field> & DayRange

const PATH = '/api/webhooks'

/** Where webhooks go, and what was sent there. */
export class Webhooks {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  list<Field extends keyof WebhookEndpoint = keyof WebhookEndpoint>(
    filters: WebhookFilters<Field> = {},
    options?: RequestOptions,
  ): List<Pick<WebhookEndpoint, Field>> {
    return listAt(this.#transport, PATH, filters, options)
  }

  get<Field extends keyof WebhookEndpoint = keyof WebhookEndpoint>(
    id: string,
    { fields }: { fields?: readonly Field[] } = {},
    options?: RequestOptions,
  ): Promise<Pick<WebhookEndpoint, Field>> {
    return this.#transport.send({ method: 'GET', path: pathOf(id), query: toQuery({ fields }), ...options })
  }

  /** The answer has the `whsec_` secret, this once. */
  create(endpoint: NewWebhookEndpoint, options?: CreateOptions): Promise<WebhookEndpointWithSecret> {
    return this.#transport.send(once({ method: 'POST', path: PATH, json: endpoint }, options))
  }

  /** `enabled: false` holds what comes until it is enabled again. */
  update(id: string, change: WebhookEndpointChange, options?: RequestOptions): Promise<WebhookEndpoint> {
    return this.#transport.send({ method: 'PATCH', path: pathOf(id), json: change, ...options })
  }

  /** With all that was still to be sent to it. */
  delete(id: string, options?: RequestOptions): Promise<void> {
    return this.#transport.send({ method: 'DELETE', path: pathOf(id), ...options })
  }

  /** A new secret, `secret` or one that is made; for 24 h the one before signs beside it. */
  rotateSecret(
    id: string,
    { secret }: { secret?: string } = {},
    options?: CreateOptions,
  ): Promise<WebhookEndpointWithSecret> {
    return this.#act(id, 'rotate-secret', { secret }, options)
  }

  /** Sends a ping. */
  test(id: string, options?: CreateOptions): Promise<SentPing> {
    return this.#act(id, 'test', undefined, options)
  }

  /** Sends again all that did not arrive since then (ISO 8601 with an offset or `Z`). */
  recover(id: string, { since }: { since: string | Date }, options?: CreateOptions): Promise<WebhookRecovery> {
    return this.#act(id, 'recover', { since: since instanceof Date ? since.toISOString() : since }, options)
  }

  /** How far recoveries are. */
  recoveries<Field extends keyof WebhookRecovery = keyof WebhookRecovery>(
    id: string,
    filters: WebhookRecoveryFilters<Field> = {},
    options?: RequestOptions,
  ): List<Pick<WebhookRecovery, Field>> {
    return listAt(this.#transport, `${pathOf(id)}/recoveries`, filters, options)
  }

  /** What was sent, is or will be, and how the latest attempt went. */
  deliveries<Field extends keyof WebhookDelivery = keyof WebhookDelivery>(
    id: string,
    filters: WebhookDeliveryFilters<Field> = {},
    options?: RequestOptions,
  ): List<Pick<WebhookDelivery, Field>> {
    return listAt(this.#transport, `${pathOf(id)}/deliveries`, filters, options)
  }

  /** The exact body of a message, and every attempt. */
  message(messageId: string, options?: RequestOptions): Promise<WebhookMessage> {
    return this.#transport.send({ method: 'GET', path: pathOfMessage(messageId), ...options })
  }

  /** Sends a message again, whether it arrived or not: to all of its endpoints, or one. */
  resend(
    messageId: string,
    { endpointId }: { endpointId?: string } = {},
    options?: CreateOptions,
  ): Promise<ResentWebhook> {
    const path = `${pathOfMessage(messageId)}/resend`
    return this.#transport.send(once({ method: 'POST', path, json: { endpoint_id: endpointId } }, options))
  }

  #act<Answer>(id: string, action: string, json: object | undefined, options?: CreateOptions): Promise<Answer> {
    return this.#transport.send(once({ method: 'POST', path: `${pathOf(id)}/${action}`, json }, options))
  }
}

const pathOf = (id: string) => `${PATH}/${encodeURIComponent(id)}`
const pathOfMessage = (messageId: string) => `${PATH}/messages/${encodeURIComponent(messageId)}`
