import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Context } from '../context.ts'

const Health = z.object({ status: z.literal('ok') }).meta({ id: 'Health' })

const Readiness = z
  .object({ status: z.enum(['ok', 'unavailable']), checks: z.record(z.string(), z.enum(['ok', 'unavailable'])) })
  .meta({ id: 'Readiness' })

const CHECK_TIMEOUT_MS = 3000

/** What an orchestrator asks: is the process alive, and can it serve. */
export const operationsRoutes: FastifyPluginAsyncZod<{ context: Context }> = async (app, { context }) => {
  app.get(
    '/healthz',
    {
      config: { rateLimit: false },
      logLevel: 'warn',
      schema: {
        operationId: 'health',
        security: [],
        tags: ['Operations'],
        summary: 'The process is alive',
        response: { 200: Health },
      },
    },
    async () => ({ status: 'ok' as const }),
  )

  app.get(
    '/readyz',
    {
      config: { rateLimit: false },
      logLevel: 'warn',
      schema: {
        operationId: 'readiness',
        security: [],
        tags: ['Operations'],
        summary: 'The database and the queue can be reached',
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async (_request, reply) => {
      const [database, queue] = await Promise.all([
        check(() => context.pool.query('select 1')),
        check(() => context.queue.ping()),
      ])
      const status = database === 'ok' && queue === 'ok' ? 'ok' : 'unavailable'
      return reply.code(status === 'ok' ? 200 : 503).send({ status, checks: { database, queue } })
    },
  )
}

async function check(reach: () => Promise<unknown>): Promise<'ok' | 'unavailable'> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('timed out')), CHECK_TIMEOUT_MS)
  try {
    await Promise.race([reach(), late])
    return 'ok'
  } catch {
    return 'unavailable'
  } finally {
    clearTimeout(timer)
  }
}
