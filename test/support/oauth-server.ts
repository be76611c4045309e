import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ProviderBatch } from '../../src/providers/provider.ts'

export const client = { id: 'client-of-tests', secret: 'secret of the client: & of tests' }

type Answer = {
  status?: number
  headers?: Record<string, string>
  body?: unknown
  text?: string
  bytes?: Buffer
  hangs?: boolean
}
type Handle = (request: {
  url: URL
  form: URLSearchParams
  headers: IncomingMessage['headers']
  body: string
}) => Answer | Promise<Answer>

export type OAuthServer = {
  /** For `OURA_BASE_URL`. */
  url: string
  environment: Record<string, string>
  personId: string
  /** How often each path was asked for. */
  counts: Map<string, number>
  asked: string[]
  bodies: string[]
  /** Tokens that were taken back. */
  revoked: string[]
  /** Answers a path instead, from now on; undefined ends it. */
  answer: (path: string, handle: Handle | undefined) => void
  /** What there is of a day. */
  daysOf: (day: string) => ProviderBatch[]
  /** Tokens last for so long. */
  lifetimeSeconds: number
  /** Such an access token is good from now on. */
  accept: (token: string) => void
  /** Every access token is refused from now on. */
  expireTokens: () => void
  /** No refresh token is good from now on. */
  forgetConsents: () => void
  stop: () => Promise<void>
}

/** An authorisation server (RFC 6749, 7636, 9207) that checks what it is sent, with an API behind it. */
export async function startOAuthServer(): Promise<OAuthServer> {
  const codes = new Map<string, { challenge: string; redirectUri: string }>()
  const accessTokens = new Set<string>()
  const refreshTokens = new Set<string>()
  const instead = new Map<string, Handle>()

  const issue = (): Answer => {
    const [access, refresh] = [`access-${randomUUID()}`, `refresh-${randomUUID()}`]
    accessTokens.add(access)
    refreshTokens.add(refresh)
    return {
      headers: { 'cache-control': 'no-store' },
      body: {
        access_token: access,
        token_type: 'Bearer',
        expires_in: standIn.lifetimeSeconds,
        refresh_token: refresh,
        scope: 'days',
      },
    }
  }
  const refuse = (error: string, status = 400): Answer => ({ status, body: { error } })

  const handles: Record<string, Handle> = {
    '/oauth/authorize': ({ url: { searchParams } }) => {
      const get = (name: string) => searchParams.get(name) ?? ''
      if (get('client_id') !== client.id || get('response_type') !== 'code') return refuse('invalid_request')
      if (get('code_challenge_method') !== 'S256' || get('prompt') !== 'consent') return refuse('invalid_request')
      const code = randomUUID()
      codes.set(code, { challenge: get('code_challenge'), redirectUri: get('redirect_uri') })
      const query = new URLSearchParams({ code, state: get('state'), iss: standIn.url, scope: get('scope') })
      return { status: 302, headers: { location: `${get('redirect_uri')}?${query.toString()}` } }
    },
    '/oauth/token': ({ form, headers }) => {
      if (!isClient(headers.authorization)) return refuse('invalid_client', 401)
      if (form.get('grant_type') === 'refresh_token') {
        return refreshTokens.delete(form.get('refresh_token') ?? '') ? issue() : refuse('invalid_grant')
      }
      const code = codes.get(form.get('code') ?? '')
      codes.delete(form.get('code') ?? '')
      const challenge = createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url')
      if (code === undefined || code.challenge !== challenge || code.redirectUri !== form.get('redirect_uri')) {
        return refuse('invalid_grant')
      }
      return issue()
    },
    '/oauth/revoke': ({ form, headers }) => {
      if (!isClient(headers.authorization)) return refuse('invalid_client', 401)
      standIn.revoked.push(form.get('token') ?? '')
      return {}
    },
    '/v1/person': () => ({ body: { id: standIn.personId } }),
    '/v1/days': ({ url: { searchParams } }) => {
      const batches = standIn.daysOf(searchParams.get('day')!)
      const page = Number(searchParams.get('page'))
      return {
        body: {
          batches: batches.slice(page, page + 1),
          ...(page + 1 < batches.length ? { next: String(page + 1) } : {}),
        },
      }
    },
    '/v1/subscriptions': () => ({ status: 201, body: {} }),
  }

  const respond = async (request: IncomingMessage): Promise<Answer> => {
    const body = await readBody(request)
    const url = new URL(request.url!, standIn.url)
    standIn.asked.push(`${request.method} ${request.url}`)
    standIn.bodies.push(body)
    standIn.counts.set(url.pathname, (standIn.counts.get(url.pathname) ?? 0) + 1)
    const isApi = url.pathname.startsWith('/v1/') && url.pathname !== '/v1/subscriptions'
    const token = request.headers.authorization?.replace('Bearer ', '') ?? ''
    const handle = instead.get(url.pathname) ?? handles[url.pathname]
    if (handle === undefined) return { status: 404 }
    if (isApi && !accessTokens.has(token)) return { status: 401, body: {} }
    return handle({ url, form: new URLSearchParams(body), headers: request.headers, body })
  }
  const server = createServer((request, response) => {
    respond(request).then(
      (answer) => send(response, answer),
      (error: unknown) => response.destroy(error as Error),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')

  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const standIn: OAuthServer = {
    url,
    environment: { OURA_CLIENT_ID: client.id, OURA_CLIENT_SECRET: client.secret, OURA_BASE_URL: url },
    personId: randomUUID(),
    counts: new Map(),
    asked: [],
    bodies: [],
    revoked: [],
    answer: (path, handle) => void (handle === undefined ? instead.delete(path) : instead.set(path, handle)),
    daysOf: () => [],
    lifetimeSeconds: 3600,
    accept: (token) => void accessTokens.add(token),
    expireTokens: () => accessTokens.clear(),
    forgetConsents: () => refreshTokens.clear(),
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return standIn
}

/** RFC 6749 §2.3.1: both are form-encoded before they are joined. */
function isClient(authorization = ''): boolean {
  const pair = Buffer.from(authorization.replace('Basic ', ''), 'base64').toString().split(':')
  const [id, secret] = pair.map((part) => decodeURIComponent(part.replaceAll('+', ' ')))
  return id === client.id && secret === client.secret
}

function send(response: ServerResponse, { status = 200, headers = {}, body, text, bytes, hangs }: Answer): void {
  if (hangs === true) return
  response.writeHead(status, { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers })
  response.end(bytes ?? text ?? (body === undefined ? '' : JSON.stringify(body)))
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
