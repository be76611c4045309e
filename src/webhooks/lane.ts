import { v7 as uuidv7 } from 'uuid'
import { query, type Statement } from '../database/query.ts'
import { decompressBody, type StoredBody } from './compress-body.ts'
import type { Claim, DeliveryContext } from './send-attempt.ts'

/** Longer than an attempt and its record can take, so that a lease that has run out means a dead process. */
const LEASE_MS = 30_000
/** What is claimed this long after it was due, and because the sweeper looked, had lost its job. */
const RESCUE_AFTER_MS = 5000

type Bounds = { claim: Statement; room: number; perEndpoint: number; perFailing: number }
/** Bodies that are not compressed come as text: as bytes they would travel in hexadecimal, and cost twice as much to read. */
type Claimed = Omit<Claim, 'leaseToken' | 'leaseUntil' | 'body'> & { room: number } & (
    { text: string; body: null; encoding: null } | ({ text: null } & StoredBody)
  )

/** Attempts of one kind that a worker has under way, within bounds over all and per endpoint. */
export type Lane = {
  /** Claims what is due, as far as there is room. */
  wake: (bySweep?: boolean) => void
  /** Resolves when nothing is under way or being claimed. */
  settle: () => Promise<void>
}

/** `attempt` makes one attempt. Once `signal` has aborted, no more is claimed. */
export function openLane(
  context: DeliveryContext,
  bounds: Bounds,
  attempt: (claim: Claim) => Promise<void>,
  signal: AbortSignal,
): Lane {
  const { pool, log, metrics, now } = context
  const busy = new Set<Promise<void>>()
  /** Attempts under way: in all, and by endpoint. */
  let underWay = 0
  const taken = new Map<string, number>()
  /** Where more was due than there was room for: when an attempt ends, another is claimed. */
  let isFull = false
  const crowded = new Set<string>()
  let isClaiming = false
  let isDue = false
  let isSweep = false

  const track = (work: Promise<void>) => {
    busy.add(work)
    void work.finally(() => busy.delete(work))
  }

  const wake = (bySweep = false) => {
    isDue = true
    isSweep ||= bySweep
    if (!isClaiming) track(claimAll())
  }

  const claimAll = async () => {
    isClaiming = true
    try {
      while (isDue && !signal.aborted) {
        isDue = false
        for (const claimed of await claim()) track(run(claimed))
      }
    } catch (err) {
      log.error({ err }, 'deliveries could not be claimed; the sweeper will try again')
    } finally {
      isClaiming = false
    }
  }

  const claim = async (): Promise<Claim[]> => {
    // However many endpoints hang, there is room for one more: a claim takes half of what is free, and no endpoint has
    // more under way than that.
    const limit = Math.ceil((bounds.room - underWay) / 2)
    const [perEndpoint, perFailing] = [Math.min(bounds.perEndpoint, limit), Math.min(bounds.perFailing, limit)]
    const at = now()
    const [leaseToken, leaseUntil] = [uuidv7(), new Date(at.getTime() + LEASE_MS)]
    const values = [at, leaseToken, leaseUntil, perEndpoint, perFailing, [...taken.keys()], [...taken.values()], limit]
    const claimed = await query<Claimed>(pool, bounds.claim, values)
    countRescues(claimed, at)
    noteCrowds(claimed, limit, perFailing)
    return claimed.map((row) => {
      const body = row.text === null ? decompressBody(row) : Buffer.from(row.text)
      return { ...row, body, leaseToken, leaseUntil }
    })
  }

  const countRescues = (claimed: Claimed[], at: Date) => {
    const isBacklog = isFull || crowded.size > 0
    const late = claimed.filter(({ dueAt }) => dueAt.getTime() < at.getTime() - RESCUE_AFTER_MS)
    if (isSweep && !isBacklog && late.length > 0) metrics.rescues.inc({ kind: 'delivery' }, late.length)
    isSweep = false
  }

  const noteCrowds = (claimed: Claimed[], limit: number, leastRoom: number) => {
    isFull = claimed.length === limit
    isDue ||= isFull && limit > 0
    const byEndpoint = Map.groupBy(claimed, ({ endpointId }) => endpointId)
    for (const id of crowded) {
      // One without room is not in the answer, whatever waits for it.
      if (!byEndpoint.has(id) && (taken.get(id) ?? 0) < leastRoom) crowded.delete(id)
    }
    for (const [id, rows] of byEndpoint) {
      if (rows.length >= rows[0]!.room) crowded.add(id)
      else crowded.delete(id)
    }
  }

  const run = async (claimed: Claim) => {
    const { endpointId } = claimed
    underWay++
    taken.set(endpointId, (taken.get(endpointId) ?? 0) + 1)
    try {
      await attempt(claimed)
    } catch (err) {
      // Its lease runs out, and the sweeper finds it.
      log.error({ err, deliveryId: claimed.id }, 'a delivery could not be attempted')
    }
    underWay--
    const left = (taken.get(endpointId) ?? 1) - 1
    if (left === 0) taken.delete(endpointId)
    else taken.set(endpointId, left)
    if (isFull || crowded.has(endpointId)) wake()
  }

  return {
    wake,
    settle: async () => {
      while (busy.size > 0) await Promise.all(busy)
    },
  }
}
