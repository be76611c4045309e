import { readRetryPolicy, type RetryOptions } from './http/retry.ts'
import { readServerUrl } from './http/server-url.ts'
import { createTransport } from './http/transport.ts'
import { Samples } from './resources/samples.ts'
import { VERSION } from './version.ts'

export type PulsewellClientOptions = {
  /** The server's root, or below it `/api` or `/api/v1`: `https://health.example.org`, `http://localhost:3000/api`. */
  baseUrl: string
  /** A secret key (`sk_live_...`, `sk_test_...`). Leave it out on a phone, which has a user token instead. */
  apiToken?: string
  /** How long one attempt of a request may take, in ms; 60,000 by default. */
  timeoutMs?: number
  retry?: RetryOptions
  /** In place of the platform's `fetch`. */
  fetch?: typeof globalThis.fetch
  /** Sent with every request. */
  headers?: Readonly<Record<string, string>>
}

/** The API of one Pulsewell server. Answers are as the server sends them, with its names. */
export class PulsewellClient {
  readonly samples: Samples

  /** Throws a `TypeError` when `baseUrl` is no http(s) URL. */
  constructor({ baseUrl, apiToken, timeoutMs = 60_000, retry, fetch, headers }: PulsewellClientOptions) {
    const transport = createTransport({
      serverUrl: readServerUrl(baseUrl),
      apiToken,
      retry: readRetryPolicy(retry),
      timeoutMs,
      // Looked up at each call and called unbound, as browsers ask for.
      fetch: fetch ?? ((...args) => globalThis.fetch(...args)),
      headers: { ...userAgent(), ...headers },
    })
    this.samples = new Samples(transport)
  }
}

/** Browsers have one of their own, and would have to ask before each request whether ours may be sent. */
const userAgent = (): Record<string, string> =>
  'document' in globalThis ? {} : { 'user-agent': `pulsewell-sdk-typescript/${VERSION}` }
