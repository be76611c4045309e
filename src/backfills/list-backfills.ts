import type { Tenant } from '../accounts/schemas.ts'
import { lockUser } from '../connect/connections.ts'
import type { Context } from '../context.ts'
import { query } from '../database/query.ts'
import { withTransaction } from '../database/transaction.ts'
import { AppError } from '../errors.ts'
import { offsetOf, type Page, toPage } from '../http/paging.ts'
import { requireUser } from '../users/users.ts'
import { dateOf, UTC } from '../zones.ts'
import { askForDays, wakeBackfills } from './ask-for-days.ts'
import * as sql from './list-backfills.sql.ts'
import type { Backfill, BackfillsQuery, NewBackfill } from './schemas.ts'

/** More of them would only wait for one another. */
const MOST_REQUESTED = 10

type Row = Pick<Backfill, 'id' | 'provider' | 'reason' | 'status' | 'from' | 'to'> & {
  daysDone: number
  daysTotal: number
  samples: string
  error: string | null
  createdAt: Date
  updatedAt: Date
  nextAt: Date | null
}

/** What is read of a user's days from providers, the latest first. Throws `user_not_found`. */
export async function listBackfills(
  { pool, prisma }: Context,
  tenant: Tenant,
  userId: string,
  wanted: BackfillsQuery,
): Promise<Page<Backfill>> {
  await requireUser(prisma, tenant, userId)
  const asked = [userId, wanted.provider ?? null]
  const [counted] = await query<{ count: number }>(pool, sql.countBackfills, asked)
  const rows = await query<Row>(pool, sql.selectBackfills, [...asked, wanted.per_page, offsetOf(wanted)])
  return toPage(wanted, counted?.count ?? 0, rows.map(toBackfill))
}

/**
 * Has days read, again or for the first time. Throws `user_not_found`, `validation_error` for days to come, and `conflict`
 * when the provider is not connected in a way that it can be asked, or too much is under way.
 */
export async function requestBackfill(
  context: Context,
  tenant: Tenant,
  userId: string,
  { provider, from, to }: NewBackfill,
): Promise<Backfill> {
  const now = context.now()
  if (to > dateOf(now.getTime(), UTC)) {
    throw new AppError('validation_error', 'to: is in the future', {
      details: [{ field: 'to', reason: 'is in the future' }],
    })
  }
  const row = await withTransaction(context.pool, async (tx) => {
    await lockUser(tx, { tenantId: tenant.id, userId })
    const [grant] = await query<{ id: string; requested: number }>(tx, sql.selectGrantOf, [userId, provider])
    if (grant === undefined) throw new AppError('conflict', `The user has not connected ${provider} with a consent.`)
    if (grant.requested >= MOST_REQUESTED) {
      throw new AppError('conflict', `${MOST_REQUESTED} of them are under way; wait until one is done.`)
    }
    const id = await askForDays(tx, { id: grant.id, userId, provider }, { reason: 'requested', from, to }, now)
    const [asked] = await query<Row>(tx, sql.selectBackfill, [id, userId])
    return asked!
  })
  wakeBackfills(context.queue)
  return toBackfill(row)
}

function toBackfill({ daysDone, daysTotal, samples, error, createdAt, updatedAt, nextAt, ...row }: Row): Backfill {
  return {
    ...row,
    days_done: daysDone,
    days_total: daysTotal,
    samples: Number(samples),
    ...(error === null ? {} : { error }),
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
    ...(nextAt === null || row.status === 'running' ? {} : { next_attempt_at: nextAt.toISOString() }),
  }
}
