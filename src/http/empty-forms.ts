import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'

/** The published client calls its empty bodies forms, as axios does; a form that holds something is not taken. */
export function takeEmptyForms(app: FastifyInstance): void {
  const refuse = async (_request: FastifyRequest, body: string) => {
    if (body !== '') throw new AppError('unsupported_media_type', 'Forms are not taken here; JSON is.')
  }
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, refuse)
}
