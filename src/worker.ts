import { setTimeout } from 'node:timers/promises'
import { removeExpiredCareTokens } from './accounts/care-tokens.ts'
import { removeExpiredTokens } from './accounts/user-tokens.ts'
import { type Backfiller, startBackfiller } from './backfills/backfiller.ts'
import { ensureSubscriptions } from './backfills/ensure-subscriptions.ts'
import { backfillJob, sweepBackfills } from './backfills/jobs.ts'
import { removeOldBackfills } from './backfills/remove-old-backfills.ts'
import { scheduleSyncs } from './backfills/schedule-syncs.ts'
import { removeExpiredStates } from './connect/connect-states.ts'
import { removeExpiredConnectTokens } from './connect/connect-tokens.ts'
import { revokeConsents } from './connect/revoke-consents.ts'
import type { Context } from './context.ts'
import { removeOldAnswers } from './http/idempotency.ts'
import { announceJob } from './summaries/jobs.ts'
import { sweepChanges } from './summaries/sweep-changes.ts'
import { startDispatcher } from './webhooks/dispatcher.ts'
import { deliverJob, recoverJob, type WorkerContext as WebhookContext } from './webhooks/jobs.ts'
import { sweepRecoveries } from './webhooks/recover-deliveries.ts'
import { removeDeletedEndpoints } from './webhooks/remove-endpoints.ts'
import { removeOldMessages } from './webhooks/remove-old-messages.ts'
import { wipePreviousSecrets } from './webhooks/rotate-secret.ts'
import { openSender } from './webhooks/sender.ts'
import { settleEndpoints } from './webhooks/settle-endpoints.ts'
import { sweepDeliveries } from './webhooks/sweep-deliveries.ts'

type WorkerContext = WebhookContext & { backfiller: Backfiller }
type Chore = { everyMs: number; run: (context: WorkerContext, signal: AbortSignal) => Promise<void> }

/** What is done time and again, by every worker, whatever the queue does. */
const chores: Chore[] = [
  { everyMs: 5000, run: sweepChanges },
  { everyMs: 5000, run: settleEndpoints },
  { everyMs: 5000, run: sweepDeliveries },
  { everyMs: 5000, run: sweepRecoveries },
  { everyMs: 5000, run: sweepBackfills },
  { everyMs: 5000, run: revokeConsents },
  { everyMs: 60_000, run: scheduleSyncs },
  { everyMs: 60_000, run: ensureSubscriptions },
  { everyMs: 60_000, run: removeDeletedEndpoints },
  { everyMs: 60_000, run: wipePreviousSecrets },
  { everyMs: 600_000, run: ({ pool, now }, signal) => removeExpiredTokens(pool, now(), signal) },
  { everyMs: 600_000, run: ({ pool, now }, signal) => removeExpiredCareTokens(pool, now(), signal) },
  { everyMs: 600_000, run: removeExpiredConnectTokens },
  { everyMs: 600_000, run: removeExpiredStates },
  { everyMs: 600_000, run: removeOldBackfills },
  { everyMs: 600_000, run: removeOldMessages },
  { everyMs: 600_000, run: removeOldAnswers },
]

/** An attempt may take 15 s; a stop has 10. What is not done by then is given back. */
const STOP_GRACE_MS = 5000

export type Worker = { stop: () => Promise<void> }

/** Starts doing the background work: jobs from the queue, and the chores. */
export function startWorker(context: Context): Worker {
  const sender = openSender(context.config.webhooks)
  const dispatcher = startDispatcher({ ...context, sender })
  const backfiller = startBackfiller(context)
  const workerContext: WorkerContext = { ...context, sender, dispatcher, backfiller }
  const jobs = context.queue.startWorkers([announceJob, deliverJob, recoverJob, backfillJob], workerContext)
  const stopping = new AbortController()
  const running = chores.map((chore) => repeat(chore, workerContext, stopping.signal))
  return {
    stop: async () => {
      stopping.abort()
      await Promise.all([
        jobs.stop(STOP_GRACE_MS),
        dispatcher.stop(STOP_GRACE_MS),
        backfiller.stop(STOP_GRACE_MS),
        ...running,
      ])
      await sender.close()
    },
  }
}

/** Runs a chore, waits, and runs it again, until `signal` aborts. A failure is logged and the next run tries again. */
async function repeat({ everyMs, run }: Chore, context: WorkerContext, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await run(context, signal).catch((err: unknown) => context.log.error({ err, chore: run.name }, 'a chore failed'))
    // Rejects when the signal aborts, also when it did so before.
    await setTimeout(everyMs, undefined, { signal }).catch(() => undefined)
  }
}
