import { setTimeout } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { AppError } from '../errors.ts'

/** Of one environment in one process: each holds a socket, and the body that it came with. */
const MOST_WAITING = 50

export type WaitingRoom = {
  /**
   * Ends sooner when the client goes away, or the server stops: the request is then done at once, as it would be after
   * a client's own timeout. Throws `rate_limited` where too many wait.
   */
  wait: (tenantId: string, ms: number, reply: FastifyReply) => Promise<void>
}

export function openWaitingRoom(app: FastifyInstance): WaitingRoom {
  const waiting = new Map<string, Set<AbortController>>()
  app.addHook('preClose', async () => {
    for (const each of waiting.values()) for (const wait of each) wait.abort()
  })

  return {
    wait: async (tenantId, ms, reply) => {
      const others = waiting.get(tenantId) ?? new Set()
      if (others.size >= MOST_WAITING) {
        const message = `${MOST_WAITING} requests are waiting as X-Sandbox-Fault asked, which is the most.`
        throw new AppError('rate_limited', message, { retryAfterSeconds: 1 })
      }
      const wait = new AbortController()
      waiting.set(tenantId, others.add(wait))
      const giveUp = () => wait.abort()
      reply.raw.once('close', giveUp)
      await setTimeout(ms, undefined, { signal: wait.signal }).catch(() => undefined)
      reply.raw.off('close', giveUp)
      others.delete(wait)
      if (others.size === 0) waiting.delete(tenantId)
    },
  }
}
