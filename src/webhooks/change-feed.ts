import { z } from 'zod'
import type { Tenant } from '../accounts/schemas.ts'
import type { Pool } from '../database/pool.ts'
import { query } from '../database/query.ts'
import { withTransaction } from '../database/transaction.ts'
import { UserId, wholeNumber } from '../http/schemas.ts'
import * as sql from './change-feed.sql.ts'

export const ChangesQuery = z.strictObject({
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'is not a cursor that this endpoint gave')
    .optional()
    .describe('The next_cursor of the page before; without it the feed begins at its oldest event.'),
  limit: wholeNumber(1, 1000).prefault(100),
  userId: UserId.optional(),
  type: z
    .string()
    .regex(/^[a-z_.-]{1,100}\*?$|^\*$/, 'must be a type of event, or the beginning of one and *')
    .optional()
    .describe('A type of event, or the beginning of one and *: devices.*'),
})
export type ChangesQuery = z.infer<typeof ChangesQuery>

const Change = z
  .object({
    id: z.uuid(),
    type: z.string(),
    userId: z.string().nullable(),
    data: z.record(z.string(), z.unknown()).describe('What changed, without values: those are read by date.'),
    occurred_at: z.string(),
  })
  .meta({ id: 'Change' })

export const ChangePage = z
  .object({
    data: z.array(Change),
    next_cursor: z.string().describe('Where to go on, also when nothing more is there yet.'),
    has_more: z.boolean(),
  })
  .meta({ id: 'ChangePage' })
export type ChangePage = z.infer<typeof ChangePage>

/** Events numbered in one go; a feed that was not read for long is numbered over several reads. */
const NUMBERED_AT_ONCE = 5000

type Row = {
  position: number
  id: string
  type: string
  userId: string | null
  data: Record<string, unknown>
  occurredAt: Date
}

/**
 * A page of the tenant's events, in an order that never changes: what was committed before a read comes before what was
 * committed after it. A reader that goes on from its cursor misses nothing and sees nothing twice.
 */
export async function readChanges(pool: Pool, tenant: Tenant, wanted: ChangesQuery): Promise<ChangePage> {
  const isBehind = await numberEvents(pool, tenant)
  const after = wanted.cursor === undefined ? 0 : Number(wanted.cursor)
  const type = wanted.type?.replaceAll('_', '\\_').replace('*', '%') ?? null
  const values = [tenant.id, after, wanted.limit + 1, wanted.userId ?? null, type]
  const rows = await query<Row>(pool, sql.selectChanges, values)
  const page = rows.slice(0, wanted.limit)
  return {
    data: page.map(({ position: _, occurredAt, ...change }) => ({ ...change, occurred_at: occurredAt.toISOString() })),
    next_cursor: String(page.at(-1)?.position ?? after),
    has_more: rows.length > page.length || isBehind,
  }
}

/** Returns whether there may be more to number. */
async function numberEvents(pool: Pool, tenant: Tenant): Promise<boolean> {
  const [unnumbered] = await query(pool, sql.selectUnnumbered, [tenant.id])
  if (unnumbered === undefined) return false
  return withTransaction(pool, async (tx) => {
    await query(tx, sql.lockFeed, [tenant.id])
    return (await query(tx, sql.numberEvents, [tenant.id, NUMBERED_AT_ONCE])).length === NUMBERED_AT_ONCE
  })
}
