import type { Context } from '../context.ts'
import { query } from '../database/query.ts'
import { withTransaction } from '../database/transaction.ts'
import { dateAfter, dateOf, UTC } from '../zones.ts'
import { askForDays, wakeBackfills } from './ask-for-days.ts'
import * as sql from './schedule-syncs.sql.ts'

const BATCH = 100
/** Where pushes were lost, or there are none. Spread, so that those who connected together part. */
const LIVE_INTERVAL_MS = 24 * 3_600_000
/** A day of the sandbox goes on. */
const SANDBOX_INTERVAL_MS = 3_600_000

type Due = { id: string; userId: string; provider: string; application: string }

/** Asks for yesterday and today of every connection, once a day; in the sandbox once an hour. */
export async function scheduleSyncs(context: Context, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const count = await scheduleSome(context)
    if (count > 0) wakeBackfills(context.queue)
    if (count < BATCH) return
  }
}

async function scheduleSome({ pool, now }: Context): Promise<number> {
  const at = now()
  const today = dateOf(at.getTime(), UTC)
  return withTransaction(pool, async (tx) => {
    const due = await query<Due>(tx, sql.selectDueGrants, [at, BATCH])
    for (const { application, ...grant } of due) {
      const interval = application === 'sandbox' ? SANDBOX_INTERVAL_MS : LIVE_INTERVAL_MS
      const next = new Date(at.getTime() + interval * (0.9 + 0.2 * Math.random()))
      await query(tx, sql.scheduleSync, [grant.id, grant.userId, grant.provider, next])
      await askForDays(tx, grant, { reason: 'scheduled', from: dateAfter(today, -1), to: today }, at)
    }
    return due.length
  })
}
