import { disconnectGrant } from '../connect/disconnect-grant.ts'
import { apiOfGrant } from '../connect/provider-api.ts'
import type { Context } from '../context.ts'
import { query } from '../database/query.ts'
import { AppError } from '../errors.ts'
import type { ProviderBatch } from '../providers/provider.ts'
import { ProviderError } from '../providers/provider-error.ts'
import { generateSandboxDay } from '../sandbox/generate-day.ts'
import { wakeBackfills } from './ask-for-days.ts'
import * as sql from './backfills.sql.ts'
import { type Claim, configuredOf, keepLease } from './claim-backfill.ts'
import { readSamplesOfDay } from './read-samples-of-day.ts'
import { storeDay } from './store-day.ts'

/** A day's pages, at the provider's slowest. */
const DAY_TIMEOUT_MS = 10 * 60_000
/** With the delays below, some six hours of a provider that does not answer. */
const MOST_FAILURES = 12
const FIRST_DELAY_SECONDS = 15
const LONGEST_DELAY_SECONDS = 3600
/** A provider that says `later` for so long will not be asked for ever. */
const MOST_WAITING_MS = 7 * 24 * 3_600_000

/** Reads and stores the claimed day, or notes why not. When `signal` aborts, the claim is given back as it was. */
export async function readNextDay(context: Context, claim: Claim, signal: AbortSignal): Promise<void> {
  const lost = new AbortController()
  const stop = AbortSignal.any([signal, lost.signal, AbortSignal.timeout(DAY_TIMEOUT_MS)])
  const endLease = keepLease(context, claim, () => lost.abort())
  try {
    const samples = await readSamplesOfDay(batchesOf(context, claim, stop), claim.provider, context.log)
    await storeDay(context, claim, samples)
  } catch (error) {
    if (lost.signal.aborted || isGone(error)) return
    if (signal.aborted) await query(context.pool, sql.releaseBackfill, [claim.id, claim.lease])
    else await noteFailure(context, claim, error)
  } finally {
    endLease()
  }
}

function batchesOf(
  context: Context,
  claim: Claim,
  signal: AbortSignal,
): AsyncIterable<ProviderBatch> | Iterable<ProviderBatch> {
  if (claim.application === 'sandbox') {
    return generateSandboxDay(claim.userId, claim.provider, claim.day, context.now())
  }
  const configured = configuredOf(context, claim)
  if (configured === undefined) {
    throw new ProviderError('refused', `${claim.provider} is no longer configured on this server`)
  }
  const grant = { id: claim.grantId, userId: claim.userId, provider: claim.provider }
  return configured.readDay(apiOfGrant(context, configured, grant, signal), claim.day)
}

const isGone = (error: unknown) => error instanceof AppError && error.code === 'user_not_found'

async function noteFailure(context: Context, claim: Claim, error: unknown): Promise<void> {
  const { id, provider, day } = claim
  if (error instanceof ProviderError && error.kind === 'revoked') {
    context.log.info({ err: error, backfillId: id, provider }, 'a consent is gone: the provider is disconnected')
    await disconnectGrant(context, { id: claim.grantId, userId: claim.userId, tenantId: claim.tenantId, provider })
    return
  }
  context.log.warn({ err: error, backfillId: id, provider, day }, 'a day could not be read')
  const { isLimited, retryAfterSeconds, reason } = judge(error)
  const now = context.now()
  const failures = claim.failures + (isLimited ? 0 : 1)
  const isWaitingLong = isLimited && now.getTime() - claim.createdAt.getTime() > MOST_WAITING_MS
  if (failures >= MOST_FAILURES || isWaitingLong) {
    const advice = 'Ask for these days again with POST /user/:userId/backfills, once it is mended.'
    const said = `${day} could not be read: ${reason}. ${advice}`
    await query(context.pool, sql.giveUp, [id, claim.lease, said, failures, now])
    return
  }
  // Whole: the queue takes no part of one.
  const delayMs = Math.round((retryAfterSeconds ?? delayAfter(failures)) * 1000)
  const nextAt = new Date(now.getTime() + delayMs)
  await query(context.pool, sql.putOff, [id, claim.lease, nextAt, `${day}: ${reason}`, failures, now])
  wakeBackfills(context.queue, delayMs)
}

type Judgement = { isLimited: boolean; retryAfterSeconds: number | undefined; reason: string }

/** What is not a ProviderError is a fault of ours: its words are for the log. */
function judge(error: unknown): Judgement {
  if (!(error instanceof ProviderError)) {
    return { isLimited: false, retryAfterSeconds: undefined, reason: 'something went wrong on our side' }
  }
  const { kind, retryAfterSeconds, message } = error
  return { isLimited: kind === 'rate_limited', retryAfterSeconds, reason: message }
}

/** ±20%, so that those that failed together do not come back together. */
function delayAfter(failures: number): number {
  const delay = Math.min(FIRST_DELAY_SECONDS * 2 ** (failures - 1), LONGEST_DELAY_SECONDS)
  return delay * (0.8 + 0.4 * Math.random())
}
