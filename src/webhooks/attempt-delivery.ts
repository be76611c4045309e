import { v7 as uuidv7 } from 'uuid'
import type { Context } from '../context.ts'
import { query } from '../database/query.ts'
import { withTransaction } from '../database/transaction.ts'
import type { Metrics } from '../metrics.ts'
import { RefusedAddress } from './address-guard.ts'
import { nextState, type Outcome } from './delivery-states.ts'
import { wakeDeliveries } from './emit-event.ts'
import { faultOf, judgeAnswer } from './judge-answer.ts'
import { judgeEndpoint } from './judge-endpoint.ts'
import { type Answer, MAX_KEPT_BYTES, type Sender } from './sender.ts'
import { signMessage } from './sign-message.ts'
import * as sql from './webhooks.sql.ts'

/** Longer than an attempt can take, so that a lease that has run out means a dead process. */
const LEASE_MS = 30_000
/** A delayed job must not come a moment before its time: the claim would find the delivery not yet due. */
const WAKE_MARGIN_MS = 20

export type DeliveryContext = Context & { sender: Sender }

type Claim = {
  id: string
  attemptCount: number
  messageId: string
  body: Buffer
  acceptedAt: Date
  type: string
  endpointId: string
  url: string
  secret: Buffer
}

/**
 * Tries a delivery once, when it is due and nobody else is at it. The request is sent outside any transaction; what
 * came of it is recorded in one, which has no effect when the lease has passed on. When `signal` aborts, the delivery
 * is due again at once.
 */
export async function attemptDelivery(
  context: DeliveryContext,
  deliveryId: string,
  signal: AbortSignal,
): Promise<void> {
  const { pool, now } = context
  const leaseToken = uuidv7()
  const at = now()
  const leaseUntil = new Date(at.getTime() + LEASE_MS)
  const [claim] = await query<Claim>(pool, sql.claimDelivery, [deliveryId, leaseToken, leaseUntil, at])
  if (claim === undefined) {
    await query(pool, sql.holdDelivery, [deliveryId, at])
    return
  }
  const attempt = await send(context, claim, signal)
  if (signal.aborted && attempt.answer === undefined) {
    await query(pool, sql.releaseDelivery, [deliveryId, leaseToken, now()])
    return
  }
  await record(context, claim, leaseToken, attempt)
}

type Attempt = { startedAt: Date; durationMs: number; answer?: Answer; error?: string; isRefusedAddress?: boolean }

async function send({ sender, secrets, now }: DeliveryContext, claim: Claim, signal: AbortSignal): Promise<Attempt> {
  const startedAt = now()
  const durationMs = () => now().getTime() - startedAt.getTime()
  try {
    const headers = signMessage(claim.messageId, claim.body, secrets.open(claim.secret), startedAt)
    const answer = await sender.post(claim.url, claim.body, headers, signal)
    return { startedAt, durationMs: durationMs(), answer }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { startedAt, durationMs: durationMs(), error: message, isRefusedAddress: isRefusal(error) }
  }
}

async function record(context: DeliveryContext, claim: Claim, leaseToken: string, attempt: Attempt): Promise<void> {
  const { pool, queue, log } = context
  const { startedAt, durationMs, answer } = attempt
  const at = context.now()
  const outcome = judgeAnswer(claim, answer, at)
  const next = nextState(claim.attemptCount + 1, outcome, at, Math.random())
  measure(context.metrics, claim, attempt, outcome)
  const error = attempt.error ?? (answer === undefined ? null : faultOf(outcome, answer))
  await withTransaction(pool, async (tx) => {
    const kept = answer?.body.subarray(0, MAX_KEPT_BYTES) ?? null
    const values = [
      claim.id,
      leaseToken,
      next.status,
      next.nextAt,
      at,
      startedAt,
      durationMs,
      answer?.status,
      kept,
      error,
    ]
    const recorded = await query(tx, sql.recordAttempt, values)
    if (recorded.length > 0) await judgeEndpoint(tx, claim, outcome, at)
  })
  const { messageId, endpointId } = claim
  log.info(
    { messageId, endpointId, status: next.status, answered: answer?.status, durationMs, error },
    'delivery attempt',
  )
  if (next.nextAt !== null) wakeDeliveries(queue, [claim.id], next.nextAt.getTime() - at.getTime() + WAKE_MARGIN_MS)
}

function measure(
  metrics: Metrics,
  { endpointId, attemptCount, acceptedAt }: Claim,
  attempt: Attempt,
  outcome: Outcome,
): void {
  metrics.attempts.inc({ endpoint: endpointId, outcome: outcome.kind })
  metrics.attemptSeconds.observe(attempt.durationMs / 1000)
  if (attempt.isRefusedAddress === true) metrics.refusedAddresses.inc()
  if (attemptCount > 0) return
  metrics.firstAttemptSeconds.observe(Math.max(0, attempt.startedAt.getTime() - acceptedAt.getTime()) / 1000)
}

/** The guard's refusal, which undici may have wrapped. */
const isRefusal = (error: unknown): boolean =>
  error instanceof RefusedAddress || (error instanceof Error && error.cause !== undefined && isRefusal(error.cause))
