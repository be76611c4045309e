import type { Settings as SettingsAnswer, WebhookStatus } from '../generated/schemas.ts'
import type { RequestOptions, Transport } from '../http/transport.ts'

/** The one webhook endpoint that the Devices API knows; `client.webhooks` has the others. */
export class Settings {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  get(options?: RequestOptions): Promise<SettingsAnswer> {
    return this.#transport.send({ method: 'GET', path: '/settings', ...options })
  }

  /**
   * Sets where webhooks go, `''` for nowhere; makes a new key, with which everything is signed from then on, and sends a
   * ping. Not sent again when no answer came: `get` tells the key then.
   */
  update({ webhookUrl }: { webhookUrl: string }, options?: RequestOptions): Promise<SettingsAnswer> {
    return this.#transport.send({ method: 'POST', path: '/settings', json: { webhookUrl }, ...options })
  }

  /** How delivering goes. */
  webhookStatus(options?: RequestOptions): Promise<WebhookStatus> {
    return this.#transport.send({ method: 'GET', path: '/settings/webhook', ...options })
  }

  /** Sends again what did not arrive. */
  async retryWebhooks(options?: RequestOptions): Promise<void> {
    await this.#transport.send({ method: 'POST', path: '/settings/webhook/retry', isRepeatable: true, ...options })
  }
}
