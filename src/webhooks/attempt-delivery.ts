import { v7 as uuidv7 } from 'uuid'
import type { Context } from '../context.ts'
import { query } from '../database/query.ts'
import type { Transaction } from '../database/pool.ts'
import { withTransaction } from '../database/transaction.ts'
import type { Metrics } from '../metrics.ts'
import { RefusedAddress } from './address-guard.ts'
import { isToBeDisabled, nextState, type Outcome } from './delivery-states.ts'
import { wakeDeliveries } from './emit-event.ts'
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
  const outcome = judge(claim, answer, at)
  const next = nextState(claim.attemptCount + 1, outcome, at, Math.random())
  measure(context.metrics, claim, attempt, outcome)
  const error = attempt.error ?? (outcome.kind === 'failed' && isSuccess(answer) ? 'answered without the pong' : null)
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

function judge(claim: Claim, answer: Answer | undefined, now: Date): Outcome {
  if (answer?.status === 410) return { kind: 'gone' }
  if (isSuccess(answer) && (claim.type !== 'ping' || isPong(claim.body, answer.body))) return { kind: 'accepted' }
  const retryAfterMs = readRetryAfter(answer?.retryAfter, now)
  return { kind: 'failed', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
}

/** An endpoint that is gone, or has failed for days, is disabled: what is for it is held, and not dropped. */
async function judgeEndpoint(
  tx: Transaction,
  { endpointId, secret }: Claim,
  outcome: Outcome,
  now: Date,
): Promise<void> {
  if (outcome.kind === 'accepted') {
    await query(tx, sql.clearFailing, [endpointId])
    return
  }
  const [endpoint] = await query<Endpoint>(tx, sql.markFailing, [endpointId, now, secret])
  // Set anew since it was called: what the old one answered says nothing about it.
  if (endpoint === undefined) return
  const isToGo = endpoint.enabled && isToBeDisabled(outcome, endpoint.failingSince, now)
  if (isToGo) await query(tx, sql.disableEndpoint, [endpointId, now])
  // Also when another attempt has just disabled it: what was under way meanwhile is held with the rest.
  if (isToGo || !endpoint.enabled) await query(tx, sql.holdWaiting, [endpointId, now])
}

type Endpoint = { failingSince: Date; enabled: boolean }

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

const isSuccess = (answer: Answer | undefined): answer is Answer =>
  answer !== undefined && answer.status >= 200 && answer.status < 300

function isPong(ping: Buffer, answer: Buffer): boolean {
  try {
    const expected = (JSON.parse(ping.toString()) as { ping: string }).ping
    return (JSON.parse(answer.toString()) as { pong?: unknown } | null)?.pong === expected
  } catch {
    return false
  }
}

/** RFC 9110 §10.2.3: seconds or a date → milliseconds from now. */
function readRetryAfter(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now.getTime()
  return Number.isFinite(ms) && ms > 0 ? ms : undefined
}
