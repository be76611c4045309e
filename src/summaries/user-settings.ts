import type { Tenant } from '../accounts/schemas.ts'
import type { Pool } from '../database/pool.ts'
import type { PrismaClient } from '../database/prisma.ts'
import { query } from '../database/query.ts'
import { withTransaction } from '../database/transaction.ts'
import { userNotFound } from '../users/users.ts'
import * as sql from './user-settings.sql.ts'

/** How a user's days are computed. Throws `user_not_found`. */
export async function readUserSettings(prisma: PrismaClient, tenant: Tenant, userId: string) {
  const where = { id: userId, tenantId: tenant.id }
  const found = await prisma.user.findFirst({ where, select: { timezone: true, sourcePriority: true } })
  if (found === null) throw userNotFound()
  return found
}

/** `priority` names devices and kinds, best first. Holds for every day that is read from now on. */
export async function setSourcePriority(
  prisma: PrismaClient,
  tenant: Tenant,
  userId: string,
  priority: string[],
): Promise<void> {
  const where = { id: userId, tenantId: tenant.id }
  const { count } = await prisma.user.updateMany({ where, data: { sourcePriority: priority } })
  if (count === 0) throw userNotFound()
}

/**
 * Changes that are marked and not told of yet were marked by days of the old zone: the days beside them are marked too,
 * for they may be the same hours in the new one.
 */
export async function setTimezone(pool: Pool, tenant: Tenant, userId: string, timezone: string | null): Promise<void> {
  await withTransaction(pool, async (tx) => {
    const [user] = await query(tx, sql.lockUserForUpdate, [userId, tenant.id])
    if (user === undefined) throw userNotFound()
    await query(tx, sql.updateTimezone, [userId, timezone])
    await query(tx, sql.markDaysBeside, [userId])
  })
}
