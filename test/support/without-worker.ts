import type { Queue } from '../../src/queue/queue.ts'
import { startDispatcher } from '../../src/webhooks/dispatcher.ts'
import type { DeliveryContext } from '../../src/webhooks/send-attempt.ts'
import { openSender } from '../../src/webhooks/sender.ts'
import { settleEndpoints } from '../../src/webhooks/settle-endpoints.ts'
import { sweepDeliveries } from '../../src/webhooks/sweep-deliveries.ts'
import { call } from './api.ts'
import { type ServerOptions, startServer, type TestServer } from './server.ts'

/** Loses every wake-up. */
export const noQueue: Queue = {
  wake: () => undefined,
  wakeOnce: () => undefined,
  wakeTogether: () => undefined,
  ping: async () => undefined,
  startWorkers: () => ({ stop: async () => undefined }),
  close: async () => undefined,
}

export type Delivery = {
  id: string
  status: string
  attempt_count: number
  next_at: Date | null
  lease_token: string | null
  lease_until: Date | null
  updated_at: Date
  type: string
  user_id: string | null
}

/** A server without worker and queue: a delivery is attempted when the test says so. */
export type Quiet = {
  server: TestServer
  context: DeliveryContext
  setUrl: (webhookUrl: string, key?: string) => Promise<any>
  /** All deliveries, or those of a user's events, the oldest first. */
  deliveries: (userId?: string) => Promise<Delivery[]>
  attempt: (deliveryId: string, signal?: AbortSignal) => Promise<void>
  /** Does what the worker's chores do. */
  sweep: () => Promise<void>
  /** Makes what waits for a retry due. */
  hurry: () => Promise<void>
  stop: () => Promise<void>
}

/** Dispatches what is due, until nothing is; broken off when `signal` aborts. */
export async function dispatch(context: DeliveryContext, signal?: AbortSignal): Promise<void> {
  const dispatcher = startDispatcher(context)
  const stopped = new Promise<void>((resolve) => {
    signal?.addEventListener('abort', () => resolve(dispatcher.stop(0)))
  })
  dispatcher.wake()
  await Promise.race([dispatcher.settle(), stopped])
  await dispatcher.stop(0)
}

/** The chores' part of sending: what no job asked for is found, twice over. */
export async function sweep(context: DeliveryContext, between: () => void = () => undefined): Promise<void> {
  const never = new AbortController().signal
  const dispatcher = startDispatcher(context)
  for (let i = 0; i < 2; i++) {
    await settleEndpoints(context, never)
    await sweepDeliveries({ ...context, dispatcher }, never)
    await dispatcher.settle()
    between()
  }
}

/** Dispatches one delivery, when it is due: the others' times are put off meanwhile. */
async function attemptOne(context: DeliveryContext, deliveryId: string, signal?: AbortSignal): Promise<void> {
  const move = (sign: '+' | '-') =>
    context.pool.query(
      `update delivery set next_at = next_at ${sign} interval '100 years'
       where id <> $1 and ${sign === '+' ? '' : 'not'} next_at < now() + interval '50 years'`,
      [deliveryId],
    )
  await move('+')
  await dispatch(context, signal)
  await move('-')
}

export async function startWithoutWorker(options: ServerOptions = {}): Promise<Quiet> {
  const server = await startServer({ ...options, worker: false })
  const context = { ...server.context, queue: noQueue, sender: openSender(server.context.config.webhooks) }
  return {
    server,
    context,
    setUrl: async (webhookUrl, key = server.keys.live) => {
      const answer = await call(server, 'POST', '/settings', { key, json: { webhookUrl } })
      if (answer.status !== 200) throw new Error(`no URL was set: ${JSON.stringify(answer.body)}`)
      return answer.body
    },
    deliveries: async (userId) => {
      const { rows } = await context.pool.query<Delivery>(
        `select d.*, e.type, e.user_id from delivery d
         join message m on m.id = d.message_id join event e on e.id = m.event_id
         where $1::uuid is null or e.user_id = $1 order by d.id`,
        [userId],
      )
      return rows
    },
    attempt: (deliveryId, signal) => attemptOne(context, deliveryId, signal),
    sweep: () => sweep(context),
    hurry: async () => {
      await context.pool.query(`update delivery set next_at = now() - interval '1 minute' where status = 'retry'`)
    },
    stop: async () => {
      await context.sender.close()
      await server.stop()
    },
  }
}
