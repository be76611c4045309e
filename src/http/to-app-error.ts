import type { FastifyError } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { isDatabaseAway, isTooSlow } from '../database/is-database-away.ts'
import { AppError, type ErrorCode, type FieldError } from '../errors.ts'

/** Fastify's own refusals, made before a handler runs: https://fastify.dev/docs/latest/Reference/Errors/ */
const codeOfFastifyError: Record<string, [ErrorCode, string]> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['body_too_large', 'The body is larger than this endpoint takes.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported_media_type', 'This content type is not taken here.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['malformed_body', 'The body is empty; JSON is expected.'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['malformed_body', 'The body is not valid JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['malformed_body', 'The body is not as long as Content-Length says.'],
}

/** Of what no route answers. */
export const NOTHING_HERE = 'There is nothing here.'

/** Whatever a request ended with → what its client is told. What we did not foresee is an `internal_error`. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  if (isDatabaseAway(error)) {
    const message = isTooSlow(error)
      ? 'The answer took the database too long. Ask for less at once, or send the same request again.'
      : 'The database cannot be reached. Send the same request again.'
    return new AppError('database_unavailable', message, { retryAfterSeconds: 2, cause: error })
  }
  if (hasZodFastifySchemaValidationErrors(error)) return toValidationError(error as unknown as ZodRefusal)
  if (error instanceof Error && 'decompressError' in error) {
    return new AppError('malformed_body', 'The gzip body is broken.', { cause: error })
  }
  const { code, statusCode } = error as Partial<FastifyError>
  const known = code === undefined ? undefined : codeOfFastifyError[code]
  if (known !== undefined) return new AppError(...known, { cause: error })
  // The files of /docs: what may not be asked for is not there.
  if (statusCode === 403 || statusCode === 404) return new AppError('not_found', NOTHING_HERE, { cause: error })
  if (statusCode === 400) return new AppError('malformed_body', 'The request could not be read.', { cause: error })
  return new AppError('internal_error', 'Something went wrong on our side.', { cause: error })
}

/** What fastify-type-provider-zod throws: an entry for each broken rule. */
type ZodRefusal = {
  validation: { instancePath: string; keyword: string; message: string; params: Record<string, unknown> }[]
  validationContext?: string
}

function toValidationError({ validation, validationContext }: ZodRefusal): AppError {
  // What is not known comes first: where there is such a parameter, the refusal is of that.
  const sorted = validation.toSorted((a, b) => Number(isUnknown(b)) - Number(isUnknown(a)))
  const details = sorted.flatMap(({ instancePath, keyword, message, params }) => {
    const path = instancePath.split('/').filter((part) => part !== '')
    return toDetails(path, { code: keyword, message, ...params })
  })
  const fields = details.map((detail) => `${detail.field}: ${detail.reason}`).join('; ')
  const isOfQuery = validationContext === 'querystring'
  const unknown = isOfQuery && validation.some(isUnknown)
  return new AppError(unknown ? 'unknown_parameter' : 'validation_error', `Invalid input: ${fields}`, {
    details,
    isOfQuery,
  })
}

/** A parameter that is not known, or one that names what is not (`nameOf` in list-query.ts). */
const isUnknown = ({ keyword, params }: ZodRefusal['validation'][number]): boolean =>
  keyword === 'unrecognized_keys' || (params['params'] as { isUnknown?: boolean } | undefined)?.isUnknown === true

type Issue = { code: string; message: string; keys?: string[]; errors?: (Issue & { path: PropertyKey[] })[][] }

function toDetails(path: string[], { code, message, keys = [], errors = [] }: Issue): FieldError[] {
  if (code === 'unrecognized_keys') {
    return keys.map((key) => ({ field: [...path, key].join('.'), reason: 'is not known here' }))
  }
  // Of alternatives, the one that the value has the form of says what is wrong with it.
  const meant = errors.filter((branch) => branch.every((issue) => issue.path.length > 0))
  if (code === 'invalid_union' && meant.length === 1) {
    return meant[0]!.flatMap((issue) => toDetails([...path, ...issue.path.map(String)], issue))
  }
  return [{ field: path.join('.') || 'body', reason: message }]
}
