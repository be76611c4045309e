import type { Context } from '../context.ts'
import type { Transaction } from '../database/pool.ts'
import { query } from '../database/query.ts'
import { withTransaction } from '../database/transaction.ts'
import { wakeDeliveries } from './emit-event.ts'
import * as sql from './endpoints.sql.ts'

/** Deliveries that one transaction holds or lets go; the sweeper does the rest. */
const BATCH = 1000

/** Holds what waits for an endpoint that is disabled. Returns how many. */
export async function holdWaiting(tx: Transaction, endpointId: string, now: Date): Promise<number> {
  return (await query(tx, sql.holdWaiting, [endpointId, now, BATCH])).length
}

/** Lets go what was held for an endpoint that is enabled. Returns how many. */
export async function releaseHeld(tx: Transaction, endpointId: string, now: Date): Promise<number> {
  return (await query(tx, sql.releaseHeld, [endpointId, now, BATCH])).length
}

/** Brings deliveries in line with their endpoints: nothing waits for a disabled one, nothing is held for another. */
export async function settleEndpoints(context: Context, signal: AbortSignal): Promise<void> {
  const unsettled = await query<{ id: string; enabled: boolean }>(context.pool, sql.selectUnsettled, [])
  for (const { id, enabled } of unsettled) {
    const settle = enabled ? releaseHeld : holdWaiting
    let settled = BATCH
    while (settled === BATCH && !signal.aborted) {
      settled = await withTransaction(context.pool, async (tx) => {
        const [endpoint] = await query(tx, sql.lockEndpoint, [id, enabled])
        return endpoint === undefined ? 0 : settle(tx, id, context.now())
      })
      if (enabled && settled > 0) wakeDeliveries(context.queue)
    }
  }
}
