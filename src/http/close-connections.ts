import type { FastifyInstance } from 'fastify'

/** The answers that a stop waits for say that they are the last: their connections would stay open, idle, past it. */
export function closeConnectionsOnStop(app: FastifyInstance): void {
  let isStopping = false
  app.addHook('preClose', async () => {
    isStopping = true
  })
  app.addHook('onSend', async (_request, reply) => {
    if (isStopping) reply.header('connection', 'close')
  })
}
