import type { FastifyInstance } from 'fastify'

/** A line a request. The route, not the URL: a query string may hold a token, a path a person's id. */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request
    const ms = Math.round(reply.elapsedTime * 10) / 10
    request.log.info({ method, route: routeOptions.url ?? null, status: reply.statusCode, ms }, 'request')
  })
}
