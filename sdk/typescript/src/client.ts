import { readRetryPolicy, type RetryOptions } from './http/retry.ts'
import { isInPage } from './http/platform.ts'
import { readServerUrl } from './http/server-url.ts'
import { createTransport, type Fetch } from './http/transport.ts'
import { Backfills } from './resources/backfills.ts'
import { Batteries } from './resources/batteries.ts'
import { Changes } from './resources/changes.ts'
import { Days } from './resources/days.ts'
import { Participants } from './resources/participants.ts'
import { Samples } from './resources/samples.ts'
import { Sessions } from './resources/sessions.ts'
import { Settings } from './resources/settings.ts'
import { Studies } from './resources/studies.ts'
import { Tokens } from './resources/tokens.ts'
import { Users } from './resources/users.ts'
import { Webhooks } from './resources/webhooks.ts'
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
  fetch?: Fetch
  /** Sent with every request. */
  headers?: Readonly<Record<string, string>>
}

/** The API of one Pulsewell server. Answers are as the server sends them, with its names. */
export class PulsewellClient {
  readonly users: Users
  readonly tokens: Tokens
  readonly samples: Samples
  readonly days: Days
  readonly backfills: Backfills
  readonly webhooks: Webhooks
  readonly settings: Settings
  readonly changes: Changes
  readonly studies: Studies
  readonly batteries: Batteries
  readonly participants: Participants
  readonly sessions: Sessions

  /** Throws a `TypeError` when `baseUrl` is no http(s) URL. */
  constructor({ baseUrl, apiToken, timeoutMs = 60_000, retry, fetch, headers }: PulsewellClientOptions) {
    const transport = createTransport({
      serverUrl: readServerUrl(baseUrl),
      apiToken,
      retry: readRetryPolicy(retry),
      timeoutMs,
      // Looked up at each call and called unbound, as browsers ask for.
      fetch: fetch ?? ((url, init) => globalThis.fetch(url, init)),
      headers: { ...userAgent(), ...headers },
    })
    this.users = new Users(transport)
    this.tokens = new Tokens(transport)
    this.samples = new Samples(transport)
    this.days = new Days(transport)
    this.backfills = new Backfills(transport)
    this.webhooks = new Webhooks(transport)
    this.settings = new Settings(transport)
    this.changes = new Changes(transport)
    this.studies = new Studies(transport)
    this.batteries = new Batteries(transport)
    this.participants = new Participants(transport)
    this.sessions = new Sessions(transport)
  }
}

/** Browsers have one of their own, and would have to ask before each request whether ours may be sent. */
const userAgent = (): Record<string, string> =>
  isInPage() ? {} : { 'user-agent': `pulsewell-sdk-typescript/${VERSION}` }
