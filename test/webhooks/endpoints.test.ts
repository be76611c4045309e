import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAccount } from '../../src/accounts/create-account.ts'
import { createKey } from '../../src/accounts/keys.ts'
import { call } from '../support/api.ts'
import { endpointsOf } from '../support/endpoints.ts'
import { startServer, type TestServer } from '../support/server.ts'

const URL = 'https://example.com/hook'
const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`

let server: TestServer
let endpoints: ReturnType<typeof endpointsOf>

beforeAll(async () => {
  server = await startServer({ worker: false })
  endpoints = endpointsOf(server)
})
afterAll(() => server.stop())

async function newKey(): Promise<string> {
  const { live } = await createAccount(server.context.prisma, 'another')
  return createKey(server.context.prisma, live, 'secret')
}

describe('POST /api/webhooks', () => {
  test('adds an endpoint and shows its secret this once', async () => {
    const answer = await endpoints.ask('POST', '', { json: { url: URL, events: ['session.completed', 'devices.*'] } })
    expect(answer.status).toBe(201)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const { secret, ...endpoint } = answer.body
    expect(Buffer.from(secret.slice('whsec_'.length), 'base64')).toHaveLength(32)
    expect(endpoint).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      url: URL,
      events: ['session.completed', 'devices.*'],
      format: 'event',
      description: null,
      enabled: true,
      disabled_reason: null,
      failing_since: null,
      source: 'api',
      created_at: expect.stringMatching(/Z$/),
      updated_at: endpoint.created_at,
    })
    expect((await endpoints.ask('GET', `/${endpoint.id}`)).body).toEqual(endpoint)
    expect((await endpoints.ask('GET', '')).body.data).toContainEqual(endpoint)
    const { rows } = await server.context.pool.query('select secret from webhook_endpoint where id = $1', [endpoint.id])
    expect(server.context.secrets.open(rows[0].secret)).toBe(secret)
    expect(rows[0].secret.toString('latin1')).not.toContain(secret.slice(6, 20))
  })

  test('takes a format, a description, a secret, and an endpoint that is not enabled yet', async () => {
    const json = { url: URL, events: ['*'], format: 'devices', description: 'to try', secret: SECRET, enabled: false }
    expect((await endpoints.ask('POST', '', { json })).body).toMatchObject(json)
    const bearer = { authorization: `Bearer ${server.keys.live}` }
    expect((await call(server, 'POST', '/api/webhooks', { headers: bearer, json })).status).toBe(201)
  })

  test.each<[string, object]>([
    ['url', { url: undefined }],
    ['url', { url: '' }],
    ['url', { url: 'ftp://example.com' }],
    ['url', { url: 'http://169.254.169.254/latest/meta-data' }],
    ['url', { url: 'https://user:secret@example.com' }],
    ['url', { url: `https://example.com/${'x'.repeat(2048)}` }],
    ['url', { url: 17 }],
    ['events', { events: undefined }],
    ['events', { events: [] }],
    ['events', { events: Array.from({ length: 51 }, () => '*') }],
    ['events', { events: '*' }],
    ...['', 'devices', 'Devices.*', '*.devices', 'devices.', '.devices', 'devices.**', 'a.*.b', 'a b.c', 'a.b\n'].map(
      (pattern): [string, object] => ['events.1', { events: ['*', pattern] }],
    ),
    ['format', { format: 'xml' }],
    ['description', { description: 'x'.repeat(201) }],
    ['description', { description: 'nul \0' }],
    ['enabled', { enabled: 'yes' }],
    ['secret', { secret: 'whsec_short' }],
    ['secret', { secret: `whsec_${Buffer.alloc(23).toString('base64')}` }],
    ['secret', { secret: `whsec_${Buffer.alloc(65).toString('base64')}` }],
    ['secret', { secret: SECRET.slice('whsec_'.length) }],
    ['secret', { secret: `${SECRET}?` }],
    ['source', { source: 'settings' }],
  ])('422 names %s in %j', async (field, wrong) => {
    const answer = await endpoints.ask('POST', '', { json: { url: URL, events: ['*'], ...wrong } })
    expect(answer.status).toBe(422)
    expect(answer.body.error).toMatchObject({ code: 'VALIDATION_ERROR', details: { field } })
  })

  test.each(['*', 'devices.*', 'devices.health-data', 'a.b_c.*'])('takes the pattern %s', async (pattern) => {
    const endpoint = await endpoints.create(URL, { events: [pattern] }, await newKey())
    expect(endpoint).toMatchObject({ events: [pattern] })
  })

  test('fifty and no more, also when they come at once; one that is deleted makes room', async () => {
    const key = await newKey()
    await call(server, 'POST', '/settings', { key, json: { webhookUrl: URL } })
    const json = { url: URL, events: ['*'] }
    const answers = await Promise.all(Array.from({ length: 60 }, () => endpoints.ask('POST', '', { key, json })))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(50)
    const refused = answers.filter(({ status }) => status === 422)
    expect(refused).toHaveLength(10)
    expect(refused[0]!.body.error.code).toBe('TOO_MANY_ENDPOINTS')
    const { id } = answers.find(({ status }) => status === 201)!.body
    expect((await endpoints.ask('DELETE', `/${id}`, { key })).status).toBe(204)
    expect((await endpoints.ask('POST', '', { key, json })).status).toBe(201)
    expect((await endpoints.ask('POST', '', { key, json })).status).toBe(422)
  })
})

describe('GET /api/webhooks', () => {
  test('is paged, the oldest first', async () => {
    const key = await newKey()
    const list = async (query: string) => (await endpoints.ask('GET', query, { key })).body
    const empty = { page: 1, per_page: 20, total: 0, total_pages: 0, has_next: false, has_prev: false }
    expect(await list('')).toEqual({ data: [], pagination: empty })
    const ids: string[] = []
    for (let i = 0; i < 5; i++) ids.push((await endpoints.create(URL, {}, key)).id)
    const page = async (query: string) => {
      const { data, pagination } = await list(query)
      return [data.map(({ id }: any) => ids.indexOf(id)), pagination]
    }
    const of = { per_page: 2, total: 5, total_pages: 3 }
    expect(await page('?per_page=2')).toEqual([[0, 1], { page: 1, ...of, has_next: true, has_prev: false }])
    expect(await page('?per_page=2&page=2')).toEqual([[2, 3], { page: 2, ...of, has_next: true, has_prev: true }])
    expect(await page('?per_page=2&page=3')).toEqual([[4], { page: 3, ...of, has_next: false, has_prev: true }])
    expect(await page('?per_page=2&page=4')).toEqual([[], { page: 4, ...of, has_next: false, has_prev: true }])
    expect((await list('?per_page=100')).pagination.per_page).toBe(100)
  })

  test.each(['page=0', 'page=x', 'page=1.5', 'page=', 'page=1000001', 'per_page=0', 'per_page=101'])(
    '422 for %s',
    async (parameter) => {
      const answer = await endpoints.ask('GET', `?${parameter}`)
      expect(answer.status).toBe(422)
      expect(answer.body.error.details).toMatchObject({ field: parameter.split('=')[0] })
    },
  )

  test('400 names a parameter that is not known', async () => {
    const answer = await endpoints.ask('GET', '?sort=format')
    expect(answer.status).toBe(400)
    expect(answer.body.error).toMatchObject({ code: 'UNKNOWN_PARAMETER', details: { field: 'sort' } })
  })
})

describe('the endpoint of POST /settings', () => {
  test('is listed, read and tested, and changed there alone', async () => {
    const key = await newKey()
    await call(server, 'POST', '/settings', { key, json: { webhookUrl: URL } })
    const { data } = (await endpoints.ask('GET', '', { key })).body
    expect(data).toMatchObject([{ url: URL, source: 'settings', format: 'devices', events: ['devices.*'] }])
    expect(data[0]).not.toHaveProperty('secret')
    const at = `/${data[0].id}`
    expect((await endpoints.ask('GET', at, { key })).body).toEqual(data[0])
    expect((await endpoints.ask('POST', `${at}/test`, { key })).status).toBe(202)
    const pings = (await endpoints.ask('GET', `${at}/deliveries`, { key })).body.data
    expect(pings.map(({ event }: any) => event)).toEqual(['ping', 'ping'])
    const since = '2024-01-01T00:00:00Z'
    expect((await endpoints.ask('POST', `${at}/recover`, { key, json: { since } })).status).toBe(202)

    const refused = [
      await endpoints.ask('PATCH', at, { key, json: { enabled: false } }),
      await endpoints.ask('DELETE', at, { key }),
      await endpoints.ask('POST', `${at}/rotate-secret`, { key }),
    ]
    for (const { status, body } of refused) {
      expect(status).toBe(409)
      expect(body.error).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('POST /settings') })
    }
    expect((await endpoints.ask('GET', at, { key })).body).toEqual(data[0])

    await call(server, 'POST', '/settings', { key, json: { webhookUrl: '' } })
    expect((await endpoints.ask('GET', '', { key })).body.pagination.total).toBe(0)
    expect((await endpoints.ask('GET', at, { key })).status).toBe(404)
  })
})
