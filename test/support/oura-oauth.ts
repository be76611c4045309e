import { randomBytes } from 'node:crypto'

const CODE_MS = 10 * 60_000

/** What a person may allow. `heart_health` is missing in the OpenAPI document; the API asks for it all the same. */
const knownScopes = ['email', 'personal', 'daily', 'heartrate', 'workout', 'tag', 'session', 'spo2', 'heart_health']

export type Reply = { status: number; headers?: Record<string, string>; json?: unknown; html?: string }
type Code = { redirectUri: string; scopes: string[]; until: number }
export type Tokens = { access_token: string; refresh_token: string; token_type: 'bearer'; expires_in: number }

/**
 * Oura's authorisation server, by https://cloud.ouraring.com/docs/authentication: no PKCE, the client's secret in the
 * body, codes for ten minutes and one use, refresh tokens for one use. Parameters that it does not document are refused.
 */
export class OuraOauth {
  readonly client: { id: string; secret: string }
  /** Where codes may be sent, exactly; anywhere while it is empty. */
  readonly redirectUris: string[] = []
  /** Grants of all token requests, in order. */
  readonly exchanged: string[] = []
  /** How requests to take a token back went. */
  readonly revoked: ('done' | 'unknown token')[] = []
  expiresIn = 86_400
  #codes = new Map<string, Code>()
  #access = new Map<string, { scopes: string[]; until: number }>()
  #refresh = new Map<string, string[]>()

  constructor(client: { id: string; secret: string }) {
    this.client = client
  }

  /** The page where a person allows or denies. */
  authorize(query: URLSearchParams): Reply {
    const fault = this.#faultOfRequest(query)
    if (fault !== undefined) return { status: 400, html: `<!doctype html><title>Oura</title><p>${fault}` }
    const asked = query.get('scope')?.split(' ') ?? knownScopes
    return {
      status: 200,
      html: consentPage(
        query,
        knownScopes.filter((scope) => asked.includes(scope)),
      ),
    }
  }

  #faultOfRequest(query: URLSearchParams): string | undefined {
    const documented = ['response_type', 'client_id', 'redirect_uri', 'scope', 'state']
    const unknown = [...query.keys()].find((name) => !documented.includes(name))
    if (unknown !== undefined) return `Unknown parameter ${unknown.replaceAll(/\W/g, '')}`
    if (query.get('response_type') !== 'code') return 'response_type must be code'
    if (query.get('client_id') !== this.client.id) return 'Unknown client_id'
    const redirectUri = query.get('redirect_uri') ?? ''
    const isAllowed =
      this.redirectUris.length === 0 ? URL.canParse(redirectUri) : this.redirectUris.includes(redirectUri)
    return isAllowed ? undefined : 'redirect_uri is not registered'
  }

  /** What the page's buttons send. */
  decide(form: URLSearchParams): Reply {
    const fault = this.#faultOfRequest(
      new URLSearchParams([...form].filter(([name]) => !['decision', 'allow'].includes(name))),
    )
    if (fault !== undefined) return { status: 400, json: { detail: fault } }
    const redirectUri = form.get('redirect_uri')!
    const target = new URL(redirectUri)
    if (form.get('decision') === 'allow') {
      const code = randomBytes(16).toString('base64url')
      const scopes = form.getAll('allow').filter((scope) => knownScopes.includes(scope))
      this.#codes.set(code, { redirectUri, scopes, until: Date.now() + CODE_MS })
      target.searchParams.set('code', code)
      target.searchParams.set('scope', scopes.join(' '))
    } else target.searchParams.set('error', 'access_denied')
    if (form.has('state')) target.searchParams.set('state', form.get('state')!)
    return { status: 302, headers: { location: target.href } }
  }

  token(form: URLSearchParams): Reply {
    this.exchanged.push(form.get('grant_type') ?? '')
    if (form.get('client_id') !== this.client.id || form.get('client_secret') !== this.client.secret) {
      return { status: 401, json: { error: 'invalid_client' } }
    }
    const scopes =
      form.get('grant_type') === 'authorization_code'
        ? this.#redeem(form)
        : form.get('grant_type') === 'refresh_token'
          ? take(this.#refresh, form.get('refresh_token'))
          : undefined
    if (scopes === undefined) return { status: 400, json: { error: 'invalid_grant' } }
    return { status: 200, json: this.issue(scopes) }
  }

  #redeem(form: URLSearchParams): string[] | undefined {
    const code = take(this.#codes, form.get('code'))
    return code !== undefined && code.until > Date.now() && code.redirectUri === form.get('redirect_uri')
      ? code.scopes
      : undefined
  }

  issue(scopes: string[] = knownScopes): Tokens {
    const [access_token, refresh_token] = [randomBytes(16).toString('hex'), randomBytes(16).toString('hex')]
    this.#access.set(access_token, { scopes, until: Date.now() + this.expiresIn * 1000 })
    this.#refresh.set(refresh_token, scopes)
    return { access_token, refresh_token, token_type: 'bearer', expires_in: this.expiresIn }
  }

  /** `POST /oauth/revoke?access_token=` */
  revoke(accessToken: string | null): Reply {
    const isKnown = this.#access.delete(accessToken ?? '')
    this.revoked.push(isKnown ? 'done' : 'unknown token')
    return isKnown ? { status: 200, json: {} } : { status: 400, json: { status: 400, title: 'Bad Request' } }
  }

  /** Undefined where the request's token is not, or no longer, good. */
  scopesOf(authorization: string | undefined): string[] | undefined {
    const found = this.#access.get(/^Bearer (\S+)$/.exec(authorization ?? '')?.[1] ?? '')
    return found !== undefined && found.until > Date.now() ? found.scopes : undefined
  }

  expireAccessTokens(): void {
    this.#access.clear()
  }

  /** As when the person removes the application in Oura's settings. */
  revokeGrants(): void {
    this.#access.clear()
    this.#refresh.clear()
  }
}

function take<Value>(from: Map<string, Value>, key: string | null): Value | undefined {
  const value = from.get(key ?? '')
  from.delete(key ?? '')
  return value
}

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')

function consentPage(query: URLSearchParams, scopes: string[]): string {
  const hidden = [...query].map(
    ([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`,
  )
  const boxes = scopes.map(
    (scope) => `<label><input type="checkbox" name="allow" value="${scope}" checked> ${scope}</label>`,
  )
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Oura</title><main><h1>Share your Oura data</h1><form method="post" action="/oauth/decision">${hidden.join('')}
<fieldset><legend>Allow access to</legend>${boxes.join('<br>')}</fieldset>
<button name="decision" value="allow">Allow</button> <button name="decision" value="deny">Deny</button></form></main></html>`
}
