import type { Backfill, Provider } from '../generated/schemas.ts'
import { type List, listAt } from '../http/house-list.ts'
import type { RequestOptions, Transport } from '../http/transport.ts'

/** Days of a user that the server reads from a connected provider. */
export class Backfills {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** How far they have come, the latest first. */
  list(
    userId: string,
    filters: { provider?: Provider; page?: number; perPage?: number } = {},
    options?: RequestOptions,
  ): List<Backfill> {
    return listAt(this.#transport, pathOf(userId), filters, options)
  }

  /** Has days read, again or for the first time: `YYYY-MM-DD`, both included, 365 at most. */
  request(
    userId: string,
    { provider, from, to }: { provider: Provider; from: string; to: string },
    options?: RequestOptions,
  ): Promise<Backfill> {
    return this.#transport.send({ method: 'POST', path: pathOf(userId), json: { provider, from, to }, ...options })
  }
}

const pathOf = (userId: string) => `/user/${encodeURIComponent(userId)}/backfills`
