import type { FastifyInstance } from 'fastify'
import type { Metrics } from '../metrics.ts'

/** A line and a measurement a request. The route, not the URL: a query may hold a token, a path a person's id. */
export function logRequests(app: FastifyInstance, { requestSeconds }: Metrics): void {
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request
    const route = routeOptions.url ?? 'unknown'
    requestSeconds.observe({ method, route, status: reply.statusCode }, reply.elapsedTime / 1000)
    const ms = Math.round(reply.elapsedTime * 10) / 10
    request.log.info({ method, route, status: reply.statusCode, ms }, 'request')
  })
}
