import type { FastifyInstance } from 'fastify'

const ALLOWED = {
  'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers':
    'authorization, content-type, x-api-key, api-token, x-request-id, idempotency-key, prefer',
  'access-control-max-age': '600',
}

const EXPOSED = [
  'x-request-id',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
  'retry-after',
  'idempotent-replayed',
].join(', ')

/**
 * Lets pages of these origins call the API. Credentials are headers that a page sets itself: none is sent along by the
 * browser, and none is asked for. Register before the routes.
 */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('vary', 'origin')
    const { origin } = request.headers
    if (origin === undefined || !origins.includes(origin)) {
      done()
      return
    }
    reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', EXPOSED)
    const isPreflight = request.method === 'OPTIONS' && 'access-control-request-method' in request.headers
    if (isPreflight) reply.code(204).headers(ALLOWED).send()
    else done()
  })
}
