import { z } from 'zod'
import { dateAfter } from '../zones.ts'
import { PageQuery } from './paging.ts'
import { DateOnly } from './schemas.ts'

const MAX_FIELDS_LENGTH = 1000

/** A parameter that names something of ours: another name is an unknown parameter, and said to be. */
const nameOf = <Name extends string>(names: readonly Name[], isList: boolean) => {
  const split = (text: string) => (isList ? text.split(',') : [text]) as Name[]
  return z
    .string()
    .max(MAX_FIELDS_LENGTH)
    .check((ctx) => {
      const unknown = split(ctx.value).find((name) => !names.includes(name))
      if (unknown === undefined) return
      const message = `${JSON.stringify(unknown.slice(0, 100))} is not known here; known are ${names.join(', ')}`
      ctx.issues.push({ code: 'custom', input: ctx.value, message, params: { isUnknown: true } })
    })
    .meta(
      isList ? { description: `Some of ${names.join(', ')}, separated by commas; all without it.` } : { enum: names },
    )
    .transform((text) => [...new Set(split(text))])
}

/** Of what takes no parameters: one is unknown. */
export const NoQuery = z.strictObject({})

const fieldsOf = (item: z.ZodObject) => nameOf(Object.keys(item.shape), true).optional()

/** The query of what answers one `item`: `fields` chooses some of its own, see `answerChosenFields`. */
export const itemQuery = <Filters extends z.ZodRawShape>(item: z.ZodObject, filters: Filters) =>
  z.strictObject({ fields: fieldsOf(item), ...filters })

type ListOptions<Sort extends string, Filters extends z.ZodRawShape> = {
  /** What it can be sorted by; by the first where nothing is said. */
  sorts: readonly [Sort, ...Sort[]]
  order?: 'asc' | 'desc'
  filters: Filters
}

/** The query of a list: page, order, fields, its own filters. */
export const listQuery = <Sort extends string, Filters extends z.ZodRawShape>(
  item: z.ZodObject,
  { sorts, order = 'asc', filters }: ListOptions<Sort, Filters>,
) =>
  z.strictObject({
    ...PageQuery.shape,
    sort: nameOf(sorts, false)
      .transform(([sort]) => sort!)
      .prefault(sorts[0]),
    order: z.enum(['asc', 'desc']).default(order),
    fields: fieldsOf(item),
    ...filters,
  })

/** What every list that `listQuery` describes is asked with. */
export type ListQuery<Sort extends string = string> = PageQuery & { sort: Sort; order: 'asc' | 'desc' }

/** Filters of a list by day, both days included; add `requireOrder`. `what` says what lies between them. */
export const dateFilters = (what: string) => ({
  start_date: DateOnly.optional().describe(`${what} on this day, of UTC, or later.`),
  end_date: DateOnly.optional().describe(`${what} on this day, of UTC, or earlier.`),
})

/** For `refine`: the days of `dateFilters` are in order. */
export const inOrder = ({ start_date, end_date }: DateRange) =>
  start_date == null || end_date == null || start_date <= end_date
export const mustBeInOrder = { path: ['end_date'], message: 'is before start_date' }

/** `[from, to)` of the days of UTC that `dateFilters` were given, open on a side where none was; for Postgres. */
export function instantsOf({ start_date, end_date }: DateRange): [from: string, to: string] {
  const from = start_date == null ? '-infinity' : `${start_date}T00:00:00Z`
  return [from, end_date == null ? 'infinity' : `${dateAfter(end_date)}T00:00:00Z`]
}

export type DateRange = { start_date?: string | null | undefined; end_date?: string | null | undefined }
