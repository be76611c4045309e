/**
 * Why a provider did not give what it was asked for: `rate_limited` and `unavailable` pass by themselves; `revoked` means
 * that the person has to connect again; `refused` and `undocumented` do not mend themselves.
 */
export type ProviderErrorKind = 'rate_limited' | 'unavailable' | 'revoked' | 'refused' | 'undocumented'

/** `message` is logged and shown to integrators: no token, no health value, no body. */
export class ProviderError extends Error {
  readonly kind: ProviderErrorKind
  /** Of the provider's answer, where there was one. */
  readonly status: number | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(
    kind: ProviderErrorKind,
    message: string,
    options: { status?: number; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.name = 'ProviderError'
    this.kind = kind
    this.status = options.status
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}
