import type { Application, Config } from '../config.ts'
import { AppError } from '../errors.ts'
import type { LiveProvider, NoLiveProvider, Provider } from '../providers/provider.ts'
import { type ProviderName, providers } from '../providers/providers.ts'

/** A provider that can be connected in the live environment: its URLs are those to call. */
export type ConfiguredProvider = LiveProvider & { name: ProviderName; label: string; application: Application }

const byName = new Map<string, Provider & { name: ProviderName }>(
  providers.map((provider) => [provider.name, provider]),
)

export function providerOf(name: ProviderName): Provider & { name: ProviderName } {
  const provider = byName.get(name)
  if (provider === undefined) throw new Error(`no provider ${name}`)
  return provider
}

/** Throws `conflict` when there is no live connection to it, or the operator has configured none. */
export function requireConfigured(config: Pick<Config, 'applications'>, name: ProviderName): ConfiguredProvider {
  const { live } = providerOf(name)
  if (!isLive(live)) throw new AppError('conflict', live.missing)
  const found = findConfigured(config, name)
  if (found !== undefined) return found
  const prefix = live.configuration === 'oura' ? 'OURA' : 'GOOGLE_HEALTH'
  throw new AppError('conflict', `${name} is not configured here: set ${prefix}_CLIENT_ID and ${prefix}_CLIENT_SECRET.`)
}

/** Undefined where it cannot be connected in the live environment. */
export function findConfigured(
  { applications }: Pick<Config, 'applications'>,
  name: ProviderName,
): ConfiguredProvider | undefined {
  const { label, live } = providerOf(name)
  const application = isLive(live) ? applications[live.configuration] : undefined
  if (!isLive(live) || application === undefined) return undefined
  const at = (url: string) => atBaseUrl(url, application.baseUrl)
  const { issuer, authorizationUrl, tokenUrl, revocationUrl, ...oauth } = live.oauth
  return {
    ...live,
    name,
    label,
    application,
    apiUrl: at(live.apiUrl),
    oauth: {
      ...oauth,
      issuer: application.baseUrl ?? issuer ?? new URL(authorizationUrl).origin,
      authorizationUrl: at(authorizationUrl),
      tokenUrl: at(tokenUrl),
      ...(revocationUrl === undefined ? {} : { revocationUrl: at(revocationUrl) }),
    },
  }
}

export const isLive = (live: LiveProvider | NoLiveProvider): live is LiveProvider => 'oauth' in live

/** The URL on another origin, where one is configured. */
export function atBaseUrl(url: string, baseUrl: string | undefined): string {
  if (baseUrl === undefined) return url
  const { origin } = new URL(url)
  return baseUrl + url.slice(origin.length)
}
