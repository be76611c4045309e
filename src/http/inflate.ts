import fastifyCompress from '@fastify/compress'
import type { FastifyInstance } from 'fastify'
import { AppError } from '../errors.ts'

/** Takes gzip bodies. Fastify counts the inflated bytes against the route's bodyLimit as they come. */
export async function inflateBodies(app: FastifyInstance): Promise<void> {
  await app.register(fastifyCompress, {
    globalCompression: false,
    requestEncodings: ['gzip', 'identity'],
    onUnsupportedRequestEncoding: (encoding) =>
      new AppError('unsupported_media_type', `Content-Encoding ${encoding} is not taken; gzip is.`),
  })
}
