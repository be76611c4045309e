import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { Tenant } from '../accounts/schemas.ts'
import type { Context } from '../context.ts'
import type { Queryable, Transaction } from '../database/pool.ts'
import { query } from '../database/query.ts'
import { type Unit, withTransaction } from '../database/transaction.ts'
import { instantsOf } from '../http/list-query.ts'
import { offsetOf, type Page, toPage } from '../http/paging.ts'
import type { Queue } from '../queue/queue.ts'
import { defineTopic } from '../queue/topic.ts'
import { wakeDeliveries } from './emit-event.ts'
import type { RecoveriesQuery, Recovery } from './endpoint-schemas.ts'
import { lockEndpoint, readEndpoint, requireEnabled } from './read-endpoints.ts'
import * as sql from './recover-deliveries.sql.ts'

/** A recovery has more to do. */
export const recoverTopic = defineTopic('recover', z.strictObject({ recoveryId: z.uuid() }))

const BATCH = 500

type Row = { id: string; since: Date; recovered: number; created_at: Date; completed_at: Date | null }
type Progress = { endpointId: string; since: Date; askedAt: Date; lastDeliveryId: string | null }
type Found = { seen: number; last: string | null; recovered: number }

/**
 * Sends again what was accepted from `since` until now and did not arrive; each begins its schedule anew. Answers once
 * the first batch is due; a worker does the rest. Throws `not_found`, and `conflict` when the endpoint is disabled.
 */
export async function recoverDeliveries(
  { queue, now }: Context,
  { tx, afterCommit }: Unit,
  tenant: Tenant,
  id: string,
  since: Date,
): Promise<Recovery> {
  requireEnabled(await lockEndpoint(tx, tenant, id))
  const recovery = await startRecovery(tx, id, since, now())
  afterCommit(() => wakeRecovery(queue, recovery))
  return recovery
}

/** Notes a recovery and does its first batch. Call `wakeRecovery` once the transaction has committed. */
export async function startRecovery(tx: Transaction, endpointId: string, since: Date, now: Date): Promise<Recovery> {
  const id = uuidv7()
  await query(tx, sql.insertRecovery, [id, endpointId, since, now])
  const begun = await recoverBatch(tx, id, now)
  if (begun === undefined) throw new Error('a recovery was gone as soon as it was written')
  return begun
}

export function wakeRecovery(queue: Queue, { id, status }: Recovery): void {
  wakeDeliveries(queue)
  if (status === 'running') queue.wake(recoverTopic, [{ recoveryId: id }])
}

/** Goes on with a recovery, a transaction a batch, until it is done, another worker is at it, or `signal` aborts. */
export async function continueRecovery(context: Context, recoveryId: string, signal: AbortSignal): Promise<void> {
  let isRunning = true
  while (isRunning && !signal.aborted) {
    const recovery = await withTransaction(context.pool, (tx) => recoverBatch(tx, recoveryId, context.now()))
    if (recovery !== undefined) wakeDeliveries(context.queue)
    isRunning = recovery?.status === 'running'
  }
}

/** Takes up recoveries whose job was lost, or whose process died between two batches. */
export async function sweepRecoveries(context: Context, signal: AbortSignal): Promise<void> {
  for (const { id } of await query<{ id: string }>(context.pool, sql.selectOpenRecoveries, [])) {
    // One that fails must not keep the others waiting.
    await continueRecovery(context, id, signal).catch((err: unknown) => {
      context.log.error({ err, recoveryId: id }, 'a recovery could not go on')
    })
  }
}

/** The endpoint's recoveries. Throws `not_found`. */
export async function listRecoveries(
  db: Queryable,
  tenant: Tenant,
  endpointId: string,
  wanted: RecoveriesQuery,
): Promise<Page<Recovery>> {
  await readEndpoint(db, tenant, endpointId)
  const asked = [endpointId, ...instantsOf(wanted)]
  const [counted] = await query<{ count: number }>(db, sql.countRecoveries, asked)
  const rows = await query<Row>(db, sql.selectRecoveries(wanted.order), [...asked, wanted.per_page, offsetOf(wanted)])
  return toPage(wanted, counted?.count ?? 0, rows.map(toRecovery))
}

/** How far it has come is written beside what was done: a batch is done once or not at all. */
async function recoverBatch(tx: Transaction, recoveryId: string, now: Date): Promise<Recovery | undefined> {
  const [at] = await query<Progress>(tx, sql.lockRecovery, [recoveryId])
  if (at === undefined) return undefined
  const values = [at.endpointId, at.lastDeliveryId, BATCH, at.since, at.askedAt, now]
  const [found] = await query<Found>(tx, sql.recoverNext, values)
  if (found === undefined) throw new Error('a select without a table answered no row')
  const { seen, last, recovered } = found
  const [row] = await query<Row>(tx, sql.advanceRecovery, [recoveryId, last, recovered, seen < BATCH ? now : null])
  return row === undefined ? undefined : toRecovery(row)
}

const toRecovery = ({ id, since, recovered, created_at, completed_at }: Row): Recovery => ({
  id,
  since: since.toISOString(),
  status: completed_at === null ? 'running' : 'done',
  recovered,
  created_at: created_at.toISOString(),
  completed_at: completed_at?.toISOString() ?? null,
})
