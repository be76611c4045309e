import type { Change, ChangePage } from '../generated/schemas.ts'
import { PagedList } from '../http/paged-list.ts'
import type { RequestOptions, Transport } from '../http/transport.ts'

export type ChangeFilters = {
  /** `next_cursor` of the page before; from the beginning without one. */
  cursor?: string
  /** How many a page has: 1 to 1000. */
  limit?: number
  userId?: string
  /** A type of event, or `devices.*` for all that begin so. */
  type?: string
}

const LARGEST_PAGE = 1000

/** Every event in an order that never changes, for whoever missed webhooks. */
export class Changes {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /**
   * Awaited, one page; with `for await`, every change until there are no more. Whoever goes on later takes `pages()`, and
   * keeps the `next_cursor` of each page that is done.
   */
  list(filters: ChangeFilters = {}, options: RequestOptions = {}): PagedList<Change, ChangePage> {
    const transport = this.#transport
    return new PagedList(async function* (isWalk) {
      const whole = isWalk ? { limit: LARGEST_PAGE } : {}
      for (let { cursor } = filters; ;) {
        const query = { ...whole, ...filters, cursor }
        const page = await transport.send<ChangePage>({ method: 'GET', path: '/changes', query, ...options })
        yield page
        if (!page.has_more) return
        cursor = page.next_cursor
      }
    })
  }
}
