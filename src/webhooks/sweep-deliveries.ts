import { query } from '../database/query.ts'
import * as sql from './deliveries.sql.ts'
import type { WorkerContext } from './jobs.ts'

const BATCH = 1000

/** Finds what no job asked for: deliveries whose process died with the lease, and those that are due. */
export async function sweepDeliveries(context: WorkerContext, signal: AbortSignal): Promise<void> {
  const { pool, metrics, dispatcher } = context
  let released = BATCH
  while (released === BATCH && !signal.aborted) {
    released = (await query(pool, sql.releaseExpired, [context.now(), BATCH])).length
    if (released > 0) metrics.rescues.inc({ kind: 'lease' }, released)
  }
  dispatcher.wake({ isSweep: true })
}
