import type { Context } from '../context.ts'
import { query } from '../database/query.ts'
import * as sql from './remove-old-messages.sql.ts'

const BATCH = 500
const DAY_MS = 86_400_000

/** Removes what arrived, or was recovered, longer ago than WEBHOOK_RETENTION_DAYS, until `signal` aborts. */
export async function removeOldMessages({ pool, config, now }: Context, signal: AbortSignal): Promise<void> {
  const before = new Date(now().getTime() - config.webhooks.retentionDays * DAY_MS)
  await query(pool, sql.deleteOldRecoveries, [before])
  while (!signal.aborted) {
    const removed = await query(pool, sql.deleteToldEvents, [before, BATCH])
    if (removed.length < BATCH) return
  }
}
