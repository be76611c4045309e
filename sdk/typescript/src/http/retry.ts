/** How often and how long a request is tried. */
export type RetryOptions = {
  /** Attempts in all, the first included; 1 does not retry. 8 by default. */
  maxAttempts?: number
  /** No attempt begins later than this after the first, in ms. 120,000 by default. */
  maxElapsedMs?: number
  /** What the first wait is drawn below, in ms; it doubles with each. 500 by default. */
  baseDelayMs?: number
  /** The most that a wait which the server did not ask for may take, in ms. 20,000 by default. */
  maxDelayMs?: number
}

export type RetryPolicy = Required<RetryOptions>

export const readRetryPolicy = (options: RetryOptions = {}): RetryPolicy => ({
  maxAttempts: options.maxAttempts ?? 8,
  maxElapsedMs: options.maxElapsedMs ?? 120_000,
  baseDelayMs: options.baseDelayMs ?? 500,
  maxDelayMs: options.maxDelayMs ?? 20_000,
})

/** Whether a later attempt may be answered otherwise. A 409 is that of a key whose first request is still under way. */
export const isTransient = (response: Response): boolean =>
  response.status === 429 ||
  response.status === 408 ||
  response.status >= 500 ||
  (response.status === 409 && response.headers.has('retry-after'))

/**
 * How long to wait before the next attempt, in ms, after `attempts` of them; undefined when there must be none. What the
 * server asks for is heeded, and a little is added, so that clients that were refused together do not come back together.
 */
export function delayBefore(
  policy: RetryPolicy,
  attempts: number,
  elapsedMs: number,
  askedMs: number | undefined,
  random: () => number = Math.random,
): number | undefined {
  if (attempts >= policy.maxAttempts) return undefined
  const ceiling = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempts - 1))
  const delay = askedMs === undefined ? random() * ceiling : askedMs + random() * Math.min(ceiling, policy.baseDelayMs)
  return elapsedMs + delay > policy.maxElapsedMs ? undefined : delay
}

/** What the answer asks to wait, in ms: `Retry-After` in seconds or as a date; of a 429 else `X-RateLimit-Reset`. */
export function readAskedDelay({ status, headers }: Response, now: number): number | undefined {
  const retryAfter = headers.get('retry-after')
  if (retryAfter !== null) {
    const delay = /^\d+$/.test(retryAfter.trim()) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - now
    if (!Number.isNaN(delay)) return Math.max(0, delay)
  }
  const reset = headers.get('x-ratelimit-reset')
  return status === 429 && reset !== null && /^\d+$/.test(reset) ? Number(reset) * 1000 : undefined
}

/** The most ms that a timer takes; one that is asked for more fires at once. */
export const LONGEST_TIMER = 2 ** 31 - 1

/** Resolves after `ms`, or as soon as the signal aborts. */
export function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, Math.min(ms, LONGEST_TIMER))
    if (signal?.aborted === true) end()
    else signal?.addEventListener('abort', end, { once: true })
  })
}
