import type { Context } from '../context.ts'
import { query } from '../database/query.ts'
import { removeOld } from './backfills.sql.ts'

const KEPT_MS = 30 * 24 * 3_600_000
const BATCH = 1000

/** What ended a month ago is nobody's concern; a connection makes one a day at least. */
export async function removeOldBackfills({ pool, now }: Context, signal: AbortSignal): Promise<void> {
  const before = new Date(now().getTime() - KEPT_MS)
  let removed = BATCH
  while (removed === BATCH && !signal.aborted) removed = (await query(pool, removeOld, [before, BATCH])).length
}
