import { createHmac, timingSafeEqual } from 'node:crypto'
import { AppError } from '../../errors.ts'
import type { ProviderApplication, PushRequest, PushResult } from '../provider.ts'
import { dataTypes } from './subscriptions.ts'
import { PushedEvent } from './schemas.ts'

/**
 * How far from now a push may have been signed. Oura tries again for about an hour, and does not say whether it signs
 * anew; one that is played again within this time only has days read once more.
 */
const TOLERANCE_MS = 2 * 3_600_000
const MAX_CHALLENGE_LENGTH = 1000
const DAY_MS = 86_400_000

/**
 * Oura asks once whether this is our endpoint (GET), then tells events (POST): "Webhook Subscription Routes" of the API's
 * document. Throws AppError `unauthorized` for what is not from Oura, `validation_error` for what cannot be read.
 */
export function receivePush(request: PushRequest, application: ProviderApplication, now: Date): PushResult {
  if (request.method === 'GET') return answerChallenge(request.query, application)
  requireSignature(request, application.clientSecret, now)
  const event = readEvent(request.body)
  return { status: 200, changed: dataTypes.includes(event.data_type) ? [toChange(event)] : [] }
}

function answerChallenge(
  { verification_token: token, challenge }: Record<string, string>,
  { pushSecret }: ProviderApplication,
): PushResult {
  if (!isSame(token ?? '', pushSecret)) throw new AppError('unauthorized', 'The verification token is not ours.')
  if (challenge === undefined || challenge.length > MAX_CHALLENGE_LENGTH) {
    const reason = `must be there, of at most ${MAX_CHALLENGE_LENGTH} characters`
    throw new AppError('validation_error', `challenge ${reason}`, {
      details: [{ field: 'challenge', reason }],
      isOfQuery: true,
    })
  }
  return { status: 200, body: { challenge }, changed: [] }
}

/** Hex HMAC-SHA256, keyed with the client's secret, of the timestamp and the body, in capitals. */
function requireSignature({ headers, body }: PushRequest, secret: string, now: Date): void {
  const [timestamp, signature] = [headers['x-oura-timestamp'], headers['x-oura-signature']]
  if (typeof timestamp !== 'string' || typeof signature !== 'string' || !/^\d{1,15}$/.test(timestamp)) {
    throw new AppError('unauthorized', 'The push is not signed.')
  }
  const signatureOf = (signed: Buffer | string) =>
    createHmac('sha256', secret).update(timestamp).update(signed).digest('hex').toUpperCase()
  // Oura's example signs `JSON.stringify(body)`, which is not the bytes that came if those have spaces.
  const isSigned = [body, writtenAnew(body)].some(
    (signed) => signed !== undefined && isSame(signature.toUpperCase(), signatureOf(signed)),
  )
  if (!isSigned) throw new AppError('unauthorized', 'The signature of the push is not right.')
  if (Math.abs(Number(timestamp) * 1000 - now.getTime()) > TOLERANCE_MS) {
    throw new AppError('unauthorized', 'The push was signed too long ago, or too far ahead.')
  }
}

function writtenAnew(body: Buffer): string | undefined {
  try {
    return JSON.stringify(JSON.parse(body.toString()))
  } catch {
    return undefined
  }
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function readEvent(body: Buffer): PushedEvent {
  const parsed = PushedEvent.safeParse(JSON.parse(writtenAnew(body) ?? 'null'))
  if (parsed.success) return parsed.data
  const details = parsed.error.issues.map(({ path, message }) => ({ field: path.join('.') || 'body', reason: message }))
  throw new AppError('validation_error', `${details[0]!.field}: ${details[0]!.reason}`, { details })
}

/**
 * A push names a document, and not the day it is of, which a deleted document would not tell either. Days that a ring may
 * come with late, as it holds a week, are all read; an update of the activity, which comes many times a day, is of today.
 */
function toChange({ event_type: event, data_type: type, event_time: time, user_id: externalUserId }: PushedEvent) {
  const at = Date.parse(time)
  const daysBefore = type === 'daily_activity' && event === 'update' ? 1 : 7
  // East of Greenwich it may be tomorrow already.
  const [from, to] = [at - daysBefore * DAY_MS, at + DAY_MS].map((ms) => new Date(ms).toISOString().slice(0, 10))
  return { externalUserId, from: from!, to: to!, ...(event === 'delete' ? { deleted: true } : {}) }
}
