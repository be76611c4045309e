import { Redis } from 'ioredis'
import { setTimeout } from 'node:timers/promises'
import { withClient } from '../../src/database/open-database.ts'
import type { Fleet } from './fleet.ts'
import type { Load } from './load.ts'
import type { Plans } from './plans.ts'
import type { Postgres } from './postgres.ts'

type Options = {
  postgres: Postgres
  redis: Queues | undefined
  fleet: Fleet
  plans: Plans
  load: Load
}

export type Storm = { flushes: number; flushedKeys: number; hasEnded: boolean }

const OUTAGES = [
  { afterMs: 7000, signal: 'SIGQUIT' },
  { afterMs: 8000, signal: 'SIGKILL' },
  { afterMs: 7000, signal: 'SIGINT' },
] as const
const FLUSH_EVERY_MS = 4000
/** Longer than a lease of 30 s, so that others have the sleeper's work before it wakes. */
const SLEEP_MS = 33_000
const MIN_ACCEPTED = 3000
/** On two cores that nobody else uses, 60 s or so are enough. */
const LONGEST_MS = 200_000

/** Everything goes wrong at once, until every point was reached often enough and thousands of changes were accepted. */
export async function rage({ postgres, redis, fleet, plans, load }: Options): Promise<Storm> {
  const storm: Storm = { flushes: 0, flushedKeys: 0, hasEnded: false }
  const deadline = Date.now() + LONGEST_MS
  const isOver = () => storm.hasEnded || Date.now() > deadline

  const restarts = async () => {
    for (const { afterMs, signal } of OUTAGES) {
      await setTimeout(afterMs)
      await postgres.restart(signal)
    }
  }
  const flushes = async () => {
    if (redis === undefined) return
    while (!isOver()) {
      await setTimeout(FLUSH_EVERY_MS)
      storm.flushedKeys += await redis.flush()
      storm.flushes++
    }
  }
  const retries = async () => {
    while (!isOver()) {
      // Some attempts are kept for when the storm is over: none of a healthy endpoint's messages may be exhausted.
      await hurry(postgres.url, `attempt_count < 6 or ${OF_FAILING}`)
      await setTimeout(1000)
    }
  }
  const sleep = fleet.startSleeper({ point: 'claim of first attempts', nth: 5, signal: 'SIGSTOP' }, SLEEP_MS)
  const going = [restarts(), sleep]
  const raging = [flushes(), retries()]
  const isEnough = () => plans.areDone() && load.accepted.batches + load.accepted.connections >= MIN_ACCEPTED
  while (!isEnough() && !isOver()) await setTimeout(100)
  await Promise.race([Promise.all(going), setTimeout(Math.max(0, deadline - Date.now()))])
  storm.hasEnded = true
  await Promise.all(raging)
  return storm
}

/** The failing endpoint's deliveries. */
const OF_FAILING = `tenant_id in (
  select t.id from tenant t join account a on a.id = t.account_id where a.name like 'failing-%')`

/** The failing endpoint's deliveries but the oldest, which is to be seen exhausted. They are left to wait. */
export const LEFT_WAITING = `${OF_FAILING} and id <> (
  select id from delivery where ${OF_FAILING} order by id limit 1)`

/**
 * Makes retries due that wait for 5 s, 5 minutes or a day: what time would do, and the test has none. Leases are left
 * alone: one of a process that died runs out by itself.
 */
export async function hurry(url: string, which: string): Promise<void> {
  const text = `update delivery set next_at = now() where status = 'retry' and next_at > now() and (${which})`
  await withClient(url, (client) => client.query(text)).catch(() => undefined)
}

export type Queues = { flush: () => Promise<number>; close: () => void }

/** What the server keeps in Redis. Its own keys alone are removed, which to it is FLUSHALL: the Redis may be shared. */
export function openQueues(redisUrl: string, prefix: string): Queues {
  const redis = new Redis(redisUrl)
  return {
    flush: async () => {
      let count = 0
      for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1000 }) as AsyncIterable<string[]>) {
        if (keys.length > 0) count += await redis.unlink(...keys)
      }
      return count
    },
    close: () => redis.disconnect(),
  }
}
