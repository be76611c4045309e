import type { IncomingHttpHeaders } from 'node:http'
import type { DeviceKind } from '../samples/device-kinds.ts'
import type { DataType } from '../samples/types/sample-types.ts'

/** Where data comes from. One file declares one. */
export type Provider = {
  /** As the Devices API names it in `source`. */
  name: string
  /** As a person reads it. */
  label: string
  /** How it is connected in the live environment; or what is missing there. */
  live: LiveProvider | NoLiveProvider
}

export type NoLiveProvider = {
  /** A sentence for integrators. */
  missing: string
  /** A sentence for the person, where there is another way to connect. */
  hint?: string
  /** Connected from the app on the phone. */
  isInApp?: true
}

export type LiveProvider = {
  oauth: {
    /** What a redirect's `iss` (RFC 9207) must be where there is one; the origin of `authorizationUrl` where absent. */
    issuer?: string
    authorizationUrl: string
    tokenUrl: string
    /** RFC 7009, or near it: called with `token` when a user disconnects. */
    revocationUrl?: string
    /** Where that is not RFC 7009: the parameter of the URL that takes an access token. */
    revocationParameter?: string
    scopes: string[]
    authorizationParameters?: Record<string, string>
    clientAuthentication: 'basic' | 'post'
    usesPkce: boolean
  }
  /** What the paths of requests are put behind; no slash at the end. */
  apiUrl: string
  /** Which of the configuration's applications it is connected as; several providers may share one. */
  configuration: ApplicationName
  /** The provider's own id of the person: pushes name it. */
  identify: (api: ProviderApi) => Promise<string>
  /**
   * All that began on a UTC day, page by page, mapped to our types: one batch may be of any size. Of a type that it has
   * anything of, what it does not have again is gone; a batch without samples says that all of the type is. Throws `ProviderError` (`undocumented`) on an answer that is not as
   * documented.
   */
  readDay: (api: ProviderApi, day: string) => AsyncIterable<ProviderBatch>
  /** What the application may ask for, over all of its users. */
  rate: { requests: number; perSeconds: number }
  /**
   * Whether the body of a 401 says that the person did not allow what was asked for, for which a fresh token is no
   * remedy: `refused` then, and still connected. Where absent, no 401 says so.
   */
  isNotAllowed?: (body: unknown) => boolean
  push?: ProviderPush
}

/** `OURA_...` and `GOOGLE_HEALTH_...` in the configuration. */
export type ApplicationName = 'oura' | 'googleHealth'

/** A sample in the wire form of POST /api/v2/samples. */
export type ProviderSample = {
  device_name: string
  device_version?: string
  device_type?: DeviceKind
  start_date: string
  end_date?: string
} & ({ value: number; unit: string } | { kind: string })

export type ProviderBatch = {
  dataType: DataType
  samples: ProviderSample[]
  /**
   * `daily`: each is what one of the person's days came to, merged by the provider, at an instant within that day. They
   * are kept as `merged_daily`, apart from what devices counted, and may be larger than one sample of a device.
   */
  totals?: 'daily'
}

/**
 * Requests for one connection: authorised, with tokens refreshed in time and once more after a 401, at the rate that the
 * application may have. `path` begins with a slash. Throws `ProviderError`.
 */
export type ProviderApi = {
  getJson: (path: string, query?: Record<string, string>) => Promise<unknown>
  postJson: (path: string, body: unknown) => Promise<unknown>
}

/** The application that the operator registered at the provider; requests of its own, e.g. to manage subscriptions. */
export type ProviderApplication = {
  clientId: string
  clientSecret: string
  /** `apiUrl` of the provider, on the configured origin. */
  apiUrl: string
  /** Where the provider sends pushes: `<PUBLIC_URL>/providers/<provider>/push`. */
  callbackUrl: string
  /** A secret that only this server and the provider know: derived from the client's, the same in every process. */
  pushSecret: string
  /**
   * A request with the credentials that `headers` carry; a path is put behind `apiUrl`, and a whole URL gets the
   * configured origin. Returns the JSON of a 2xx answer, undefined when it has none. Throws `ProviderError`.
   */
  request: (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    pathOrUrl: string,
    options?: {
      query?: Record<string, string>
      headers?: Record<string, string>
      json?: unknown
      form?: URLSearchParams
    },
  ) => Promise<unknown>
}

/** A request to `/providers/:provider/push`, with its body as it came. */
export type PushRequest = {
  method: 'GET' | 'POST'
  headers: IncomingHttpHeaders
  query: Record<string, string>
  body: Buffer
}

export type PushResult = {
  /** What to answer. */
  status: number
  body?: unknown
  /** Days that changed, `from` and `to` inclusive. */
  changed: { externalUserId: string; from: string; to: string; deleted?: boolean }[]
  /** Whose consent is gone. */
  revoked?: string[]
}

export type ProviderPush = {
  /** Judges a push. Throws AppError('unauthorized') when it is forged, AppError('validation_error') when unreadable. */
  receive: (request: PushRequest, application: ProviderApplication, now: Date) => PushResult | Promise<PushResult>
  /** Brings the application's subscriptions in order (creates, renews). Where it is done by hand, README says how. */
  ensureSubscriptions?: (application: ProviderApplication) => Promise<void>
}
