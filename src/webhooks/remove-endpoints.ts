import type { Context } from '../context.ts'
import { query } from '../database/query.ts'
import * as sql from './remove-endpoints.sql.ts'

const BATCH = 500
/** Longer than any statement may take. */
const GRACE_MS = 60_000

/** Removes what endpoints that were deleted left, in bounded batches, and then them, until `signal` aborts. */
export async function removeDeletedEndpoints({ pool, now }: Context, signal: AbortSignal): Promise<void> {
  for (const { id } of await query<{ id: string }>(pool, sql.selectDeletedEndpoints, [])) {
    let removed = BATCH
    while (removed === BATCH && !signal.aborted) {
      removed = (await query(pool, sql.deleteDeliveries, [id, BATCH])).length
    }
    if (signal.aborted) return
    await query(pool, sql.deleteEndpoint, [id, new Date(now().getTime() - GRACE_MS)])
  }
}
