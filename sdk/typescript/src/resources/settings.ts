import type { ConnectSettings, Settings as SettingsAnswer, WebhookStatus } from '../generated/schemas.ts'
import type { RequestOptions, Transport } from '../http/transport.ts'

/** The one webhook endpoint that the Devices API knows, and the widget's; `client.webhooks` has the other endpoints. */
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

  /** Where the connect widget may send browsers. */
  getConnect(options?: RequestOptions): Promise<ConnectSettings> {
    return this.#transport.send({ method: 'GET', path: '/settings/connect', ...options })
  }

  /** Origins such as `https://app.example.org`: `redirectUrl` and `failRedirectUrl` have to be of one of them. */
  updateConnect(
    { redirectOrigins }: { redirectOrigins: readonly string[] },
    options?: RequestOptions,
  ): Promise<ConnectSettings> {
    return this.#transport.send({ method: 'PUT', path: '/settings/connect', json: { redirectOrigins }, ...options })
  }
}
