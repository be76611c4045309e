import type { AppError, ErrorCode, FieldError } from '../../errors.ts'
import type { Dialect } from '../../http/dialects.ts'
import { MEDIA_TYPE } from './api.ts'

/** Errors of JSON:API 1.0 §9, with the codes and the 409 for bad input of the published API. */
export const careDialect: Dialect = (error, request) => {
  const status = ofBadInput.includes(error.code) ? 409 : error.status
  const errors = (error.details ?? [undefined]).map((detail) => ({
    status: String(status),
    code: codeOf(error, detail),
    title: titles[status] ?? 'Error',
    detail: detail === undefined ? error.message : `${detail.field} ${detail.reason}`,
    ...(detail === undefined ? {} : { source: sourceOf(error, detail) }),
  }))
  return { status, body: { meta: { req_id: request.id }, errors }, contentType: MEDIA_TYPE }
}

const ofBadInput: ErrorCode[] = [
  'validation_error',
  'unknown_parameter',
  'malformed_body',
  'invalid_header',
  'conflict',
]

/** A body's members are below `data` and `meta`. */
const isOfBody = (error: AppError, { field }: FieldError) => !error.isOfQuery && /^(data|meta|body)(\.|$)/.test(field)

function sourceOf(error: AppError, detail: FieldError) {
  if (!isOfBody(error, detail)) return { parameter: detail.field.replace(/\.\d+$/, '') }
  return { pointer: detail.field === 'body' ? '' : `/${detail.field.replaceAll('.', '/')}` }
}

function codeOf(error: AppError, detail: FieldError | undefined): string {
  const { code, status } = error
  if (code === 'invalid_credentials') return 'InvalidCredentials'
  if (code === 'invalid_grant_type') return 'InvalidGrantType'
  if (code === 'malformed_body' || code === 'conflict') return 'InvalidBodyParameter'
  if (status === 401) return 'Unauthorized'
  if (status === 403) return 'Forbidden'
  if (status === 404) return 'ResourceNotFound'
  return detail === undefined || isOfBody(error, detail) ? 'InvalidBodyParameter' : 'InvalidParameter'
}

const titles: Record<number, string> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Invalid Request',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}
