import { setTimeout } from 'node:timers/promises'
import type { Context } from '../context.ts'
import { claimBackfill } from './claim-backfill.ts'
import { readNextDay } from './read-next-day.ts'

/** Days that one process reads at once. */
const LANES = 6

/** Reads days that are due: a job, the sweeper, or a lane that finds something wakes it; nothing else is needed. */
export type Backfiller = {
  wake: () => void
  /** Resolves when nothing is under way. */
  settle: () => Promise<void>
  /** Claims no more, lets days under way end for `graceMs`, then breaks them off: others read them at once. */
  stop: (graceMs: number) => Promise<void>
}

export function startBackfiller(context: Context): Backfiller {
  const closing = new AbortController()
  const stopping = new AbortController()
  const lanes = new Set<Promise<void>>()
  let isMissed = false

  const readDays = async () => {
    for (let isFirst = true; !closing.signal.aborted; isFirst = false) {
      const claim = await claimBackfill(context)
      if (claim === undefined) return
      // There may be more than this lane can take.
      if (isFirst) wake()
      await readNextDay(context, claim, stopping.signal)
    }
  }
  const wake = () => {
    isMissed = lanes.size >= LANES
    if (closing.signal.aborted || isMissed) return
    const lane = readDays()
      .catch((err: unknown) => context.log.error({ err }, 'days of providers could not be read'))
      .finally(() => {
        lanes.delete(lane)
        if (isMissed) wake()
      })
    lanes.add(lane)
  }
  const settle = async () => {
    while (lanes.size > 0) await Promise.all(lanes)
  }
  return {
    wake,
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
