import type { Queue } from '../../src/queue/queue.ts'
import { attemptDelivery, type DeliveryContext } from '../../src/webhooks/attempt-delivery.ts'
import { openSender } from '../../src/webhooks/sender.ts'
import { call } from './api.ts'
import { startServer, type TestServer } from './server.ts'

const never = new AbortController().signal

const noQueue: Queue = {
  wake: () => undefined,
  wakeOnce: () => undefined,
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
  /** Makes what waits for a retry due. */
  hurry: () => Promise<void>
  stop: () => Promise<void>
}

export async function startWithoutWorker(): Promise<Quiet> {
  const server = await startServer({ worker: false })
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
    attempt: (deliveryId, signal = never) => attemptDelivery(context, deliveryId, signal),
    hurry: async () => {
      await context.pool.query(`update delivery set next_at = now() - interval '1 minute' where status = 'retry'`)
    },
    stop: async () => {
      await context.sender.close()
      await server.stop()
    },
  }
}
