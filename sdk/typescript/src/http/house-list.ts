import type { Pagination } from '../generated/schemas.ts'
import { toQuery } from './camel-case.ts'
import { PagedList } from './paged-list.ts'
import type { RequestOptions, Transport } from './transport.ts'

/** A page of a list. */
export type Page<Item> = { data: Item[]; pagination: Pagination }

/** What a list of the house API answers: awaited, one page; with `for await`, every item. */
export type List<Item> = PagedList<Item, Page<Item>>

/** What every list takes. `fields` leaves only those of each item. */
export type ListParameters<Sort extends string, Field> = {
  /** From 1. */
  page?: number
  /** 1 to 100. 20 by default, or 100 in a walk over all. */
  perPage?: number
  sort?: Sort
  order?: 'asc' | 'desc'
  fields?: readonly Field[]
}

/** Days as `YYYY-MM-DD`, both included. */
export type DayRange = { startDate?: string; endDate?: string }

const LARGEST_PAGE = 100

/** The list at `path`, from `page` on. */
export function listAt<Item>(
  transport: Transport,
  path: string,
  parameters: { page?: number; perPage?: number },
  options: RequestOptions = {},
): List<Item> {
  return new PagedList(async function* (isWalk) {
    // From a page on, its size says where that begins: the one that an awaited list has.
    const perPage = parameters.perPage ?? (isWalk && parameters.page === undefined ? LARGEST_PAGE : undefined)
    for (let page = parameters.page; ;) {
      const query = toQuery({ ...parameters, perPage, page })
      const answer = await transport.send<Page<Item>>({ method: 'GET', path, query, ...options })
      yield answer
      if (!answer.pagination.has_next) return
      page = answer.pagination.page + 1
    }
  })
}
