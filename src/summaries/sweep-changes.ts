import type { Context } from '../context.ts'
import { query } from '../database/query.ts'
import { announceAll } from './announce-changes.ts'
import * as sql from './announce-changes.sql.ts'

/** Leaves a change's own job this long, past its window, to come first. */
const GRACE_MS = 5000
const BATCH = 100
/** Before all users. */
const NOBODY = '00000000-0000-0000-0000-000000000000'

/** Announces what is marked as changed and should have been told of: its job was lost. Needs no queue. */
export async function sweepChanges(context: Context, signal: AbortSignal): Promise<void> {
  const { pool, config, log, metrics, now } = context
  const markedBefore = new Date(now().getTime() - config.webhooks.windowMs - GRACE_MS)
  let after = NOBODY
  while (!signal.aborted) {
    const overdue = await query<{ userId: string }>(pool, sql.selectOverdueUsers, [markedBefore, BATCH, after])
    const ids = overdue.map(({ userId }) => userId)
    metrics.rescues.inc({ kind: 'changes' }, ids.length)
    for (const err of await announceAll(context, ids, signal)) log.error({ err }, 'changes could not be announced')
    if (ids.length < BATCH) return
    // Onwards: those for whom it failed must not keep it from the others.
    after = ids.at(-1)!
  }
}
