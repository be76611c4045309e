import { Agent, fetch, type RequestInit, Response } from 'undici'
import { ProviderError } from '../providers/provider-error.ts'

/** For everything: connecting, sending, the answer and its body. */
const TOTAL_TIMEOUT_MS = 20_000
/** A day of a provider is far below it; undici breaks off what is longer. */
const MAX_ANSWER_BYTES = 10 * 1024 * 1024

/** Stateless but for its connections, which are closed when nobody has used them for some seconds. */
const agent = new Agent({ maxResponseSize: MAX_ANSWER_BYTES, connections: 32, headersTimeout: TOTAL_TIMEOUT_MS })

/** A request to a provider, within a time and a size; redirects are not followed. Throws ProviderError `unavailable`. */
export async function fetchProvider(
  url: string,
  init: RequestInit = {},
  { signal, timeoutMs = TOTAL_TIMEOUT_MS }: { signal?: AbortSignal | undefined; timeoutMs?: number } = {},
): Promise<Response> {
  const deadline = AbortSignal.timeout(timeoutMs)
  const signals = signal === undefined ? deadline : AbortSignal.any([deadline, signal])
  try {
    return bound(await fetch(url, { ...init, redirect: 'manual', dispatcher: agent, signal: signals }))
  } catch (cause) {
    throw new ProviderError('unavailable', `no answer from ${new URL(url).host}`, { cause })
  }
}

/** The agent bounds what is sent; what it unfolds to (`content-encoding`) may be a thousand times that. */
function bound(response: Response): Response {
  if (response.body === null) return response
  let size = 0
  const count = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => {
      size += chunk.byteLength
      if (size > MAX_ANSWER_BYTES) controller.error(new Error('the answer is too long'))
      else controller.enqueue(chunk)
    },
  })
  const { status, statusText, headers } = response
  return new Response(response.body.pipeThrough(count), { status, statusText, headers })
}

/** The JSON of an answer; undefined when it is empty. Throws ProviderError `unavailable`, `undocumented`. */
export async function readJson(response: Response): Promise<unknown> {
  const text = await response.text().catch((cause: unknown) => {
    throw new ProviderError('unavailable', 'the answer broke off, or was too long', { cause })
  })
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own words have a piece of what it read.
    throw new ProviderError('undocumented', 'the answer is not JSON', { status: response.status })
  }
}

/** Throws a ProviderError for every status but 2xx: what the status means to whoever asked. */
export async function requireSuccess(response: Response, what: string, now: Date): Promise<void> {
  const { status } = response
  if (status >= 200 && status < 300) return
  await response.body?.cancel().catch(() => undefined)
  if (status === 429) {
    const retryAfterSeconds = readRetryAfter(response.headers.get('retry-after'), now)
    throw new ProviderError('rate_limited', `${what} is answered with 429`, { status, retryAfterSeconds })
  }
  if (status >= 500 || status === 408) {
    const retryAfter = response.headers.get('retry-after')
    throw new ProviderError('unavailable', `${what} is answered with ${status}`, {
      status,
      ...(retryAfter === null ? {} : { retryAfterSeconds: readRetryAfter(retryAfter, now) }),
    })
  }
  throw new ProviderError('refused', `${what} is answered with ${status}`, { status })
}

const DEFAULT_RETRY_SECONDS = 60
/** What asks for longer is asked again after this. */
const MAX_RETRY_SECONDS = 6 * 3600

/** RFC 9110 §10.2.3: seconds, or a date. */
function readRetryAfter(value: string | null, now: Date): number {
  const seconds =
    value === null ? NaN : /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - now.getTime()) / 1000
  if (Number.isNaN(seconds)) return DEFAULT_RETRY_SECONDS
  return Math.min(Math.max(Math.ceil(seconds), 1), MAX_RETRY_SECONDS)
}
