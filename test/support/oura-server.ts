import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { OuraApi } from './oura-api.ts'
import { OuraOauth, type Reply } from './oura-oauth.ts'
import { createOuraPerson, type OuraPerson } from './oura-person.ts'
import { OuraWebhooks } from './oura-webhooks.ts'

/**
 * `cut` ends the connection in the middle of the body, `truncated` sends half of the JSON as if it were all, `loop` gives
 * the same `next_token` for ever, `expired` is a 401 for a token that was good.
 */
export type Fault = 'rate_limited' | 'expired' | 'cut' | 'truncated' | 'loop' | 'server_error' | 'html' | 'slow'
type Armed = { fault: Fault; path: string; left: number; retryAfter: number }
type Held = { path: string; asked: PromiseWithResolvers<string>; released: PromiseWithResolvers<void> }

export type OuraServer = {
  /** For `OURA_BASE_URL`. */
  url: string
  client: { id: string; secret: string }
  person: OuraPerson
  oauth: OuraOauth
  api: OuraApi
  webhooks: OuraWebhooks
  /** `GET /v2/usercollection/sleep?start_date=...` and the like, in the order in which they came. */
  requests: string[]
  /** The next requests whose path begins with `path` fail. */
  fail: (fault: Fault, options?: { path?: string; times?: number; retryAfter?: number }) => void
  /** The next request whose path begins with `path` is not looked at until `release`; `asked` resolves to its `Host`. */
  hold: (path: string) => { asked: Promise<string>; release: () => void }
  stop: () => Promise<void>
}

/**
 * A stand-in for cloud.ouraring.com and api.ouraring.com, written from Oura's public documentation: the OpenAPI document
 * of the API v2 (1.29 to 1.37), its sections "Authentication", "Oura HTTP Response Codes" and "Webhook Subscription
 * Routes", and https://cloud.ouraring.com/docs/authentication. Unknown paths and parameters are refused.
 */
export async function startOuraServer({
  offsetMinutes = 0,
  personId,
}: { offsetMinutes?: number; personId?: string } = {}): Promise<OuraServer> {
  const client = { id: 'oura-client', secret: 'oura-client-secret-of-the-stand-in' }
  const person = createOuraPerson({ offsetMinutes, ...(personId === undefined ? {} : { id: personId }) })
  const oauth = new OuraOauth(client)
  const api = new OuraApi(person, oauth)
  const webhooks = new OuraWebhooks(client, person.id)
  const [requests, armed]: [string[], Armed[]] = [[], []]
  const held: Held[] = []
  const route = openRouter(oauth, api, webhooks)

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    requests.push(`${request.method} ${request.url}`)
    const heldAt = held.findIndex(({ path }) => request.url!.startsWith(path))
    const [hold] = heldAt === -1 ? [] : held.splice(heldAt, 1)
    hold?.asked.resolve(request.headers.host ?? '')
    await hold?.released.promise
    const at = armed.findIndex(({ path }) => request.url!.startsWith(path))
    const fault = armed[at]
    if (fault !== undefined && --fault.left === 0) armed.splice(at, 1)
    answer(response, await route(request, fault?.fault), fault)
  }
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => response.destroy(error as Error))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    client,
    person,
    oauth,
    api,
    webhooks,
    requests,
    fail: (fault, { path = '/v2/usercollection', times = 1, retryAfter = 1 } = {}) =>
      void armed.push({ fault, path, left: times, retryAfter }),
    hold: (path) => {
      const hold = { path, asked: Promise.withResolvers<string>(), released: Promise.withResolvers<void>() }
      held.push(hold)
      return { asked: hold.asked.promise, release: hold.released.resolve }
    },
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function openRouter(oauth: OuraOauth, api: OuraApi, webhooks: OuraWebhooks) {
  return async (request: IncomingMessage, fault: Fault | undefined): Promise<Reply> => {
    const { pathname, searchParams } = new URL(request.url!, 'http://stand-in')
    const body = await readBody(request)
    const form = () => new URLSearchParams(body)
    if (fault === 'expired')
      return { status: 401, json: { status: 401, title: 'Unauthorized', detail: 'Expired token' } }
    const exact: Record<string, () => Reply> = {
      'GET /oauth/authorize': () => oauth.authorize(searchParams),
      'POST /oauth/decision': () => oauth.decide(form()),
      'POST /oauth/token': () => oauth.token(form()),
      'POST /oauth/revoke': () => oauth.revoke(searchParams.get('access_token')),
    }
    const found = exact[`${request.method} ${pathname}`]
    if (found !== undefined) return found()
    if (pathname.startsWith('/v2/usercollection/') && request.method === 'GET') {
      return api.read(pathname, searchParams, request.headers.authorization, fault === 'loop')
    }
    if (pathname.startsWith('/v2/webhook/subscription')) {
      return webhooks.manage(request.method!, pathname, request.headers, body)
    }
    return { status: 404, json: { detail: 'Not Found' } }
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

function answer(response: ServerResponse, reply: Reply, armed: Armed | undefined): void {
  const { fault, retryAfter = 1 } = armed ?? {}
  if (fault === 'rate_limited') return limit(response, retryAfter)
  if (fault === 'slow') return
  const { status, headers, json, html } = faulty(reply, fault)
  const body = Buffer.from(html ?? (json === undefined ? '' : JSON.stringify(json)))
  const type = html === undefined ? 'application/json' : 'text/html; charset=utf-8'
  response.writeHead(status, { 'content-type': type, 'content-length': body.length, ...headers })
  if (fault !== 'cut') return void response.end(body)
  response.write(body.subarray(0, body.length / 2), () => response.destroy())
}

function faulty(reply: Reply, fault: Fault | undefined): Reply {
  if (fault === 'server_error') return { status: 503, json: { detail: 'Service Unavailable' } }
  if (fault === 'html') return { status: 200, html: '<!doctype html><title>Maintenance</title>' }
  if (fault !== 'truncated') return reply
  const whole = JSON.stringify(reply.json)
  return { status: 200, html: whole.slice(0, whole.length / 2), headers: { 'content-type': 'application/json' } }
}

/** "Rate Limit Response Headers" of the API's document. */
function limit(response: ServerResponse, retryAfter: number): void {
  response.writeHead(429, {
    'content-type': 'application/json',
    'retry-after': String(retryAfter),
    'x-ratelimit-limit': '5000',
    'x-ratelimit-window': '300',
    'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + retryAfter),
    'x-ratelimit-tier': 'application',
  })
  response.end(JSON.stringify({ status: 429, title: 'Too Many Requests' }))
}
