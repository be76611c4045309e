import type { Context } from '../context.ts'
import { query } from '../database/query.ts'
import { announceChanges } from './announce-changes.ts'
import * as sql from './announce-changes.sql.ts'

/** Leaves a change's own job this long, past its window, to come first. */
const GRACE_MS = 5000
const BATCH = 100

/** Announces what is marked as changed and should have been told of: its job was lost. Needs no queue. */
export async function sweepChanges(context: Context, signal: AbortSignal): Promise<void> {
  const markedBefore = new Date(context.now().getTime() - context.config.webhooks.windowMs - GRACE_MS)
  const overdue = await query<{ userId: string }>(context.pool, sql.selectOverdueUsers, [markedBefore, BATCH])
  for (const { userId } of overdue) {
    if (signal.aborted) return
    context.metrics.rescues.inc({ kind: 'changes' })
    // One user whose changes cannot be told must not keep the others' from it.
    await announceChanges(context, userId).catch((err: unknown) => {
      context.log.error({ err, userId }, 'changes could not be announced')
    })
  }
}
