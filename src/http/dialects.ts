import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { AppError, ErrorCode } from '../errors.ts'
import type { CountFailure } from './rate-limit.ts'
import { toAppError } from './to-app-error.ts'

/** How one API words an error; as JSON, where it says no other type of content. */
export type Dialect = (
  error: AppError,
  request: FastifyRequest,
) => { status: number; body: unknown; contentType?: string }

/**
 * `{ error: { code, message, details: { field, reason } } }`: every endpoint that is not bound to another published
 * format. Of several broken rules `details` is the first; the message has them all.
 */
export const houseDialect: Dialect = (error) => envelope(error, error.details?.[0])

/** The same of batches of samples, whose `details` are every broken rule. */
export const batchDialect: Dialect = (error) => envelope(error, error.details)

const envelope = ({ status, code, message }: AppError, details: unknown) => ({
  status,
  body: { error: { code: code.toUpperCase(), message, details } },
})

/** The Devices API's `{ status, name, title, detail }`. Its clients know no 422: what is invalid is a bad request. */
export const devicesDialect: Dialect = (error) => {
  const status = error.status === 422 ? 400 : error.status
  const name = nameOfStatus[status] ?? 'ERROR'
  const title = name.toLowerCase().replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())
  return { status, body: { status, name, title: `${title}Error`, detail: error.message } }
}

const nameOfStatus: Record<number, string> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'TOO_MANY_REQUESTS',
  500: 'INTERNAL_SERVER_ERROR',
  502: 'BAD_GATEWAY',
  503: 'SERVICE_UNAVAILABLE',
  504: 'GATEWAY_TIMEOUT',
}

/** RFC 6749 §5.2, which OAuth client libraries parse: `{ error, error_description }`. */
export const oauthDialect: Dialect = (error) => {
  const status = [409, 415, 422].includes(error.status) ? 400 : error.status
  return { status, body: { error: oauthErrorOf(error.code), error_description: error.message } }
}

function oauthErrorOf(code: ErrorCode): string {
  switch (code) {
    case 'invalid_grant':
    case 'unsupported_grant_type':
      return code
    case 'database_unavailable':
    case 'rate_limited':
      return 'temporarily_unavailable'
    case 'internal_error':
      return 'server_error'
    default:
      return 'invalid_request'
  }
}

/** Makes `app`, and what is registered in it, answer errors in `dialect`. */
export function setDialect(app: FastifyInstance, dialect: Dialect, countFailure: CountFailure): void {
  app.setErrorHandler(async (error, request, reply) => {
    const appError = toAppError(error)
    // A key of the wrong kind is refused before anybody is let in, as one that is unknown is.
    const isRefused = appError.status === 401 || (appError.status === 403 && request.principal === undefined)
    const refusal = isRefused ? await countFailure(request, reply) : undefined
    return answerError(dialect, refusal ?? appError, request, reply)
  })
}

export function answerError(
  dialect: Dialect,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const appError = toAppError(error)
  if (appError.status >= 500 && !appError.isAskedFor)
    request.log.error({ err: appError.cause ?? appError }, appError.message)
  if (appError.status === 401) reply.header('www-authenticate', 'Bearer')
  if (appError.retryAfterSeconds !== undefined) reply.header('retry-after', appError.retryAfterSeconds)
  const { status, body, contentType } = dialect(appError, request)
  if (contentType !== undefined) reply.type(contentType)
  return reply.code(status).send(body)
}
