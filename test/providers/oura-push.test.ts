import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '../../src/errors.ts'
import { oura } from '../../src/providers/oura.ts'
import { ProviderError } from '../../src/providers/provider-error.ts'
import type { ProviderApplication, PushRequest } from '../../src/providers/provider.ts'
import { type OuraServer, startOuraServer } from '../support/oura-server.ts'

const { receive, ensureSubscriptions } = oura.live.push
const now = new Date('2026-03-05T08:00:00Z')
const seconds = (offset = 0) => String(now.getTime() / 1000 + offset)

let server: OuraServer
let endpoint: { callbackUrl: string; stop: () => void }
beforeAll(async () => {
  server = await startOuraServer()
  endpoint = await openEndpoint()
})
afterAll(async () => {
  endpoint.stop()
  await server.stop()
})

function application(): ProviderApplication {
  const { id: clientId, secret: clientSecret } = server.client
  return {
    clientId,
    clientSecret,
    apiUrl: server.url,
    callbackUrl: endpoint.callbackUrl,
    pushSecret: 'a-secret-of-ours',
    request: async (method, path, { headers, json } = {}) => {
      const response = await fetch(server.url + path, {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      })
      if (!response.ok) throw new ProviderError('refused', 'refused', { status: response.status })
      return response.json()
    },
  }
}

/** Our callback URL, as the engine serves it. */
async function openEndpoint() {
  const http = createServer((request, response) => {
    const query = Object.fromEntries(new URL(request.url!, 'http://us').searchParams)
    const result = Promise.try(() =>
      receive({ method: 'GET', headers: request.headers, query, body: Buffer.alloc(0) }, application(), now),
    )
    result
      .then(({ status, body }) => response.writeHead(status).end(JSON.stringify(body)))
      .catch((error: AppError) => response.writeHead(error.status).end())
  }).listen(0, '127.0.0.1')
  await once(http, 'listening')
  return { callbackUrl: `http://127.0.0.1:${(http.address() as AddressInfo).port}/push`, stop: () => http.close() }
}

describe('subscriptions', () => {
  beforeEach(() => void server.webhooks.subscriptions.splice(0))

  test('one for each type and event; once there, nothing more is asked for', async () => {
    await ensureSubscriptions(application())
    const made = server.webhooks.subscriptions.map(({ data_type, event_type }) => `${data_type} ${event_type}`)
    expect(made.toSorted()).toEqual(
      ['daily_activity', 'daily_spo2', 'sleep', 'vo2_max', 'workout']
        .flatMap((type) => ['create', 'delete', 'update'].map((event) => `${type} ${event}`))
        .toSorted(),
    )
    const before = server.requests.length
    await ensureSubscriptions(application())
    expect(server.requests.slice(before)).toEqual(['GET /v2/webhook/subscription'])
  })

  test('those that end soon are renewed, and nobody else’s are touched', async () => {
    await ensureSubscriptions(application())
    const [soon, foreign] = server.webhooks.subscriptions
    soon!.expiration_time = new Date(Date.now() + 86_400_000).toISOString()
    foreign!.callback_url = 'https://somebody.example/else'
    foreign!.expiration_time = new Date(0).toISOString()
    await ensureSubscriptions(application())
    expect(Date.parse(soon!.expiration_time)).toBeGreaterThan(Date.now() + 80 * 86_400_000)
    expect(Date.parse(foreign!.expiration_time)).toBe(0)
    expect(server.webhooks.subscriptions).toHaveLength(16)
  })

  test('a wrong verification token gets no challenge back', async () => {
    await expect(server.webhooks.handshake(endpoint.callbackUrl, 'another')).resolves.toBe(false)
    await expect(server.webhooks.handshake(endpoint.callbackUrl, 'a-secret-of-ours')).resolves.toBe(true)
  })
})

const event = (data_type: string, event_type = 'create') => ({
  data_type,
  event_type,
  event_time: '2026-03-05T07:59:00+00:00',
})

function push(signed: { body: string; headers: Record<string, string> }) {
  const request: PushRequest = { method: 'POST', headers: signed.headers, query: {}, body: Buffer.from(signed.body) }
  return receive(request, application(), now)
}

describe('a push', () => {
  test.each([
    ['sleep', 'create', { from: '2026-02-26', to: '2026-03-06' }],
    ['daily_activity', 'create', { from: '2026-02-26', to: '2026-03-06' }],
    ['daily_activity', 'update', { from: '2026-03-04', to: '2026-03-06' }],
    ['workout', 'delete', { from: '2026-02-26', to: '2026-03-06', deleted: true }],
  ])('of %s, %s, says whose days to read', (type, kind, days) => {
    const signed = server.webhooks.sign(event(type, kind), { timestamp: seconds() })
    expect(push(signed)).toEqual({ status: 200, changed: [{ externalUserId: server.person.id, ...days }] })
  })

  test('of what we do not read is taken, and changes nothing', () => {
    const signed = server.webhooks.sign(event('tag'), { timestamp: seconds() })
    expect(push(signed)).toEqual({ status: 200, changed: [] })
  })

  test('is good with spaces in its JSON, signed with them or without', () => {
    const body = JSON.stringify({ ...event('sleep'), user_id: 'u' }, null, 2)
    expect(push(server.webhooks.sign(event('sleep'), { body, timestamp: seconds() })).changed).toHaveLength(1)
    const compact = server.webhooks.sign(event('sleep'), {
      body: JSON.stringify(JSON.parse(body)),
      timestamp: seconds(),
    })
    expect(push({ ...compact, body }).changed).toHaveLength(1)
  })

  test.each([
    ['signed with another secret', { timestamp: seconds(), secret: 'another' }],
    ['with no signature at all', { timestamp: seconds(), signature: '' }],
    ['of long ago', { timestamp: seconds(-3 * 3600) }],
    ['of times to come', { timestamp: seconds(3 * 3600) }],
    ['with a timestamp that is none', { timestamp: 'today' }],
  ])('%s is refused', (_, forgery) => {
    const signed = server.webhooks.sign(event('sleep'), forgery)
    expect(() => push(signed)).toThrow(expect.objectContaining({ code: 'unauthorized' }))
  })

  test('whose body or time was changed is refused', () => {
    const signed = server.webhooks.sign(event('sleep'), { timestamp: seconds() })
    const other = { ...signed, body: signed.body.replace(server.person.id, 'somebody else') }
    expect(() => push(other)).toThrow(expect.objectContaining({ code: 'unauthorized' }))
    const later = { ...signed, headers: { ...signed.headers, 'x-oura-timestamp': seconds(1) } }
    expect(() => push(later)).toThrow(expect.objectContaining({ code: 'unauthorized' }))
  })

  test.each([
    ['nothing', '', 'body'],
    ['an array', '[]', 'body'],
    ['no user', JSON.stringify(event('sleep')), 'user_id'],
    ['a bad time', JSON.stringify({ ...event('sleep'), user_id: 'u', event_time: 'now' }), 'event_time'],
  ])('with %s names what is wrong', (_, body, field) => {
    const signed = server.webhooks.sign(event('sleep'), { body, timestamp: seconds() })
    expect(() => push(signed)).toThrow(
      expect.objectContaining({ code: 'validation_error', details: [expect.objectContaining({ field })] }),
    )
  })
})
