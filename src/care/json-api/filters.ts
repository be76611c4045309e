import { z } from 'zod'
import { raw, sql } from '../../database/sql.ts'
import { text } from '../../http/schemas.ts'
import { idOrNobody } from '../ids.ts'
import { Instant } from './instants.ts'
import type { Filter } from './resource.ts'

const MAX_LISTED = 100

export const Id = text(100).transform((id) => idOrNobody(id))

/** Several of `item`, separated by commas. */
export const listOf = <Item extends z.ZodType<unknown, string>>(item: Item) =>
  z
    .string()
    .transform((list) => list.split(',').map((each) => each.trim()))
    .pipe(z.array(item).max(MAX_LISTED))

export const Ids = listOf(Id)

export const equalTo = (column: string, description: string, maxLength = 300): Filter => ({
  description,
  schema: text(maxLength),
  where: (value: string) => sql`${raw(`r.${column}`)} = ${value}`,
})

export const Flag = z.enum(['true', 'false']).transform((value) => value === 'true')

/** `true` or `false`; a partial index may serve `true`. */
export const isTrue = (column: string, description: string): Filter => ({
  description,
  schema: Flag,
  where: (value: boolean) => raw(value ? `r.${column}` : `not r.${column}`),
})

/** `start..end`, the start included, the end not. */
const DateRange = text(100).transform((range, check) => {
  const [start, end, ...more] = range.split('..').map((each) => Instant.safeParse(each).data)
  if (start === undefined || end === undefined || more.length > 0) {
    check.addIssue({ code: 'custom', message: 'must be two instants with an offset, separated by ..' })
    return z.NEVER
  }
  return { start: new Date(start), end: new Date(end) }
})

export const between = (column: string, description: string): Filter => ({
  description: `${description}: the first instant and the one after the last, separated by \`..\`.`,
  schema: DateRange,
  where: ({ start, end }: { start: Date; end: Date }) =>
    sql`${raw(`r.${column}`)} >= ${start} and ${raw(`r.${column}`)} < ${end}`,
})
