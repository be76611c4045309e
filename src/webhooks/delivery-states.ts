/**
 * pending → sending → delivered | retry | exhausted | held | cancelled
 *
 * A claim leases a delivery (`sending`); what came of the attempt decides the next state. A lease that runs out, since
 * its process died, makes the delivery due again.
 */
export const deliveryStatuses = ['pending', 'sending', 'delivered', 'retry', 'exhausted', 'held', 'cancelled'] as const
export type DeliveryStatus = (typeof deliveryStatuses)[number]

/** What an attempt came to. `retryAfterMs` is what the endpoint asked for. */
export type Outcome = { kind: 'accepted' } | { kind: 'gone' } | { kind: 'failed'; retryAfterMs?: number }

export type NextState = { status: DeliveryStatus; nextAt: Date | null }

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** Before each attempt, from the one before; then the delivery is exhausted. */
const DELAYS_MS = [
  0,
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
]
const JITTER = 0.2

/**
 * The state after the `attempt`-th attempt (from 1). `random` is in [0, 1): retries of many messages spread out.
 * An endpoint that is gone is disabled, and what is to be tried again is held with the rest; unless it was set anew.
 */
export function nextState(attempt: number, outcome: Outcome, now: Date, random: number): NextState {
  if (outcome.kind === 'accepted') return { status: 'delivered', nextAt: null }
  const due = DELAYS_MS[attempt]
  if (due === undefined) return { status: 'exhausted', nextAt: null }
  const jittered = due * (1 + JITTER * (2 * random - 1))
  const asked = outcome.kind === 'failed' ? Math.min(outcome.retryAfterMs ?? 0, 2 * due) : 0
  return { status: 'retry', nextAt: new Date(now.getTime() + Math.max(jittered, asked)) }
}

const GIVE_UP_AFTER_MS = 5 * 24 * HOUR

/** Whether an endpoint gets no more: it said that it is gone, or nothing but failures came of it for five days. */
export function isToBeDisabled(outcome: Outcome, failingSince: Date, now: Date): boolean {
  return outcome.kind === 'gone' || now.getTime() - failingSince.getTime() >= GIVE_UP_AFTER_MS
}
