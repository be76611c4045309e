import type { Context } from '../context.ts'
import { RefusedAddress } from './address-guard.ts'
import type { Outcome } from './delivery-states.ts'
import type { WebhookFormat } from './encode-message.ts'
import { faultOf, judgeAnswer } from './judge-answer.ts'
import { type Answer, MAX_KEPT_BYTES, messageOf, type Sender } from './sender.ts'
import { signMessage } from './sign-message.ts'
import type { SigningKey } from './signing-keys.ts'

export type DeliveryContext = Context & { sender: Sender }
type SendContext = DeliveryContext & { openKey: (sealed: Buffer) => SigningKey }

/** A leased delivery and what to send. `attemptCount` is of attempts since its schedule began. */
export type Claim = {
  id: string
  leaseToken: string
  leaseUntil: Date
  attemptCount: number
  dueAt: Date
  messageId: string
  body: Buffer
  acceptedAt: Date
  type: string
  endpointId: string
  source: 'settings' | 'api'
  format: WebhookFormat
  url: string
  secret: Buffer
  previousSecret: Buffer | null
  revision: number
}

/** One try and what came of it. `answer` is null when none came; then `error` says why. */
export type Attempt = {
  claim: Claim
  startedAt: Date
  durationMs: number
  outcome: Outcome
  answer: { status: number; body: Buffer } | null
  error: string | null
}

/** Sends a claimed delivery, outside any transaction. Never throws: a failure is what came of it. */
export async function sendAttempt(context: SendContext, claim: Claim, signal: AbortSignal): Promise<Attempt> {
  const startedAt = context.now()
  const sent = await post(context, claim, startedAt, signal)
  const endedAt = context.now()
  const answer = 'answer' in sent ? sent.answer : undefined
  const outcome = judgeAnswer(claim, answer, endedAt)
  const attempt: Attempt = {
    claim,
    startedAt,
    durationMs: endedAt.getTime() - startedAt.getTime(),
    outcome,
    answer: answer === undefined ? null : { status: answer.status, body: answer.body.subarray(0, MAX_KEPT_BYTES) },
    error: 'error' in sent ? messageOf(sent.error) : faultOf(outcome, sent.answer),
  }
  measure(context, attempt, 'error' in sent && isRefusal(sent.error))
  return attempt
}

async function post(
  { sender, openKey }: SendContext,
  claim: Claim,
  now: Date,
  signal: AbortSignal,
): Promise<{ answer: Answer } | { error: Error }> {
  try {
    const keys = {
      current: openKey(claim.secret),
      ...(claim.previousSecret === null ? {} : { previous: openKey(claim.previousSecret) }),
      isForSettings: claim.source === 'settings',
    }
    const headers = signMessage(claim.messageId, claim.body, keys, now)
    return { answer: await sender.post(claim.url, claim.body, headers, signal) }
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }
}

function measure({ metrics }: DeliveryContext, attempt: Attempt, isRefusedAddress: boolean): void {
  const { claim, startedAt, durationMs, outcome } = attempt
  metrics.attempts.inc({ endpoint: claim.endpointId, outcome: outcome.kind })
  metrics.attemptSeconds.observe(durationMs / 1000)
  if (isRefusedAddress) metrics.refusedAddresses.inc()
  if (claim.attemptCount > 0) return
  metrics.firstAttemptSeconds.observe(Math.max(0, startedAt.getTime() - claim.acceptedAt.getTime()) / 1000)
}

/** The guard's refusal, which undici may have wrapped. */
const isRefusal = (error: unknown): boolean =>
  error instanceof RefusedAddress || (error instanceof Error && error.cause !== undefined && isRefusal(error.cause))
