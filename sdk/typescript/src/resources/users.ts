import type {
  ConnectedProviders,
  ConnectedUsers,
  CreatedUser,
  Provider,
  SourcePriority,
  User,
  UserZone,
} from '../generated/schemas.ts'
import type { RequestOptions, Transport } from '../http/transport.ts'
import type { DayParameters } from './days.ts'

export class Users {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Creates, or finds, the user whom your application knows as `appUserId`. */
  create({ appUserId }: { appUserId: string }, options?: RequestOptions): Promise<CreatedUser> {
    // The second finds whom the first has made.
    const call = { method: 'POST', path: '/user', query: { appUserId }, isRepeatable: true } as const
    return this.#transport.send({ ...call, ...options })
  }

  /** All of them: this list has no pages. */
  list(options?: RequestOptions): Promise<ConnectedUsers> {
    return this.#transport.send({ method: 'GET', path: '/user', ...options })
  }

  /** What each connected provider tells of the user. */
  info({ userId, date, timezoneId }: DayParameters, options?: RequestOptions): Promise<User[]> {
    return this.#transport.send({ method: 'GET', path: '/user', query: { userId, date, timezoneId }, ...options })
  }

  providers(userId: string, options?: RequestOptions): Promise<ConnectedProviders> {
    return this.#transport.send({ method: 'GET', path: `${pathOf(userId)}/connected-providers`, ...options })
  }

  /** Ends what the provider's tokens may do; what it sent stays. */
  async disconnect(userId: string, provider: Provider, options?: RequestOptions): Promise<void> {
    const path = `${pathOf(userId)}/revoke`
    await this.#transport.send({ method: 'DELETE', path, query: { provider }, ...options })
  }

  /** With all data and tokens, for good. */
  async delete(userId: string, options?: RequestOptions): Promise<void> {
    await this.#transport.send({ method: 'DELETE', path: pathOf(userId), ...options })
  }

  /** Ties devices for remote monitoring to the user of a connect token; `deviceUserId` is whom Tenovi knows. */
  async connectDevices(
    { connectToken, deviceIds, deviceUserId }: { connectToken: string; deviceIds: string[]; deviceUserId: string },
    options?: RequestOptions,
  ): Promise<void> {
    const query = { token: connectToken, deviceIds, deviceUserId }
    // Devices that are tied already stay so.
    await this.#transport.send({ method: 'POST', path: '/connect/rpm/tenovi', query, isRepeatable: true, ...options })
  }

  async disconnectDevice(userId: string, deviceId: string, options?: RequestOptions): Promise<void> {
    const query = { provider: 'tenovi', deviceId }
    await this.#transport.send({ method: 'DELETE', path: `${pathOf(userId)}/device`, query, ...options })
  }

  getTimezone(userId: string, options?: RequestOptions): Promise<UserZone> {
    return this.#transport.send({ method: 'GET', path: `${pathOf(userId)}/timezone`, ...options })
  }

  /** Whose days webhooks tell of, such as `Europe/Berlin`; null for UTC. */
  setTimezone(userId: string, timezoneId: string | null, options?: RequestOptions): Promise<UserZone> {
    const path = `${pathOf(userId)}/timezone`
    return this.#transport.send({ method: 'PUT', path, json: { timezoneId }, ...options })
  }

  getSourcePriority(userId: string, options?: RequestOptions): Promise<SourcePriority> {
    return this.#transport.send({ method: 'GET', path: `${pathOf(userId)}/source-priority`, ...options })
  }

  /** Names of devices, or kinds such as `watch`, best first. An empty list restores the default. */
  setSourcePriority(userId: string, priority: readonly string[], options?: RequestOptions): Promise<SourcePriority> {
    const path = `${pathOf(userId)}/source-priority`
    return this.#transport.send({ method: 'PUT', path, json: { priority }, ...options })
  }
}

const pathOf = (userId: string) => `/user/${encodeURIComponent(userId)}`
