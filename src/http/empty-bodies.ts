import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import { readJson, takeJsonAs } from './json-bodies.ts'

/**
 * Takes empty bodies whatever they are called: the published client says that they are forms, as axios does, and many
 * others that they are JSON. A form that holds something is not taken.
 */
export function takeEmptyBodies(app: FastifyInstance): void {
  const refuse = async (_request: FastifyRequest, body: string) => {
    if (body !== '') throw new AppError('unsupported_media_type', 'Forms are not taken here; JSON is.')
  }
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, refuse)
  takeJsonAs(app, 'application/json', (body) => (body.length === 0 ? undefined : readJson(body)))
}
