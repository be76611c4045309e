/** Every error a client can meet, and the status it answers with. Each API's dialect words it. */
const statusOfCode = {
  malformed_body: 400,
  invalid_header: 400,
  unknown_parameter: 400,
  invalid_grant: 400,
  unsupported_grant_type: 400,
  unauthorized: 401,
  invalid_credentials: 401,
  forbidden: 403,
  invalid_grant_type: 403,
  not_found: 404,
  user_not_found: 404,
  conflict: 409,
  body_too_large: 413,
  unsupported_media_type: 415,
  validation_error: 422,
  too_many_devices: 422,
  too_many_endpoints: 422,
  too_many_samples: 422,
  rate_limited: 429,
  internal_error: 500,
  bad_gateway: 502,
  database_unavailable: 503,
  gateway_timeout: 504,
} as const

export type ErrorCode = keyof typeof statusOfCode

/** One broken rule. `index` is the element's place in the array that was sent, where there is one. */
export type FieldError = { index?: number; field: string; reason: string }

type AppErrorOptions = {
  details?: FieldError[]
  /** The fields of `details` are parameters, not members of the body. */
  isOfQuery?: boolean
  /** The client asked for it, to try itself out: nothing is wrong here. */
  isAskedFor?: boolean
  retryAfterSeconds?: number
  cause?: unknown
}

/** What the domain throws. `message` is shown to the client: no secret, no health value, no SQL. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly status: number
  readonly details: FieldError[] | undefined
  readonly isOfQuery: boolean
  readonly isAskedFor: boolean
  readonly retryAfterSeconds: number | undefined

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.status = statusOfCode[code]
    this.details = options.details
    this.isOfQuery = options.isOfQuery ?? false
    this.isAskedFor = options.isAskedFor ?? false
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

/** A reason not to start or go on that the operator can mend; printed without a stack. */
export class OperatorError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'OperatorError'
  }
}
