import type { FastifyInstance } from 'fastify'
import { AppError } from '../errors.ts'
import { NOTHING_HERE } from './to-app-error.ts'

/**
 * Refuses requests to paths that are not there, before their bodies are read, and bounds them as all others. Register where
 * rates are limited, and before the routes.
 */
export function refuseUnknown(app: FastifyInstance): void {
  const limit = app.rateLimit()
  app.addHook('onRequest', async function (request, reply) {
    if (!request.is404) return
    await limit.call(this, request, reply)
    throw notFound()
  })
  answerUnknown(app)
}

/** Makes what is below the prefix of `app` refuse unknown paths in its dialect. */
export function answerUnknown(app: FastifyInstance): void {
  app.setNotFoundHandler(() => {
    throw notFound()
  })
}

const notFound = () => new AppError('not_found', NOTHING_HERE)
