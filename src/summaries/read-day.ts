import type { Tenant } from '../accounts/schemas.ts'
import type { Context } from '../context.ts'
import { gather } from '../database/gather.ts'
import { requireUser } from '../users/users.ts'
import { type DayRequest, readProviderDays } from './provider-days.ts'
import type { DayQuery } from './schemas.ts'
import type { ShapeName } from './shapes.ts'
import { toShape } from './summarize.ts'

/** Requests that may be read in the same queries. */
const MOST_TOGETHER = 16

/** A user's day in a shape, an element for each connected provider that has data. Throws `user_not_found`. */
type ReadDay = (tenant: Tenant, query: DayQuery, shape: ShapeName) => Promise<object[]>

/** Requests that come at the same time share queries. */
export function openDayReader({ hotPool, prisma }: Pick<Context, 'hotPool' | 'prisma'>): ReadDay {
  const readDays = gather((wanted: DayRequest[]) => readProviderDays(hotPool, wanted), MOST_TOGETHER)
  return async (tenant, { userId, date, timezoneId: zone }, shape) => {
    const read = await readDays({
      owner: { tenantId: tenant.id, userId },
      date,
      zone,
      shapes: [shape],
      with: 'samples',
    })
    // Whoever has data exists.
    if (read.length === 0) await requireUser(prisma, tenant, userId)
    return read.flatMap((day) => toShape(shape, day, date) ?? [])
  }
}
