import * as oauth from 'oauth4webapi'
import { ProviderError } from '../providers/provider-error.ts'
import type { ConfiguredProvider } from './live-providers.ts'
import { fetchProvider, requireSuccess } from './provider-http.ts'

const TOKEN_TIMEOUT_MS = 10_000
/** What is stored of an answer, and can stand in a header: RFC 6749, appendix A. */
const TOKEN = /^[\x21-\x7e]{1,8192}$/
const SCOPE = /^[\x21-\x7e]{1,200}$/
const MOST_SCOPES = 100
const DEFAULT_LIFETIME_SECONDS = 3600
/** One that says more is asked for another all the same. */
const MAX_LIFETIME_SECONDS = 365 * 24 * 3600

/** What a token endpoint gave. */
export type Tokens = { accessToken: string; refreshToken: string | undefined; expiresAt: Date; scopes: string[] }

/** Where a person gives consent; `verifier` is undefined for a provider that takes no PKCE. */
export async function authorizationUrlOf(
  { oauth: { authorizationUrl, authorizationParameters, scopes }, application }: ConfiguredProvider,
  { redirectUri, state, verifier }: { redirectUri: string; state: string; verifier: string | undefined },
): Promise<string> {
  const url = new URL(authorizationUrl)
  const parameters = {
    ...authorizationParameters,
    response_type: 'code',
    client_id: application.clientId,
    redirect_uri: redirectUri,
    scope: scopes.join(' '),
    state,
    ...(verifier === undefined
      ? {}
      : { code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' }),
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}

export const newVerifier = oauth.generateRandomCodeVerifier

/**
 * Swaps the code of a callback for tokens. `state` has been judged; a foreign `iss` (RFC 9207), a parameter sent twice
 * and whatever is not a token answer are refused. Throws ProviderError `refused`, `undocumented`, `unavailable`.
 */
export async function exchangeCode(
  provider: ConfiguredProvider,
  callback: { parameters: URLSearchParams; state: string; redirectUri: string; verifier: string | undefined },
  now: Date,
): Promise<Tokens> {
  const { server, client, authentication, options } = endpointOf(provider)
  return tokensOf(provider, now, async () => {
    const parameters = oauth.validateAuthResponse(server, client, callback.parameters, callback.state)
    const verifier = callback.verifier ?? oauth.nopkce
    const { redirectUri } = callback
    const answer = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      authentication,
      parameters,
      redirectUri,
      verifier,
      options,
    )
    return oauth.processAuthorizationCodeResponse(server, client, answer)
  })
}

/** Throws ProviderError: `revoked` when the refresh token is no longer good, or as `exchangeCode`. */
export async function refreshTokens(provider: ConfiguredProvider, refreshToken: string, now: Date): Promise<Tokens> {
  const { server, client, authentication, options } = endpointOf(provider)
  return tokensOf(provider, now, async () => {
    const answer = await oauth.refreshTokenGrantRequest(server, client, authentication, refreshToken, options)
    return oauth.processRefreshTokenResponse(server, client, answer)
  })
}

/**
 * Gives a consent back (RFC 7009), by its refresh token where there is one. Does nothing where the provider has no such
 * endpoint. `keep` is given the token that takes the place of one that was used up on the way: to try again with. Throws
 * ProviderError.
 */
export async function revokeToken(
  provider: ConfiguredProvider,
  token: string,
  now: Date,
  keep: (token: string) => Promise<unknown> = async () => undefined,
): Promise<void> {
  const { revocationUrl, revocationParameter } = provider.oauth
  if (revocationUrl === undefined) return
  if (revocationParameter !== undefined) {
    // The access token there was may have ended: the refresh token is used up for another, which is given back.
    const { accessToken, refreshToken } = await refreshTokens(provider, token, now)
    if (refreshToken !== undefined) await keep(refreshToken)
    return revokeAccessToken(provider, revocationUrl, revocationParameter, accessToken, now)
  }
  const { server, client, authentication, options } = endpointOf(provider)
  try {
    const answer = await oauth.revocationRequest(server, client, authentication, token, options)
    await oauth.processRevocationResponse(answer)
  } catch (error) {
    throw toProviderError(error, provider.name)
  }
}

async function revokeAccessToken(
  provider: ConfiguredProvider,
  revocationUrl: string,
  parameter: string,
  accessToken: string,
  now: Date,
): Promise<void> {
  const url = new URL(revocationUrl)
  url.searchParams.set(parameter, accessToken)
  const answer = await fetchProvider(url.href, { method: 'POST' }, { timeoutMs: TOKEN_TIMEOUT_MS })
  await requireSuccess(answer, `revoking a token of ${provider.name}`, now)
}

function endpointOf({ oauth: { clientAuthentication, ...urls }, application }: ConfiguredProvider) {
  const { clientId, clientSecret, baseUrl } = application
  const server: oauth.AuthorizationServer = {
    issuer: urls.issuer ?? new URL(urls.authorizationUrl).origin,
    authorization_endpoint: urls.authorizationUrl,
    token_endpoint: urls.tokenUrl,
    ...(urls.revocationUrl === undefined ? {} : { revocation_endpoint: urls.revocationUrl }),
  }
  const withSecret = clientAuthentication === 'basic' ? oauth.ClientSecretBasic : oauth.ClientSecretPost
  const options = {
    [oauth.customFetch]: send,
    // A stand-in on the operator's own machine may have no certificate.
    [oauth.allowInsecureRequests]: baseUrl?.startsWith('http:') === true,
  }
  return { server, client: { client_id: clientId }, authentication: withSecret(clientSecret), options }
}

/** undici's own fetch, which bounds the size of an answer; its Response is the platform's, of another copy. */
const send = async (
  url: string,
  { method, headers, body }: oauth.CustomFetchOptions<string, URLSearchParams | undefined>,
): Promise<Response> => {
  return fetchProvider(
    url,
    { method, headers, ...(body === undefined ? {} : { body: body.toString() }) },
    { timeoutMs: TOKEN_TIMEOUT_MS },
  )
}

async function tokensOf(
  { name, oauth: { scopes } }: ConfiguredProvider,
  now: Date,
  ask: () => Promise<oauth.TokenEndpointResponse>,
): Promise<Tokens> {
  const answer = await ask().catch((error: unknown) => {
    throw toProviderError(error, name)
  })
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: lifetime, scope } = answer
  const isGood = TOKEN.test(accessToken) && (refreshToken === undefined || TOKEN.test(refreshToken))
  if (answer.token_type !== 'bearer' || !isGood) {
    throw new ProviderError('undocumented', `the token endpoint of ${name} gave tokens that cannot be used`)
  }
  return {
    accessToken,
    refreshToken,
    expiresAt: new Date(now.getTime() + Math.min(lifetime ?? DEFAULT_LIFETIME_SECONDS, MAX_LIFETIME_SECONDS) * 1000),
    scopes: scope === undefined ? scopes : scope.split(' ', MOST_SCOPES).filter((each) => SCOPE.test(each)),
  }
}

/** Causes of oauth4webapi carry answers, tokens included: they are left out of what may be logged. */
function toProviderError(error: unknown, provider: string): ProviderError {
  if (error instanceof ProviderError) return error
  if (error instanceof oauth.ResponseBodyError) {
    const kind = error.error === 'invalid_grant' ? 'revoked' : error.status >= 500 ? 'unavailable' : 'refused'
    const code = /^[\w-]{1,60}$/.test(error.error) ? error.error : 'an error'
    return new ProviderError(kind, `the token endpoint of ${provider} answers ${code}`, { status: error.status })
  }
  if (error instanceof oauth.AuthorizationResponseError) {
    return new ProviderError('refused', `${provider} sent the browser back with an error`)
  }
  const status = statusOf(error)
  const isPassing = status !== undefined && (status >= 500 || status === 429)
  return new ProviderError(
    isPassing ? 'unavailable' : 'undocumented',
    `the answer of ${provider} is not one of OAuth 2`,
    status === undefined ? {} : { status },
  )
}

function statusOf(error: unknown): number | undefined {
  const answer = error instanceof oauth.WWWAuthenticateChallengeError ? error.response : (error as Error).cause
  return answer instanceof Object && 'status' in answer ? Number(answer.status) : undefined
}
