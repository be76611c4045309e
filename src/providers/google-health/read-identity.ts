import { ProviderError } from '../provider-error.ts'
import type { ProviderApi } from '../provider.ts'
import { Identity } from './schemas.ts'

/**
 * The person's `healthUserId`, which pushes name; both of Google's providers have the same. Any one of the scopes will do
 * (https://developers.google.com/health/reference/rest/v4/users/getIdentity). Throws `ProviderError`.
 */
export async function readIdentity(api: ProviderApi): Promise<string> {
  const answer = Identity.safeParse(await api.getJson('/v4/users/me/identity'))
  if (!answer.success) throw new ProviderError('undocumented', 'Google Health: identity is not as documented')
  return answer.data.healthUserId
}
