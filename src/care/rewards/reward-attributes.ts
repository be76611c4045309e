import { z } from 'zod'
import { raw } from '../../database/sql.ts'
import { Instant } from '../json-api/instants.ts'
import { type Attribute, stored } from '../json-api/resource.ts'

const MAX_VALUE = 1_000_000_000_000

export const BudgetUnit = z.enum(['dollar', 'point', 'credit'])

/** Part of a budget, or none of it: less than nothing would add to what is left. */
export const Value = z.number().min(0).max(MAX_VALUE)

/** Stored as numeric, so that sums are exact, and answered as the number that was sent. */
export const storedValue = (name: string, schema: z.ZodType): Record<string, Attribute> => ({
  [name]: { ...stored(name, schema, { isRequired: true })[name]!, read: raw(`r.${name}::float8`) },
})

/** What stands for no value is what the table has by default. */
export const storedOr = (name: string, schema: z.ZodType, byDefault: unknown): Record<string, Attribute> => ({
  [name]: { ...stored(name, schema)[name]!, toColumn: (value) => value ?? byDefault },
})

/** Read from other rows, each time anew: it cannot differ from what they say. */
export const derived = (name: string, schema: z.ZodType, read: string): Record<string, Attribute> => ({
  [name]: { schema, isReadOnly: true, isRequired: false, read: raw(`(${read})`) },
})

/** How often and how much, of the rows that `of` selects. */
export const derivedSum = (count: string, total: string, column: string, of: string): Record<string, Attribute> => ({
  ...derived(count, z.number(), `select count(*)::int from ${of}`),
  ...derived(total, z.number(), `select coalesce(sum(${column}), 0)::float8 from ${of}`),
})

/** What an earning's fulfillment says; `from` joins a fulfillment `f` to the row. */
export const fulfilled = (from: string): Record<string, Attribute> => ({
  ...derived('fulfilled_value', z.number(), `select f.fulfilled_value::float8 from ${from}`),
  ...derived('fulfilled_at', Instant, `select f.fulfilled_at from ${from}`),
})
