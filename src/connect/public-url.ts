import type { FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'

/**
 * The origin that browsers and providers reach this server at; no slash at the end. Where none is configured, this
 * machine's, at the port that the request came in: what it calls itself in `Host` is not believed.
 */
export const publicUrlOf = ({ publicUrl }: Pick<Config, 'publicUrl'>, request: FastifyRequest): string =>
  publicUrl ?? `http://127.0.0.1:${request.socket.localPort}`
