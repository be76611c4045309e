import { setTimeout } from 'node:timers/promises'
import type { Transaction } from '../database/pool.ts'
import { query } from '../database/query.ts'
import { withTransaction } from '../database/transaction.ts'
import * as sql from './deliveries.sql.ts'
import { nextState, type NextState } from './delivery-states.ts'
import { wakeDeliveries } from './emit-event.ts'
import { judgeEndpoints } from './judge-endpoints.ts'
import type { Attempt, DeliveryContext } from './send-attempt.ts'

export type Recorder = {
  add: (attempt: Attempt) => void
  /** Resolves when everything that was added is recorded, or its lease is over. */
  settle: () => Promise<void>
}

const BATCH = 200
const PAUSE_MS = 200

/**
 * Records attempts, as many in one transaction as there are when the one before is done: under load that is one commit
 * for dozens of attempts. Once `signal` has aborted, what cannot be recorded is given up: it is sent again.
 */
export function openRecorder(context: DeliveryContext, signal: AbortSignal): Recorder {
  let waiting: Attempt[] = []
  let recording: Promise<void> | undefined

  const recordAll = async () => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, BATCH)
      try {
        await recordAttempts(context, batch)
      } catch (err) {
        // What was sent is not to be sent again because the database was away for a moment.
        const now = context.now()
        const kept = signal.aborted ? [] : batch.filter(({ claim }) => claim.leaseUntil > now)
        context.log.error({ err, kept: kept.length, lost: batch.length - kept.length }, 'attempts were not recorded')
        waiting = [...kept, ...waiting]
        await setTimeout(PAUSE_MS, undefined, { signal }).catch(() => undefined)
      }
    }
    recording = undefined
  }

  return {
    add: (attempt) => {
      waiting.push(attempt)
      recording ??= recordAll()
    },
    settle: async () => recording,
  }
}

type Result = Attempt & { next: NextState }

/** One short transaction: the attempts, the next states, and what they say of the endpoints. */
async function recordAttempts(context: DeliveryContext, attempts: Attempt[]): Promise<void> {
  const { pool, queue, log } = context
  const now = context.now()
  const results = attempts.map((attempt) => ({
    ...attempt,
    next: nextState(attempt.claim.attemptCount + 1, attempt.outcome, now, Math.random()),
  }))
  const recorded = await withTransaction(pool, async (tx) => {
    const dueAgain = await insertResults(tx, results, now)
    const own = results.filter(({ claim }) => dueAgain.has(claim.id))
    await judgeEndpoints(tx, own, now)
    return own.map((result) => ({ ...result, nextAt: dueAgain.get(result.claim.id)! }))
  })
  for (const { claim, next, nextAt, answer, durationMs, error } of recorded) {
    const { messageId, endpointId } = claim
    const answered = answer?.status
    log.info({ messageId, endpointId, status: next.status, answered, durationMs, error }, 'delivery attempt')
    if (nextAt !== null) wakeDeliveries(queue, nextAt.getTime() - now.getTime())
  }
}

/** Fenced by the lease tokens: returns the deliveries that were still this worker's, and when they are due again. */
async function insertResults(tx: Transaction, results: Result[], now: Date): Promise<Map<string, Date | null>> {
  const column = <T>(of: (result: Result) => T) => results.map(of)
  const rows = await query<{ id: string; nextAt: Date | null }>(tx, sql.recordAttempts, [
    column(({ claim }) => claim.id),
    column(({ claim }) => claim.leaseToken),
    column(({ next }) => next.status),
    column(({ next }) => next.nextAt),
    column(({ startedAt }) => startedAt),
    column(({ durationMs }) => durationMs),
    column(({ answer }) => answer?.status ?? null),
    column(({ answer }) => answer?.body ?? null),
    column(({ error }) => error),
    now,
  ])
  return new Map(rows.map(({ id, nextAt }) => [id, nextAt]))
}
