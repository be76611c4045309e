import type { Tenant } from '../accounts/schemas.ts'
import type { Context } from '../context.ts'
import { query } from '../database/query.ts'
import * as sql from './arm-fault.sql.ts'

/** What goes wrong with a message: how often it is sent again once it has arrived, and how late it is sent first. */
export type DeliveryFault = { copies: number; delaySeconds: number }

/** Longer than the window in which changes are gathered, and than a worker takes to tell of them. */
const ARMED_MS = 60_000

/**
 * Has `fault` happen to the next message of a sandbox, to all endpoints, in place of what was armed before; to none when
 * there is no message within a minute. `insertDeliveries` takes it up.
 */
export async function armFault({ pool, now }: Context, tenant: Tenant, fault: DeliveryFault): Promise<void> {
  const until = new Date(now().getTime() + ARMED_MS)
  await query(pool, sql.armFault, [tenant.id, fault.copies, fault.delaySeconds, until])
}
