import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, call, createUserWithToken, stepSamples } from '../support/api.ts'
import { connectCare } from '../support/care.ts'
import { endpointsOf } from '../support/endpoints.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { studiesOf } from '../support/studies.ts'

const ORIGIN = 'https://portal.example.org'

let server: TestServer
let studies: ReturnType<typeof studiesOf>

beforeAll(async () => {
  server = await startServer({ worker: false, environment: { RATE_LIMIT_STUDIES: '100000', CORS_ORIGINS: ORIGIN } })
  studies = studiesOf(server)
  await studies.createActiveStudy()
  await studies.createBattery()
  await studies.createParticipant({ study_id: 1 })
  await studies.createSession({ participant_id: 'P001', battery_id: 'battery_1' })
  await studies.patch('/sessions/sess_1', { status: 'in_progress' })
})
afterAll(() => server.stop())

const get = (path: string) => call(server, 'GET', path, { key: server.keys.live })
const refused = ({ status, body }: Answer) => [status, body.error.details?.field]

describe('a number of a query or a path', () => {
  test.each(['0x1', '1e0', ' 1', '1 ', '+1', '1.0', '', '１', '-1', '1,1', 'Infinity', '9'.repeat(30)])(
    'is digits alone, not %j',
    async (number) => {
      const value = encodeURIComponent(number)
      expect(refused(await get(`/api/studies?page=${value}`))).toEqual([422, 'page'])
      expect(refused(await get(`/api/webhooks?per_page=${value}`))).toEqual([422, 'per_page'])
      expect(refused(await get(`/api/participants?study_id=${value}`))).toEqual([422, 'study_id'])
      expect(refused(await get(`/changes?limit=${value}`))).toEqual([422, 'limit'])
      if (number !== '') expect(refused(await get(`/api/studies/${value}`))).toEqual([422, 'id'])
    },
  )

  test('may have zeros in front', async () => {
    const { status, body } = await get('/api/studies?page=001&per_page=050')
    expect([status, body.pagination.page, body.pagination.per_page]).toEqual([200, 1, 50])
    expect((await get('/api/studies/01')).body.id).toBe(1)
  })

  test('is digits where samples are read, too', async () => {
    const { userId } = await createUserWithToken(server)
    const answer = await get(`/api/v2/samples?userId=${userId}&data_type=steps&limit=1e2`)
    expect([answer.status, answer.body.error.details[0].field]).toEqual([422, 'limit'])
  })
})

test('between Bearer and a key there may be several spaces', async () => {
  const headers = { authorization: `bearer   ${server.keys.live}` }
  expect((await call(server, 'GET', '/api/studies', { headers })).status).toBe(200)
})

describe('Idempotency-Key is of the route, however its URL is written', () => {
  const post = (path: string, key: string, json: object) =>
    call(server, 'POST', path, { key: server.keys.live, json, headers: { 'idempotency-key': key } })
  const isReplay = ({ headers }: Answer) => headers.get('idempotent-replayed') === 'true'

  test('of a collection', async () => {
    const key = randomUUID()
    const first = await post('/api/studies', key, { name: 'Once' })
    for (const path of ['/api/%73tudies', '/api/v1/studies', '/api/v1/studi%65s', '/%61pi/studies/', '/api/studies?']) {
      const again = await post(path, key, { name: 'Once' })
      expect([path, again.body, isReplay(again)]).toEqual([path, first.body, true])
    }
  })

  test('of one of its members', async () => {
    const { id } = await endpointsOf(server).create('https://example.com/a')
    const other = await endpointsOf(server).create('https://example.com/b')
    const key = randomUUID()
    const first = await post(`/api/webhooks/${id}/test`, key, {})
    const again = await post(`/api/v1/webhooks/%${id.charCodeAt(0).toString(16)}${id.slice(1)}/test`, key, {})
    expect([again.body, isReplay(again)]).toEqual([first.body, true])
    expect(isReplay(await post(`/api/webhooks/${other.id}/test`, key, {}))).toBe(false)
  })
})

describe('the members of JSON', () => {
  const patch = (results: string) =>
    call(server, 'PATCH', '/api/sessions/sess_1', {
      key: server.keys.live,
      headers: { 'content-type': 'application/json' },
      body: `{"results":${results}}`,
    })

  test.each(['{"constructor":{"prototype":{"isAdmin":true}},"toString":1,"hasOwnProperty":null}', '{"a":"__proto__"}'])(
    'may be called as they like: %s',
    async (results) => {
      const { status, body } = await patch(results)
      expect([status, body.results]).toEqual([200, JSON.parse(results)])
    },
  )

  test.each([
    ['{"a":[{"__proto__":{"isAdmin":true}}]}', 'results.a.0.__proto__'],
    [String.raw`{"\u005f_pr\u006fto__":1}`, 'results.__proto__'],
  ])('but not __proto__, which is named: %s', async (results, field) => {
    const { status, body } = await patch(results)
    expect([status, body.error.code, body.error.details.field]).toEqual([422, 'VALIDATION_ERROR', field])
    expect(body.error.message).not.toContain('not valid JSON')
  })

  test('are named in the words of every API', async () => {
    const { token } = await createUserWithToken(server)
    const data = stepSamples('2024-01-05T08:00:00Z', 3)
    const batch = `{"__proto__":{},"data_type":"steps","data":${JSON.stringify(data)}}`
    const headers = { 'content-type': 'application/json' }
    const sent = await call(server, 'POST', '/api/v1.1/samples', { token, headers, body: batch })
    expect([sent.status, sent.body.error.details]).toEqual([422, [{ field: '__proto__', reason: expect.any(String) }]])
    const care = await connectCare(server)
    const { status, body } = await care.ask('POST', '/group', '{"data":{"attributes":{"__proto__":1}}}')
    expect([status, body.errors[0].source]).toEqual([409, { pointer: '/data/attributes/__proto__' }])
    const settings = await call(server, 'POST', '/settings', {
      key: server.keys.live,
      headers,
      body: '{"__proto__":1}',
    })
    expect([settings.status, settings.body.detail]).toEqual([400, expect.stringContaining('__proto__')])
  })
})

test('a body is UTF-8, and JSON that is not is not stored as something else', async () => {
  const headers = { 'content-type': 'application/json' }
  const bytes = Uint8Array.from(Buffer.from('{"name":"caf\xe9"}', 'latin1'))
  const answer = await call(server, 'POST', '/api/studies', { key: server.keys.live, headers, body: bytes })
  expect([answer.status, answer.body.error.code]).toEqual([400, 'MALFORMED_BODY'])
  const marked = await call(server, 'POST', '/api/studies', {
    key: server.keys.live,
    headers,
    body: '\ufeff{"name":"é"}',
  })
  expect([marked.status, marked.body.name]).toEqual([201, 'é'])
})

test.each(['v1.1', 'v2'])('a batch to %s without a body is malformed', async (version) => {
  const { token } = await createUserWithToken(server)
  for (const headers of [{}, { 'content-type': 'application/json' }]) {
    const answer = await call(server, 'POST', `/api/${version}/samples`, { token, headers })
    expect([answer.status, answer.body.error.code]).toEqual([400, 'MALFORMED_BODY'])
  }
})

test('a ping takes no members', async () => {
  const { id } = await endpointsOf(server).create('https://example.com/ping')
  const ping = (json?: unknown) => call(server, 'POST', `/api/webhooks/${id}/test`, { key: server.keys.live, json })
  for (const json of [undefined, {}, null]) expect((await ping(json)).status).toBe(202)
  expect(refused(await ping({ nope: 1 }))).toEqual([422, 'nope'])
})

test.each([
  '/api/v1/v1.1/samples',
  '/api/v1/v2/samples',
  '/api/v1/%762/samples',
  '/api/v1/v1/studies',
  '/api/v1/changes',
])('%s is not there: what has a version of its own is not below another', async (path) => {
  expect((await get(path)).status).toBe(404)
})

test('files of /docs that may not be asked for are not there', async () => {
  for (const path of ['/docs/static/%00', '/docs/static/..%2f..%2fpackage.json', '/docs/static/.env']) {
    const { status, body } = await get(path)
    expect([path, status, body.error.code]).toEqual([path, 404, 'NOT_FOUND'])
  }
})

test('a path that is not there is 404 whatever is sent to it, in the words of its API', async () => {
  const sent = { headers: { 'content-type': 'application/json' }, body: '{"a":' }
  const house = await call(server, 'POST', '/nothing', sent)
  expect([house.status, house.body.error.code]).toEqual([404, 'NOT_FOUND'])
  const care = await call(server, 'POST', '/pub/nothing', sent)
  expect([care.status, care.body.errors[0].code]).toEqual([404, 'ResourceNotFound'])
})

test('a page may read why its request leads nowhere, whatever is wrong with it', async () => {
  const { hostname, port } = new URL(server.url)
  for (const line of [
    'GET /user/%zz',
    `GET /api/studies/${'x'.repeat(1001)}`,
    'DELETE /api/studies',
    'PROPFIND /api/studies',
  ]) {
    const socket = connect(Number(port), hostname)
    socket.write(`${line} HTTP/1.1\r\nhost: x\r\norigin: ${ORIGIN}\r\nconnection: close\r\n\r\n`)
    const answer = await text(socket)
    expect(answer).toMatch(/^HTTP\/1.1 40[04] /)
    expect(answer).toContain(`access-control-allow-origin: ${ORIGIN}\r\n`)
    for (const name of ['x-request-id', 'x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset']) {
      expect([line, answer]).toEqual([line, expect.stringMatching(new RegExp(`^${name}: .`, 'm'))])
    }
  }
})
