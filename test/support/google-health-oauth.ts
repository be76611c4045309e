import { createHash, randomUUID } from 'node:crypto'

export const clientId = 'pulsewell.apps.googleusercontent.com'
export const clientSecret = 'GOCSPX-stand-in'

type Grant = { id: string; scopes: string[]; isRevoked: boolean }
type Code = { grant: Grant; challenge: string; redirectUri: string }
type Answer = { status: number; body?: unknown; location?: string }

const known = /^https:\/\/www\.googleapis\.com\/auth\/googlehealth\.[a-z_]+\.readonly$/

/**
 * Google's OAuth 2.0 for web servers (https://developers.google.com/identity/protocols/oauth2/web-server), with PKCE
 * demanded. The person agrees at once, to the scopes that `willGrant` leaves.
 */
export function playGoogleOAuth() {
  const codes = new Map<string, Code>()
  const refreshTokens = new Map<string, Grant>()
  const accessTokens = new Map<string, Grant>()
  const grants: Grant[] = []

  function issue(grant: Grant): Record<string, unknown> {
    const token = `ya29.${randomUUID()}`
    accessTokens.set(token, grant)
    return { access_token: token, expires_in: 3599, scope: grant.scopes.join(' '), token_type: 'Bearer' }
  }

  function redeemCode(form: URLSearchParams): Answer {
    const code = codes.get(form.get('code') ?? '')
    codes.delete(form.get('code') ?? '')
    const hash = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    if (code === undefined || code.challenge !== hash) return failed('invalid_grant')
    if (code.redirectUri !== form.get('redirect_uri')) return failed('redirect_uri_mismatch')
    const refreshToken = `1//${randomUUID()}`
    refreshTokens.set(refreshToken, code.grant)
    return { status: 200, body: { ...issue(code.grant), refresh_token: refreshToken } }
  }

  function refresh(form: URLSearchParams): Answer {
    oauth.refreshes += 1
    const grant = refreshTokens.get(form.get('refresh_token') ?? '')
    return grant === undefined || grant.isRevoked ? failed('invalid_grant') : { status: 200, body: issue(grant) }
  }

  const oauth = {
    /** The scopes that the person leaves ticked; undefined when they refuse. */
    willGrant: (asked: string[]): string[] | undefined => asked,
    refreshes: 0,

    authorize(query: URLSearchParams): Answer {
      const redirectUri = query.get('redirect_uri') ?? ''
      const asked = (query.get('scope') ?? '').split(' ')
      const isFit =
        query.get('client_id') === clientId &&
        query.get('response_type') === 'code' &&
        query.get('code_challenge_method') === 'S256' &&
        query.get('access_type') === 'offline' &&
        query.get('prompt') === 'consent' &&
        asked.every((scope) => known.test(scope))
      if (!isFit || !URL.canParse(redirectUri)) return failed('invalid_request')
      const scopes = oauth.willGrant(asked)
      const location = new URL(redirectUri)
      location.searchParams.set('state', query.get('state') ?? '')
      if (scopes === undefined) location.searchParams.set('error', 'access_denied')
      else {
        const grant = { id: randomUUID(), scopes, isRevoked: false }
        grants.push(grant)
        const code = `4/${randomUUID()}`
        codes.set(code, { grant, redirectUri, challenge: query.get('code_challenge') ?? '' })
        location.searchParams.set('code', code)
        location.searchParams.set('scope', scopes.join(' '))
      }
      return { status: 302, location: location.href }
    },

    token(form: URLSearchParams): Answer {
      if (form.get('client_id') !== clientId || form.get('client_secret') !== clientSecret) {
        return { status: 401, body: { error: 'invalid_client' } }
      }
      if (form.get('grant_type') === 'authorization_code') return redeemCode(form)
      return form.get('grant_type') === 'refresh_token' ? refresh(form) : failed('unsupported_grant_type')
    },

    /** Takes back everything that the person granted, whichever of the tokens is given. */
    revoke(token: string): Answer {
      if (!accessTokens.has(token) && !refreshTokens.has(token)) return failed('invalid_token')
      oauth.revokeAll()
      return { status: 200, body: {} }
    },

    revokeAll(): void {
      accessTokens.clear()
      for (const grant of grants) grant.isRevoked = true
    },

    /** As if an hour had passed. */
    expireAccessTokens: () => accessTokens.clear(),

    /** A token without the dance, for tests of what is behind it. */
    grantDirectly: (scopes: string[]): string =>
      String(issue({ id: randomUUID(), scopes, isRevoked: false }).access_token),

    scopesOf: (authorization: string | undefined): string[] | undefined =>
      accessTokens.get(authorization?.replace(/^Bearer /, '') ?? '')?.scopes,
  }
  return oauth
}

const failed = (error: string): Answer => ({ status: 400, body: { error, error_description: 'Bad Request' } })
