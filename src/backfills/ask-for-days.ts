import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { Transaction } from '../database/pool.ts'
import { query } from '../database/query.ts'
import type { Queue } from '../queue/queue.ts'
import { defineTopic } from '../queue/topic.ts'
import * as sql from './ask-for-days.sql.ts'

export const backfillReasons = ['connected', 'push', 'scheduled', 'requested'] as const
export type BackfillReason = (typeof backfillReasons)[number]

/** Days of UTC, `YYYY-MM-DD`, both included. */
export type WantedDays = { reason: BackfillReason; from: string; to: string }

/** There are days to be read. One job serves for all that were asked for before it runs. */
export const backfillTopic = defineTopic('backfill', z.strictObject({}))

/**
 * Notes days to be read from a provider; those that will be read anyway are not noted twice, unless somebody asked for
 * them. Returns the backfill's id; undefined when the grant is no longer in force. Call `wakeBackfills` after the commit.
 */
export async function askForDays(
  tx: Transaction,
  grant: { id: string; userId: string; provider: string },
  { reason, from, to }: WantedDays,
  now: Date,
): Promise<string | undefined> {
  const { id: grantId, userId, provider } = grant
  const [found] = await query(tx, sql.lockGrant, [grantId, userId, provider])
  if (found === undefined) return undefined
  if (reason === 'push' || reason === 'scheduled') {
    const [joined] = await query<{ id: string }>(tx, sql.joinBackfill, [grantId, userId, provider, from, to, now])
    if (joined !== undefined) return joined.id
  }
  const id = uuidv7()
  await query(tx, sql.insertBackfill, [id, userId, provider, grantId, reason, from, to, now])
  return id
}

/** Tells the workers that there are days to be read, or will be in `delayMs`. */
export const wakeBackfills = (queue: Queue, delayMs = 0): void =>
  queue.wakeOnce(backfillTopic, delayMs === 0 ? 'now' : `in ${Math.ceil((Date.now() + delayMs) / 1000)}`, {}, delayMs)
