import type { Tenant } from '../accounts/schemas.ts'
import type { Context } from '../context.ts'
import { gather } from '../database/gather.ts'
import { requireUser } from '../users/users.ts'
import { readProviderDays } from './provider-days.ts'
import { readDayTotals, type TotalsQuery } from './recordings.ts'
import type { DayQuery } from './schemas.ts'
import type { ShapeName } from './shapes.ts'
import { toShape } from './summarize.ts'

/** Requests whose totals may be read in one query. */
const MOST_TOGETHER = 16

/** A user's day in a shape, an element for each connected provider that has data. Throws `user_not_found`. */
type ReadDay = (tenant: Tenant, query: DayQuery, shape: ShapeName) => Promise<object[]>

/** Requests that come at the same time share queries. */
export function openDayReader({ pool, prisma }: Pick<Context, 'pool' | 'prisma'>): ReadDay {
  const readTotals = gather((wanted: TotalsQuery[]) => readDayTotals(pool, wanted), MOST_TOGETHER)
  return async (tenant, { userId, date, timezoneId: zone }, shape) => {
    const wanted = { shapes: [shape], with: 'samples' } as const
    const read = await readProviderDays(pool, { tenantId: tenant.id, userId }, { date, zone }, wanted, readTotals)
    // Whoever has data exists.
    if (read.length === 0) await requireUser(prisma, tenant, userId)
    return read.flatMap((day) => toShape(shape, day, date) ?? [])
  }
}
