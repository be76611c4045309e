import type { Environment } from '../accounts/schemas.ts'
import type { Context } from '../context.ts'
import type { ProviderName } from '../providers/providers.ts'
import { beginState, type BegunState } from './connect-states.ts'
import { type Owner, requireLikelyRoom } from './connections.ts'
import { requireConfigured } from './live-providers.ts'
import { authorizationUrlOf, newVerifier } from './oauth-client.ts'
import { readRedirectOrigins } from './redirect-origins.ts'
import { requireRedirectUrl } from './redirect-urls.ts'
import type { WidgetPage } from './widget-page.ts'

type Beginning = { provider: ProviderName; page: WidgetPage; publicUrl: string; isInBrowser: boolean }

/** Where a provider sends the browser back to; to be registered there. */
export const callbackUrlOf = (publicUrl: string, provider: ProviderName): string => `${publicUrl}/connect/${provider}`

/**
 * The URL to open for a person's consent: the provider's, in the sandbox a page of ours that stands in for it. Throws
 * `validation_error` for a `redirectUrl` that the account does not allow, `conflict`, `user_not_found`.
 */
export async function beginConnection(
  context: Context,
  owner: Owner & { environment: Environment },
  { provider, page, publicUrl, isInBrowser }: Beginning,
): Promise<BegunState & { url: string }> {
  const origins = await readRedirectOrigins(context.prisma, owner.tenantId)
  requireRedirectUrl('redirectUrl', page.redirectUrl, origins)
  requireRedirectUrl('failRedirectUrl', page.failRedirectUrl, origins)
  if (owner.environment === 'sandbox') {
    await requireLikelyRoom(context.pool, owner)
    const begun = await beginState(context, { ...owner, provider, verifier: undefined, page, isInBrowser })
    const query = new URLSearchParams({ provider, state: begun.state })
    return { ...begun, url: `${publicUrl}/widget/consent?${query.toString()}` }
  }
  const configured = requireConfigured(context.config, provider)
  const verifier = configured.oauth.usesPkce ? newVerifier() : undefined
  const begun = await beginState(context, { ...owner, provider, verifier, page, isInBrowser })
  const redirectUri = callbackUrlOf(publicUrl, provider)
  return { ...begun, url: await authorizationUrlOf(configured, { redirectUri, state: begun.state, verifier }) }
}
