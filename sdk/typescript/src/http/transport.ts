import { PulsewellError, toPulsewellError } from '../errors.ts'
import { delayBefore, isTransient, LONGEST_TIMER, readAskedDelay, type RetryPolicy, wait } from './retry.ts'

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

/** What every method of the client takes last. */
export type RequestOptions = {
  /** Ends the request, and the waiting between attempts. */
  signal?: AbortSignal
  /** How long one attempt may take, in ms; the client's `timeoutMs` by default. */
  timeoutMs?: number
}

/** Of a POST that makes something. */
export type CreateOptions = RequestOptions & {
  /** What makes repeats of this request one; made anew for each call by default. */
  idempotencyKey?: string
}

export type Call = RequestOptions & {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the server's root, segments encoded. */
  path: string
  query?: Query
  json?: unknown
  /** A body that is not JSON of `json`. */
  body?: { content: string | Uint8Array<ArrayBuffer>; type: string; encoding?: string }
  /** In place of `Authorization` with the client's token. */
  credential?: Readonly<Record<string, string>>
  headers?: Readonly<Record<string, string>>
  /** Whether a second request does what one does: what may be, is sent again. True but for PATCH and POST. */
  isRepeatable?: boolean
}

/** As the platform's `fetch`, of which the client asks no more than this. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export type Transport = {
  /** The server's root, without a slash at its end. */
  serverUrl: string
  /** The answer's JSON; undefined of a 204. Throws `PulsewellError`, or what the signal was aborted with. */
  send: <Answer>(call: Call) => Promise<Answer>
}

export type TransportOptions = {
  serverUrl: string
  apiToken: string | undefined
  retry: RetryPolicy
  timeoutMs: number
  fetch: Fetch
  headers: Readonly<Record<string, string>>
}

export function createTransport(options: TransportOptions): Transport {
  return {
    serverUrl: options.serverUrl,
    send: async <Answer>(call: Call) => (await sendWithRetries(options, call)) as Answer,
  }
}

async function sendWithRetries(options: TransportOptions, call: Call): Promise<unknown> {
  const request = toRequest(options, call)
  const isRepeatable = call.isRepeatable ?? !['POST', 'PATCH'].includes(call.method)
  const begin = performance.now()
  let mayBeDone = false
  for (let attempts = 1; ; attempts++) {
    const outcome = await attempt(options, request, call)
    if ('answer' in outcome) return outcome.answer
    const { error, response } = outcome
    // What an attempt before removed is not there any more.
    if (mayBeDone && call.method === 'DELETE' && response?.status === 404) return undefined
    // A refusal for its rate was not acted on: any request may be sent again.
    const mayRepeat = isRepeatable || response?.status === 429
    if (!mayRepeat || (response !== undefined && !isTransient(response))) throw error
    const asked = response === undefined ? undefined : readAskedDelay(response, Date.now())
    const delay = delayBefore(options.retry, attempts, performance.now() - begin, asked)
    if (delay === undefined) throw error
    mayBeDone ||= response?.status !== 429
    await wait(delay, call.signal)
  }
}

type Prepared = { url: string; init: RequestInit }

function toRequest({ serverUrl, apiToken, headers }: TransportOptions, call: Call): Prepared {
  const { method, path, query = {}, json, body } = call
  checkPath(path)
  const credential = call.credential ?? authorizationOf(apiToken)
  checkCredential(credential)
  const content = json === undefined ? body : { content: JSON.stringify(json), type: 'application/json' }
  return {
    url: `${serverUrl}${path}${toQueryString(query)}`,
    init: {
      method,
      // A redirect would take the credential elsewhere, or turn a POST into a GET.
      redirect: 'manual',
      headers: {
        accept: 'application/json',
        ...headers,
        ...credential,
        ...(content === undefined ? {} : { 'content-type': content.type }),
        ...(body?.encoding === undefined ? {} : { 'content-encoding': body.encoding }),
        ...call.headers,
      },
      ...(content === undefined ? {} : { body: content.content }),
    },
  }
}

function authorizationOf(apiToken: string | undefined): { authorization: string } {
  if (apiToken === undefined) throw new TypeError('apiToken is needed for this call')
  return { authorization: `Bearer ${apiToken}` }
}

/** An id that is empty or dots would make it the path of something else, such as the whole list. */
function checkPath(path: string): void {
  const parts = path.slice(1).split('/')
  if (parts.some((part) => /^\.{0,2}$/.test(part))) throw new TypeError('an id must not be empty, "." or ".."')
}

/** Said here: the platform would take it for a failure of the network, and may quote it. */
function checkCredential(credential: Readonly<Record<string, string>>): void {
  if (Object.values(credential).some((value) => /[^ -~]/.test(value.trim()))) {
    throw new TypeError('a key or token must be of visible ASCII characters')
  }
}

type Outcome = { answer: unknown } | { error: PulsewellError; response?: Response }

/** One request and its answer. Throws what the caller's signal was aborted with. */
async function attempt(options: TransportOptions, { url, init }: Prepared, call: Call): Promise<Outcome> {
  call.signal?.throwIfAborted()
  const timeoutMs = call.timeoutMs ?? options.timeoutMs
  const timer = new AbortController()
  const timeout = setTimeout(() => timer.abort(), Math.min(timeoutMs, LONGEST_TIMER))
  const stop = () => timer.abort()
  call.signal?.addEventListener('abort', stop, { once: true })
  try {
    const response = await options.fetch(url, { ...init, signal: timer.signal })
    const text = await response.text()
    if (!response.ok) return { error: toPulsewellError(response, text), response }
    return { answer: readAnswer(response, text) }
  } catch (cause) {
    call.signal?.throwIfAborted()
    if (cause instanceof PulsewellError) throw cause
    return { error: toNetworkError(cause, timer.signal.aborted ? timeoutMs : undefined, new URL(url).origin) }
  } finally {
    clearTimeout(timeout)
    call.signal?.removeEventListener('abort', stop)
  }
}

function readAnswer(response: Response, text: string): unknown {
  if (response.status === 204) return undefined
  try {
    return JSON.parse(text)
  } catch (cause) {
    const message = 'The answer is not JSON: is baseUrl that of a Pulsewell server?'
    const requestId = response.headers.get('x-request-id') ?? undefined
    throw new PulsewellError(message, { status: response.status, code: 'BAD_ANSWER', requestId, cause })
  }
}

function toNetworkError(cause: unknown, timeoutMs: number | undefined, origin: string): PulsewellError {
  if (timeoutMs !== undefined) {
    return new PulsewellError(`${origin} did not answer within ${timeoutMs} ms.`, { code: 'TIMEOUT', cause })
  }
  return new PulsewellError(`${origin} could not be reached, or hung up.`, { code: 'NETWORK_ERROR', cause })
}

function toQueryString(query: Query): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value))
  }
  const text = parameters.toString()
  return text === '' ? '' : `?${text}`
}
