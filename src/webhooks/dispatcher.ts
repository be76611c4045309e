import { setTimeout } from 'node:timers/promises'
import { query } from '../database/query.ts'
import * as sql from './deliveries.sql.ts'
import { type Lane, openLane } from './lane.ts'
import { openRecorder } from './record-attempts.ts'
import { type Claim, type DeliveryContext, sendAttempt } from './send-attempt.ts'
import { openSigningKeys } from './signing-keys.ts'

/**
 * What one worker has under way at once. Retries have a lane of their own, so that they never keep first attempts from
 * being made, nor the other way round. An endpoint that has been failing gets little of the room until it accepts
 * something: one that takes connections and never answers would hold each attempt for 15 s.
 */
const FIRST_ATTEMPTS = { claim: sql.claimPending, room: 400, perEndpoint: 50, perFailing: 4 }
const RETRIES = { claim: sql.claimRetries, room: 100, perEndpoint: 10, perFailing: 1 }

/** Sends what is due: a job, the sweeper, or an attempt that has ended wakes it; nothing else is needed. */
export type Dispatcher = {
  /** Claims what is due, as far as there is room. `isSweep` when no job asked for it. */
  wake: (options?: { isSweep: boolean }) => void
  /** Resolves when nothing is under way, nor recorded, nor being claimed. */
  settle: () => Promise<void>
  /** Claims no more, lets attempts under way end for `graceMs`, then breaks them off: they are due again at once. */
  stop: (graceMs: number) => Promise<void>
}

export function startDispatcher(context: DeliveryContext): Dispatcher {
  const closing = new AbortController()
  const stopping = new AbortController()
  const sendContext = { ...context, openKey: openSigningKeys(context.secrets) }
  const recorder = openRecorder(context, stopping.signal)

  const attempt = async (claim: Claim) => {
    const made = await sendAttempt(sendContext, claim, stopping.signal)
    if (stopping.signal.aborted && made.error !== null) {
      await query(context.pool, sql.releaseDelivery, [claim.id, claim.leaseToken, context.now()])
      return
    }
    recorder.add(made)
  }
  const lanes: Lane[] = [FIRST_ATTEMPTS, RETRIES].map((bounds) => openLane(context, bounds, attempt, closing.signal))
  const settle = async () => {
    await Promise.all(lanes.map((lane) => lane.settle()))
    await recorder.settle()
  }
  return {
    wake: ({ isSweep } = { isSweep: false }) => {
      for (const lane of lanes) lane.wake(isSweep)
    },
    settle,
    stop: async (graceMs) => {
      closing.abort()
      const settled = settle()
      const ended = new AbortController()
      const grace = setTimeout(graceMs, undefined, { signal: ended.signal }).catch(() => undefined)
      await Promise.race([settled, grace])
      ended.abort()
      stopping.abort()
      await settled
    },
  }
}
