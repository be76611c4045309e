import type { Outcome } from './delivery-states.ts'
import type { Answer } from './sender.ts'

/** What an endpoint's answer, or none, comes to: a 2xx is success; for a ping that asks for a pong, one with it. */
export function judgeAnswer(sent: { type: string; body: Buffer }, answer: Answer | undefined, now: Date): Outcome {
  if (answer?.status === 410) return { kind: 'gone' }
  if (isComplete(answer) && (sent.type !== 'ping' || isPong(sent.body, answer.body))) return { kind: 'accepted' }
  const retryAfterMs = readRetryAfter(answer?.retryAfter, now)
  return { kind: 'failed', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
}

/** What the status of a failed attempt does not tell. */
export const faultOf = (outcome: Outcome, answer: Answer): string | null =>
  answer.fault ?? (outcome.kind === 'failed' && isComplete(answer) ? 'answered without the pong' : null)

const isComplete = (answer: Answer | undefined): answer is Answer =>
  answer !== undefined && answer.fault === undefined && answer.status >= 200 && answer.status < 300

function isPong(ping: Buffer, answer: Buffer): boolean {
  try {
    // What the ping is, not what the endpoint's format is by now: a ping in the `event` form asks for nothing.
    const expected = (JSON.parse(ping.toString()) as { ping?: string }).ping
    return expected === undefined || (JSON.parse(answer.toString()) as { pong?: unknown } | null)?.pong === expected
  } catch {
    return false
  }
}

/** RFC 9110 §10.2.3: seconds or a date → milliseconds from now. */
function readRetryAfter(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now.getTime()
  return ms > 0 ? ms : undefined
}
