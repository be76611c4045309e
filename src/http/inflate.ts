import fastifyCompress from '@fastify/compress'
import type { FastifyInstance } from 'fastify'
import { AppError } from '../errors.ts'

/** Takes gzip bodies. Fastify counts the inflated bytes against the route's bodyLimit as they come. */
export async function inflateBodies(app: FastifyInstance): Promise<void> {
  app.addHook('onRequest', async (request) => {
    // RFC 9110 §8.4.1: names of codings are case-insensitive, and x-gzip is gzip.
    const encoding = request.headers['content-encoding']?.trim().toLowerCase()
    if (encoding !== undefined) request.headers['content-encoding'] = encoding === 'x-gzip' ? 'gzip' : encoding
  })
  await app.register(fastifyCompress, {
    globalCompression: false,
    requestEncodings: ['gzip', 'identity'],
    onUnsupportedRequestEncoding: (encoding) =>
      new AppError('unsupported_media_type', `Content-Encoding ${encoding} is not taken; gzip is.`),
  })
}
