import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

const ALLOWED = {
  'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers':
    'authorization, content-type, x-api-key, api-token, x-request-id, idempotency-key, prefer, x-sandbox-fault',
  'access-control-max-age': '600',
}

const EXPOSED = [
  'x-request-id',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
  'retry-after',
  'idempotent-replayed',
  'x-sandbox-fault',
].join(', ')

/**
 * Lets pages of these origins call the API. Credentials are headers that a page sets itself: none is sent along by the
 * browser, and none is asked for. Register before the routes.
 */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return
  app.addHook('onRequest', (request, reply, done) => {
    const isPreflight = request.method === 'OPTIONS' && 'access-control-request-method' in request.headers
    if (allowOrigin(request, reply, origins) && isPreflight) reply.code(204).headers(ALLOWED).send()
    else done()
  })
}

/** Lets the page that asks read the answer, when it is of one of these origins. Returns whether it is. */
export function allowOrigin(request: FastifyRequest, reply: FastifyReply, origins: readonly string[]): boolean {
  reply.header('vary', 'origin')
  const { origin } = request.headers
  if (origin === undefined || !origins.includes(origin)) return false
  reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', EXPOSED)
  return true
}
