import { setTimeout } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { type Backend, type BullQueue, openBackend } from './backend.ts'
import type { JobHandler, Topic } from './topic.ts'

export type Queue = {
  /** Adds jobs without waiting for it. Never throws: the rows are the truth, and a sweeper finds them without a job. */
  wake: <Payload>(topic: Topic<Payload>, payloads: Payload[], delayMs?: number) => void
  /**
   * `wake` for one job that covers all that is committed before it runs: while one with the same `key` that this
   * process added is still to come, another is not added. Without a delay, one is added at a time, and one more after
   * it when it was asked for meanwhile.
   */
  wakeOnce: <Payload>(topic: Topic<Payload>, key: string, payload: Payload, delayMs: number) => void
  /**
   * As a delayed `wakeOnce` for each id, with ids of a few ms in one job: adding a job costs Postgres more than a small
   * batch of samples does.
   */
  wakeTogether: (topic: Topic<{ ids: string[] }>, id: string, delayMs: number) => void
  /** Throws when the queue cannot be reached. */
  ping: () => Promise<void>
  startWorkers: <Context>(handlers: JobHandler<Context>[], context: Context) => Workers
  close: () => Promise<void>
}

export type Workers = {
  /** Takes no more jobs, lets those under way finish for `graceMs`, then tells them to give up. */
  stop: (graceMs: number) => Promise<void>
}

/** A job for each of these costs Postgres 2 ms of CPU; longer would shorten the window that a user is promised. */
const GATHER_MS = 50

/** A backend that is away never finishes closing. What a worker had is given back when its lock ends. */
const CLOSE_MS = 1000

export function openQueue(config: Config, databaseUrl: string, log: Logger): Queue {
  const backend = openBackend(config, databaseUrl)
  const queues = new Map<string, BullQueue>()
  const adding = new Set<Promise<unknown>>()
  const toCome = new Set<string>()
  /** Jobs that are being added, and whether each was asked for again meanwhile. */
  const inTurn = new Map<string, boolean>()

  const queueOf = (name: string): BullQueue => {
    const known = queues.get(name)
    if (known !== undefined) return known
    const queue = backend.openQueue(name)
    queue.on('error', (err) => log.warn({ err, queue: name }, 'the queue reports an error'))
    queues.set(name, queue)
    return queue
  }

  const add = (topic: string, payloads: unknown[], delayMs: number, onFailure?: () => void) => {
    const added = Promise.try(() => addJobs(queueOf(topic), topic, payloads, { delay: delayMs }))
      .catch((err: unknown) => {
        log.warn({ err, topic }, 'a wake-up was not queued; the sweeper will find it')
        onFailure?.()
        // BullMQ remembers a first connection that failed; the next wake-up opens another queue.
        queues
          .get(topic)
          ?.close()
          .catch(() => undefined)
        queues.delete(topic)
      })
      .finally(() => adding.delete(added))
    adding.add(added)
    return added
  }

  const addInTurn = (topic: string, pending: string, payload: unknown) => {
    if (inTurn.has(pending)) {
      inTurn.set(pending, true)
      return
    }
    inTurn.set(pending, false)
    void add(topic, [payload], 0).finally(() => {
      const isAskedAgain = inTurn.get(pending)
      inTurn.delete(pending)
      if (isAskedAgain === true) addInTurn(topic, pending, payload)
    })
  }

  /** Topics that the workers of this process serve without a job. */
  const local = new Map<string, (payload: unknown) => void>()
  const flushes = new Set<() => void>()
  const gathering = new Map<string, string[]>()
  const forget = (topic: string, ids: string[]) => ids.forEach((id) => toCome.delete(`${topic} ${id}`))

  return {
    wake: (topic, payloads, delayMs = 0) => {
      if (payloads.length > 0) void add(topic.name, payloads, delayMs)
    },
    wakeOnce: (topic, key, payload, delayMs) => {
      const pending = `${topic.name} ${key}`
      if (delayMs === 0) {
        const run = local.get(topic.name)
        if (run !== undefined) {
          run(payload)
          return
        }
        addInTurn(topic.name, pending, payload)
        return
      }
      if (toCome.has(pending)) return
      toCome.add(pending)
      // Forgotten before the job is due, for its delay counts from when it was added.
      globalThis.setTimeout(() => toCome.delete(pending), delayMs).unref()
      void add(topic.name, [payload], delayMs, () => toCome.delete(pending))
    },
    wakeTogether: (topic, id, delayMs) => {
      const pending = `${topic.name} ${id}`
      if (toCome.has(pending)) return
      toCome.add(pending)
      const gatherMs = Math.min(GATHER_MS, Math.floor(delayMs / 4))
      // Forgotten before the job is due, which for the last that joins it is earlier by as long as it gathers.
      globalThis.setTimeout(() => toCome.delete(pending), delayMs - 2 * gatherMs).unref()
      const key = `${topic.name} ${delayMs}`
      const joined = gathering.get(key)
      if (joined !== undefined) {
        joined.push(id)
        return
      }
      const ids = [id]
      gathering.set(key, ids)
      const flush = () => {
        gathering.delete(key)
        void add(topic.name, [{ ids }], delayMs - gatherMs, () => forget(topic.name, ids))
      }
      flushes.add(flush)
      globalThis
        .setTimeout(() => {
          if (flushes.delete(flush)) flush()
        }, gatherMs)
        .unref()
    },
    ping: () => backend.ping(),
    startWorkers: (handlers, context) => startWorkers(backend, handlers, context, local, log),
    close: async () => {
      for (const flush of flushes) flush()
      flushes.clear()
      await within(CLOSE_MS, Promise.all(adding))
      await within(CLOSE_MS, Promise.all([...queues.values()].map((queue) => queue.close())))
      await within(CLOSE_MS, backend.close())
    },
  }
}

function startWorkers<Context>(
  backend: Backend,
  handlers: JobHandler<Context>[],
  context: Context,
  local: Map<string, (payload: unknown) => void>,
  log: Logger,
): Workers {
  const stopping = new AbortController()
  const workers = handlers.map(({ topic: { name }, concurrency, isLocalFirst, run }) => {
    const runJob = async (payload: unknown) => {
      try {
        await run(context, payload, stopping.signal)
      } catch (err) {
        log.error({ err, topic: name }, 'a job failed; the sweeper will try its work again')
        throw err
      }
    }
    if (isLocalFirst === true) local.set(name, (payload) => void runJob(payload).catch(() => undefined))
    const onError = (err: Error) => log.warn({ err, topic: name }, 'a worker reports an error')
    return backend.openWorker(name, { concurrency, run: runJob, onError })
  })
  return {
    stop: async (graceMs) => {
      // From now on others do it.
      local.clear()
      const timer = globalThis.setTimeout(() => stopping.abort(), graceMs)
      await within(graceMs + CLOSE_MS, Promise.all(workers.map((worker) => worker.close())))
      clearTimeout(timer)
      stopping.abort()
    },
  }
}

/** On Postgres `addBulk` makes temporary tables: of one job it costs 2.6 to 3.2 ms of the server's CPU, `add` 0.3. */
function addJobs(queue: BullQueue, topic: string, payloads: unknown[], opts: { delay: number }): Promise<unknown> {
  if (payloads.length === 1) return queue.add(topic, payloads[0], opts)
  return queue.addBulk(payloads.map((data) => ({ name: topic, data, opts })))
}

/** Waits for `work`, but no longer than `ms`. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const waited = new AbortController()
  await Promise.race([
    work.catch(() => undefined),
    setTimeout(ms, undefined, { signal: waited.signal }).catch(() => undefined),
  ])
  waited.abort()
}
