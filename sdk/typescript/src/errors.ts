/** What the server answered, or why it did not answer, in one shape for all of its APIs. */
export class PulsewellError extends Error {
  override readonly name: string = 'PulsewellError'
  /** The HTTP status; undefined where there was no answer. */
  readonly status: number | undefined
  /**
   * What went wrong, for programs: `VALIDATION_ERROR`, `NOT_FOUND`, `RATE_LIMITED`, ...; of OAuth routes as RFC 6749 has
   * it, such as `invalid_grant`. Without an answer `NETWORK_ERROR` or `TIMEOUT`; with one that is not
   * the server's `BAD_ANSWER`.
   */
  readonly code: string
  /** `{ field, reason }`, or of a batch of samples a list of `{ index, field, reason }`, where the server names them. */
  readonly details: unknown
  /** The `X-Request-ID` under which the server logged the request. */
  readonly requestId: string | undefined

  constructor(message: string, { status, code, details, requestId, cause }: ErrorFields) {
    super(message, cause === undefined ? undefined : { cause })
    this.status = status
    this.code = code
    this.details = details
    this.requestId = requestId
  }
}

type ErrorFields = {
  status?: number | undefined
  code: string
  details?: unknown
  requestId?: string | undefined
  cause?: unknown
}

/** An answer that is not a success → the error that it tells of. `text` is the answer's body. */
export function toPulsewellError(response: Response, text: string): PulsewellError {
  const { code, message, details } = readBody(parse(text)) ?? {
    code: `HTTP_${response.status}`,
    message: `The server answered ${response.status}.`,
  }
  const requestId = response.headers.get('x-request-id') ?? undefined
  return new PulsewellError(message, { status: response.status, code, details, requestId })
}

type Told = { code: string; message: string; details?: unknown }

function readBody(body: unknown): Told | undefined {
  if (!isRecord(body)) return undefined
  const { error, name, detail } = body
  // { error: { code, message, details } }: the house.
  if (isRecord(error)) return told(error['code'], error['message'], error['details'])
  // { error, error_description }: RFC 6749.
  if (typeof error === 'string') return told(error, body['error_description'] ?? error)
  // { status, name, title, detail }: the Devices API.
  return told(name, detail)
}

const told = (code: unknown, message: unknown, details?: unknown): Told | undefined =>
  typeof code === 'string' && typeof message === 'string' ? { code, message, details } : undefined

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
