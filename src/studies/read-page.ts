import type { Queryable } from '../database/pool.ts'
import { empty, join, raw, run, sql, type Sql } from '../database/sql.ts'
import { type DateRange, instantsOf, type ListQuery } from '../http/list-query.ts'
import { offsetOf, type Page, toPage } from '../http/paging.ts'

/** Where a list comes from. `key` is unique, and orders what is alike. */
export type Source = { columns: Sql; from: Sql; key: Sql; sorts: Record<string, Sql> }

/** With the API's names, as Postgres answers it. */
export type RowOf<Item> = { [Name in keyof Item]: Item[Name] | Date }

/** A page of what meets all of `conditions`, which name the tenant. */
export async function readPage<Item extends object>(
  db: Queryable,
  { columns, from, key, sorts }: Source,
  conditions: Sql[],
  wanted: ListQuery,
): Promise<Page<Item>> {
  const where = sql`from ${from} where ${join(conditions, ' and ')}`
  const direction = wanted.order === 'desc' ? raw('desc') : empty
  const order = sql`${sorts[wanted.sort]!} ${direction}, ${key} ${direction}`
  const [counted] = await run<{ count: number }>(db, sql`select count(*)::int as count ${where}`)
  const rows = await run<RowOf<Item>>(
    db,
    sql`select ${columns} ${where} order by ${order} limit ${wanted.per_page} offset ${offsetOf(wanted)}`,
  )
  return toPage(wanted, counted?.count ?? 0, rows.map(toItem<Item>))
}

/** What is answered for a row: instants are written in ISO 8601. */
export const toItem = <Item extends object>(row: RowOf<Item>): Item =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value instanceof Date ? value.toISOString() : value]),
  ) as Item

/** Instants of the days of UTC from the first to the last, both included. */
export function within(column: Sql, range: DateRange): Sql[] {
  if (range.start_date == null && range.end_date == null) return []
  const [from, to] = instantsOf(range)
  return [sql`${column} >= ${from}::timestamptz and ${column} < ${to}::timestamptz`]
}

/** A condition where something is asked for. */
export const equals = (column: Sql, value: unknown): Sql[] => (value === undefined ? [] : [sql`${column} = ${value}`])
