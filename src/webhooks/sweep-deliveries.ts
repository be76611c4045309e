import { query } from '../database/query.ts'
import { attemptDelivery, type DeliveryContext } from './attempt-delivery.ts'
import * as sql from './webhooks.sql.ts'

/** Leaves a delivery's own job this long to come first. */
const GRACE_MS = 5000
const BATCH = 100
const AT_ONCE = 10

/** Tries every delivery that is overdue: a job was lost, or a process died with the lease. Needs no queue. */
export async function sweepDeliveries(context: DeliveryContext, signal: AbortSignal): Promise<void> {
  for (;;) {
    const now = context.now()
    const dueBefore = new Date(now.getTime() - GRACE_MS)
    const overdue = await query<{ id: string }>(context.pool, sql.selectOverdue, [now, dueBefore, BATCH])
    await attemptAll(context, overdue, signal)
    if (overdue.length < BATCH || signal.aborted) return
  }
}

async function attemptAll(context: DeliveryContext, deliveries: { id: string }[], signal: AbortSignal): Promise<void> {
  const waiting = deliveries.values()
  const work = async () => {
    for (const { id } of waiting) {
      if (signal.aborted) return
      context.metrics.rescues.inc({ kind: 'delivery' })
      // One that cannot be attempted must not keep the others from it.
      await attemptDelivery(context, id, signal).catch((err: unknown) => {
        context.log.error({ err, deliveryId: id }, 'a delivery could not be attempted')
      })
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
}
