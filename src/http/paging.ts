import { z } from 'zod'
import { wholeNumber } from './schemas.ts'

/** Beyond it no list goes, and page times size stays a number that Postgres takes. */
const MAX_PAGE = 1_000_000

/** Lists of the house API: extend it with the filters of a list. */
export const PageQuery = z.strictObject({
  page: wholeNumber(1, MAX_PAGE).prefault(1),
  per_page: wholeNumber(1, 100).prefault(20),
})
export type PageQuery = z.infer<typeof PageQuery>

const Pagination = z
  .object({
    page: z.number().int(),
    per_page: z.number().int(),
    total: z.number().int(),
    total_pages: z.number().int(),
    has_next: z.boolean(),
    has_prev: z.boolean(),
  })
  .meta({ id: 'Pagination' })

export type Page<Item> = { data: Item[]; pagination: z.infer<typeof Pagination> }

/** The schema of a page; `id` names it in the API's document. */
export const pageOf = <Item extends z.ZodType>(id: string, item: Item) =>
  z.object({ data: z.array(item), pagination: Pagination }).meta({ id })

/** `offset` of the first element. */
export const offsetOf = ({ page, per_page }: PageQuery): number => (page - 1) * per_page

/** `data` are the elements of the page that was asked for, of `total` over all pages. */
export function toPage<Item>({ page, per_page }: PageQuery, total: number, data: Item[]): Page<Item> {
  const total_pages = Math.ceil(total / per_page)
  return { data, pagination: { page, per_page, total, total_pages, has_next: page < total_pages, has_prev: page > 1 } }
}
