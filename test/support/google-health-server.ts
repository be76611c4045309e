import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { readFilter, Refusal, timeOf } from './google-health-filter.ts'
import { playGoogleOAuth } from './google-health-oauth.ts'
import { recorded } from './google-health-person.ts'
import { makeSigner, type Signer } from './google-health-signer.ts'
import { keepSubscribers } from './google-health-subscribers.ts'

const DAY = 86_400_000
export const healthUserId = 'abc-123-DEF'

const scopeOf = {
  activity: 'https://www.googleapis.com/auth/googlehealth.activity_and_fitness.readonly',
  metrics: 'https://www.googleapis.com/auth/googlehealth.health_metrics_and_measurements.readonly',
  sleep: 'https://www.googleapis.com/auth/googlehealth.sleep.readonly',
}
export const allScopes = Object.values(scopeOf)

/** What goes wrong instead of an answer. `circle` gives the token of the page that was asked for once more. */
export type Fault = 'rate_limited' | 'unavailable' | 'cut' | 'truncated' | 'circle' | 'undocumented'
type Answer = { status: number; body?: unknown; location?: string }

/**
 * Google's side of the Google Health API v4, written from its reference and discovery document: OAuth, identity, data
 * points with filters and pages, and signed notifications. One person, the same on every date.
 */
export async function startGoogleHealth() {
  const oauth = playGoogleOAuth()
  const faults: { fault: Fault; path: RegExp }[] = []
  const paths: string[] = []
  const filters: string[] = []
  const subscribers = keepSubscribers(verifyEndpoint)
  let signers: Signer[] = [makeSigner(1)]

  function answer(request: IncomingMessage, url: URL, body: string): Answer | Promise<Answer> {
    if (url.pathname.startsWith('/v4/projects/')) {
      return subscribers.answer(request.method ?? '', url, request.headers.authorization, body)
    }
    switch (url.pathname) {
      case '/o/oauth2/v2/auth':
        return oauth.authorize(url.searchParams)
      case '/token':
        return oauth.token(new URLSearchParams(body))
      case '/revoke':
        return oauth.revoke(new URLSearchParams(body).get('token') ?? url.searchParams.get('token') ?? '')
      case '/googlehealthapi/webhooks/webhooks_public_keyset.json':
        return { status: 200, body: { primaryKeyId: signers[0]!.key.keyId, key: signers.map(({ key }) => key) } }
      default:
        return answerApi(url, oauth.scopesOf(request.headers.authorization))
    }
  }

  function answerApi(url: URL, scopes: string[] | undefined): Answer {
    if (scopes === undefined) return apiError(401, 'UNAUTHENTICATED', 'CREDENTIALS_MISSING')
    try {
      if (url.pathname === '/v4/users/me/identity') {
        if (scopes.length === 0) throw new Refusal('ACCESS_TOKEN_SCOPE_INSUFFICIENT', 403)
        return { status: 200, body: { name: 'users/me/identity', healthUserId, legacyUserId: 'ABC123' } }
      }
      const page = readPage(url, scopes, google.maxPageSize)
      const isGone = google.deleted.has(url.pathname.split('/')[5] ?? '')
      return { status: 200, body: isGone ? {} : page }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return apiError(error.status, error.status === 403 ? 'PERMISSION_DENIED' : 'INVALID_ARGUMENT', error.reason)
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://google')
    const body = await text(request)
    paths.push(`${request.method} ${url.pathname}`)
    filters.push(url.searchParams.get('filter') ?? '')
    const index = faults.findIndex(({ path }) => path.test(url.pathname))
    const [broken] = index === -1 ? [] : faults.splice(index, 1)
    send(response, await answer(request, url, body), broken?.fault)
  }

  const server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')

  const google = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    oauth,
    /** `GET /v4/...`, in the order in which they came. */
    paths,
    /** Of each of `paths`; empty where there was none. */
    filters,
    /** Real ones are 10,000; fewer make more pages. */
    maxPageSize: 10_000,
    /** Types that the person has taken back all of. */
    deleted: new Set<string>(),
    /** The next request to such a path fails. */
    failNext: (fault: Fault, path = /^\/v4\/users\/me\/dataTypes\//) => void faults.push({ fault, path }),
    /** From now on Google signs with another key, of which the keyset tells beside the old one. */
    rotateKey: () => void (signers = [makeSigner(signers[0]!.key.keyId + 1), ...signers]),
    /** Signs as Google does now. */
    sign: (body: string): string => signers[0]!.sign(body),
    /** Posts notifications to a subscriber's endpoint, signed. */
    push: (to: string, notifications: unknown, headers: Record<string, string> = {}): Promise<Response> => {
      const body = JSON.stringify(notifications)
      const signature = { 'x-healthapi-signature': google.sign(body) }
      return post(to, body, { ...signature, ...headers })
    },
    subscribers: subscribers.subscribers,
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return google
}

export type GoogleHealth = Awaited<ReturnType<typeof startGoogleHealth>>

const post = (to: string, body: string, headers: Record<string, string>) =>
  fetch(to, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })

/** What creating a subscriber does first: both requests, with the secret and without. */
async function verifyEndpoint(to: string, authorization: string): Promise<number[]> {
  const body = JSON.stringify({ type: 'verification' })
  return [(await post(to, body, { authorization })).status, (await post(to, body, {})).status]
}

/** `users.dataTypes.dataPoints.list` and `.reconcile`. */
function readPage(url: URL, scopes: string[], maxPageSize: number) {
  const [, id = '', method] = /^\/v4\/users\/me\/dataTypes\/([^/]+)\/dataPoints(:reconcile)?$/.exec(url.pathname) ?? []
  const type = recorded[id]
  if (type === undefined) throw new Refusal('INVALID_PARENT_DATA_TYPE_COLLECTION')
  if (!scopes.includes(scopeOf[type.scope])) throw new Refusal('ACCESS_TOKEN_SCOPE_INSUFFICIENT', 403)
  if ((method === undefined) === (id === 'floors')) throw new Refusal('UNSUPPORTED_OPERATION')
  const family = url.searchParams.get('dataSourceFamily')
  if (
    method !== undefined &&
    !/^users\/me\/dataSourceFamilies\/(all-sources|google-(wearables|sources))$/.test(family ?? '')
  ) {
    throw new Refusal('INVALID_DATA_POINT_DATA_SOURCE_FAMILY')
  }
  const filter = readFilter(url.searchParams.get('filter') ?? '', id, type.kind)
  const found = pointsBetween(id, filter)
  const isSession = type.kind === 'exercise' || type.kind === 'sleep'
  const size = Math.min(Number(url.searchParams.get('pageSize') ?? 1440), isSession ? 25 : maxPageSize)
  const start = Number(Buffer.from(url.searchParams.get('pageToken') ?? '', 'base64').toString() || 0)
  const end = start + size
  const isLast = end >= found.length
  return {
    dataPoints: found.slice(start, end),
    ...(isLast ? {} : { nextPageToken: Buffer.from(String(end)).toString('base64') }),
  }
}

/** In descending order, as the reference of `list` has it. */
function pointsBetween(id: string, { member, from, to }: ReturnType<typeof readFilter>): any[] {
  if (!Number.isFinite(from) || !Number.isFinite(to)) throw new Refusal('TEST_WANTS_BOTH_BOUNDS')
  const name = id.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
  const first = Math.floor(from / DAY) * DAY - DAY
  const days = Array.from({ length: Math.ceil((to - first) / DAY) + 2 }, (_, i) => first + i * DAY)
  const timed = days.flatMap((day) => pointsOf(id, day)).map((point) => ({ point, at: timeOf(point[name], member) }))
  return timed
    .filter(({ at }) => at >= from && at < to)
    .toSorted((a, b) => b.at - a.at)
    .map(({ point }) => point)
}

/** Making a day's points anew for each page took most of the tests' time. */
const made = new Map<string, any[]>()
function pointsOf(id: string, day: number): any[] {
  const key = `${id} ${day}`
  if (!made.has(key)) made.set(key, recorded[id]!.pointsOf(day))
  return made.get(key)!
}

const apiError = (code: number, status: string, reason: string): Answer => ({
  status: code,
  body: {
    error: {
      code,
      status,
      message: reason,
      details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'health.googleapis.com' }],
    },
  },
})

function send(response: ServerResponse, { status, body, location }: Answer, fault: Fault | undefined): void {
  if (fault === 'rate_limited') {
    response.setHeader('retry-after', '1')
    return reply(response, 429, JSON.stringify(apiError(429, 'RESOURCE_EXHAUSTED', 'RATE_LIMIT_EXCEEDED').body))
  }
  if (fault === 'unavailable') {
    return reply(response, 503, JSON.stringify(apiError(503, 'UNAVAILABLE', 'SERVICE_UNAVAILABLE').body))
  }
  if (location !== undefined) response.setHeader('location', location)
  const changed = fault === 'circle' ? { ...(body as object), nextPageToken: 'Y2lyY2xl' } : body
  const json = JSON.stringify(fault === 'undocumented' ? spoil(changed) : (changed ?? {}))
  if (fault === 'truncated') return reply(response, status, json.slice(0, json.length / 2))
  if (fault !== 'cut') return reply(response, status, json)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': json.length })
  response.write(json.slice(0, json.length / 2), () => response.destroy())
}

const reply = (response: ServerResponse, status: number, json: string) =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(json)

/** Times and numbers of another kind than the schemas have. */
const spoil = (body: unknown) =>
  JSON.parse(JSON.stringify(body).replaceAll(/"(startTime|physicalTime)":"[^"]*"/g, '"$1":"yesterday, 4711"'))
