import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import { allowOrigin } from './cors.ts'
import { answerError, type Dialect } from './dialects.ts'
import type { CountFailure } from './rate-limit.ts'

type House = { dialect: Dialect; corsOrigins: readonly string[]; countFailure: CountFailure }

/** What the router refuses, such as a path with a broken escape: no hook runs for it, so it is said here what all say. */
export async function answerUnroutable(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  { dialect, corsOrigins, countFailure }: House,
): Promise<void> {
  reply.header('x-request-id', request.id)
  if (corsOrigins.length > 0) allowOrigin(request, reply, corsOrigins)
  const refusal = new AppError('malformed_body', 'The address of the request could not be read.', { cause: error })
  answerError(dialect, (await countFailure(request, reply)) ?? refusal, request, reply)
}

/**
 * Takes a request whatever else than `100-continue` its `Expect` says, as RFC 9110 §10.1.1 allows: Node would answer 417
 * by itself, without a body and an id.
 */
export function ignoreExpectations({ server }: FastifyInstance): void {
  server.on('checkExpectation', (request, response) => server.emit('request', request, response))
}

/** What is no HTTP at all, or too large in its head: there is no request yet, and the connection is closed. */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return
  const status = statusOf(error.code)
  const message = status === 400 ? 'The request is not HTTP.' : `${STATUS_CODES[status]}.`
  const body = JSON.stringify({ error: { code: status === 431 ? 'HEADERS_TOO_LARGE' : 'MALFORMED_REQUEST', message } })
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${randomUUID()}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

function statusOf(code: string | undefined): number {
  if (code === 'HPE_HEADER_OVERFLOW') return 431
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400
}
