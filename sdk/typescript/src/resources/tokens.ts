import type { ConnectToken, Provider, TokenPair } from '../generated/schemas.ts'
import type { RequestOptions, Transport } from '../http/transport.ts'

/** Tokens that let an app send samples for one user and provider, or connect providers for one user. */
export class Tokens {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** A user token, minted with the secret key. Connects the provider. `expires_in` is in seconds. */
  mint({ userId, provider }: { userId: string; provider: Provider }, options?: RequestOptions): Promise<TokenPair> {
    const path = `/user/${encodeURIComponent(userId)}/token`
    // A token too many does no harm, and expires.
    return this.#transport.send({ method: 'POST', path, query: { provider }, isRepeatable: true, ...options })
  }

  /** For the connect widget or a mobile app, good for 10 minutes. */
  connect({ userId }: { userId: string }, options?: RequestOptions): Promise<ConnectToken> {
    return this.#transport.send({ method: 'GET', path: '/user/connect/token', query: { userId }, ...options })
  }

  /** A user token for a connect token; needs no secret key. Connects the provider. */
  swap(
    { connectToken, provider }: { connectToken: string; provider: Provider },
    options?: RequestOptions,
  ): Promise<TokenPair> {
    const call = { method: 'POST', path: '/connect/token', json: { provider }, isRepeatable: true } as const
    return this.#transport.send({ ...call, credential: { 'api-token': connectToken }, ...options })
  }

  /**
   * A new pair for a refresh token; needs no secret key. A refresh token works once, and a second use ends all tokens
   * that came of it. So this is not sent again when no answer came: then the user needs a new token.
   */
  refresh({ refreshToken }: { refreshToken: string }, options?: RequestOptions): Promise<TokenPair> {
    const json = { grant_type: 'refresh_token', refresh_token: refreshToken }
    return this.#transport.send({ method: 'POST', path: '/oauth/token', json, credential: {}, ...options })
  }
}
