import type { Tenant } from '../accounts/schemas.ts'
import { lockUser, type Owner } from '../connect/connections.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../database/pool.ts'
import { query } from '../database/query.ts'
import { withTransaction } from '../database/transaction.ts'
import { noteStored } from '../samples/ingest-samples.ts'
import { generateSandboxDay } from '../sandbox/generate-day.ts'
import { datesBetween, UTC, windowOf } from '../zones.ts'
import { mergeAll } from './merge-all.ts'
import { readSamplesOfDay } from './read-samples-of-day.ts'
import * as sql from './sandbox-days.sql.ts'

const DAY_MS = 86_400_000
/** A day that goes on is made anew when it is read this much later. */
const FRESH_MS = 15 * 60_000

type Missing = { grantId: string; provider: string; day: string }
type WantedDay = { userId: string; date: string; timezoneId: string }

/** Makes a day of the sandbox that is about to be read, where it was not made before. In live there is nothing to make. */
export async function makeSandboxDays(context: Context, tenant: Tenant, wanted: WantedDay): Promise<void> {
  if (tenant.environment !== 'sandbox') return
  const now = context.now().getTime()
  const { from, to } = windowOf(wanted.date, wanted.timezoneId)
  // A night begins on the day before.
  const days = datesBetween(from - DAY_MS, Math.min(to, now + 1), UTC).filter((day) => Date.parse(day) <= now)
  const until = days.map((day) => new Date(Math.min(now - FRESH_MS, Date.parse(day) + DAY_MS)))
  const values = [wanted.userId, tenant.id, days, until]
  for (const missing of await query<Missing>(context.pool, sql.selectMissing, values)) {
    await makeDay(context, { tenantId: tenant.id, userId: wanted.userId }, missing)
  }
}

async function makeDay(context: Context, owner: Owner, { grantId, provider, day }: Missing): Promise<void> {
  const now = context.now()
  const made = generateSandboxDay(owner.userId, provider, day, now)
  const samples = await readSamplesOfDay(made, provider, context.log)
  const merged = await withTransaction(context.pool, async (tx) => {
    await lockUser(tx, owner)
    const [grant] = await query(tx, sql.keepGrant, [grantId, owner.userId, provider])
    if (grant === undefined) return []
    await noteSandboxDay(tx, { userId: owner.userId, provider, day }, now)
    return mergeAll(context, tx, { userId: owner.userId, provider }, samples)
  })
  for (const [dataType, counts] of merged) noteStored(context, owner.userId, dataType, counts)
}

/** That a day of the sandbox is made as far as it is over. */
export async function noteSandboxDay(
  tx: Transaction,
  { userId, provider, day }: { userId: string; provider: string; day: string },
  now: Date,
): Promise<void> {
  const until = new Date(Math.min(now.getTime(), Date.parse(day) + DAY_MS))
  await query(tx, sql.noteMade, [userId, provider, day, until])
}
