import type { Transport } from '../http/transport.ts'
import { Tokens } from '../resources/tokens.ts'
import type { Provider } from './types.ts'

/** Where an upload's requests get their user token from. */
export type TokenSource = {
  current: () => Promise<string>
  /** A newer one than `token`, which the server refused; undefined where there is no way to one. */
  renew: (token: string) => Promise<string> | undefined
}

export const fixedToken = (token: string): TokenSource => ({
  current: async () => token,
  renew: () => undefined,
})

/** Mints tokens for a user's provider: one for all requests, and another when that is refused. */
export function mintedTokens(
  transport: Transport,
  { userId, provider }: { userId: string; provider: Provider },
  signal: AbortSignal | undefined,
): TokenSource {
  const options = signal === undefined ? {} : { signal }
  const mint = async () => (await new Tokens(transport).mint({ userId, provider }, options)).access_token
  let latest: Promise<string> | undefined
  const current = () => {
    latest ??= mint()
    return latest
  }
  return {
    current,
    renew: async (token) => {
      // Requests that are refused together share one new token.
      if ((await current()) === token) latest = mint()
      return current()
    },
  }
}
