import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startServer({ worker: false })
})
afterAll(() => server.stop())

/** What the server answers to these bytes, until it closes the connection. */
async function exchange(bytes: string): Promise<{ status: number; headers: string; body: any }> {
  const { hostname, port } = new URL(server.url)
  const socket = connect(Number(port), hostname)
  let answer = ''
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => (answer += chunk))
  // The server may close before it has read all of it.
  socket.on('error', () => undefined)
  socket.write(bytes)
  await once(socket, 'close')
  const [headers = '', body = ''] = answer.split('\r\n\r\n')
  return { status: Number(headers.slice(9, 12)), headers, body: JSON.parse(body) }
}

const REQUEST_ID = /^x-request-id: [\w-]{36}$/im

test('what is no HTTP is answered in the house envelope', async () => {
  const { status, headers, body } = await exchange('how do you do\r\n\r\n')
  expect(status).toBe(400)
  expect(headers).toMatch(REQUEST_ID)
  expect(headers).toMatch(/^connection: close$/im)
  expect(body).toEqual({ error: { code: 'MALFORMED_REQUEST', message: 'The request is not HTTP.' } })
})

test('a head that is too large is 431', async () => {
  const { status, headers, body } = await exchange(
    `GET /user HTTP/1.1\r\nhost: x\r\nx-large: ${'x'.repeat(70_000)}\r\n\r\n`,
  )
  expect(status).toBe(431)
  expect(headers).toMatch(REQUEST_ID)
  expect(body).toEqual({ error: { code: 'HEADERS_TOO_LARGE', message: expect.any(String) } })
})

test('a path with a broken escape is 400', async () => {
  const { status, headers, body } = await exchange('GET /user/%zz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  expect(status).toBe(400)
  expect(headers).toMatch(REQUEST_ID)
  expect(body).toEqual({ error: { code: 'MALFORMED_BODY', message: expect.any(String) } })
})

test('what a request expects besides is passed over: it is answered as any', async () => {
  const { status, headers, body } = await exchange(
    'GET /api/studies HTTP/1.1\r\nhost: x\r\nexpect: 200-ok\r\nconnection: close\r\n\r\n',
  )
  expect([status, body.error.code]).toEqual([401, 'UNAUTHORIZED'])
  expect(headers).toMatch(REQUEST_ID)
})

test('a form is taken by /oauth/token alone', async () => {
  const form = { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'a=b' }
  const { keys } = server
  const { body: user } = await call(server, 'POST', '/user?appUserId=form', { key: keys.live })
  const answer = await call(server, 'POST', `/user/${user.userId}/token?provider=apple`, { key: keys.live, ...form })
  expect(answer.status).toBe(415)
  expect(answer.body.error.code).toBe('UNSUPPORTED_MEDIA_TYPE')
  expect((await call(server, 'POST', '/settings', { key: keys.live, ...form })).status).toBe(415)
  const oauth = await call(server, 'POST', '/oauth/token', {
    ...form,
    body: 'grant_type=refresh_token&refresh_token=x',
  })
  expect(oauth.body.error).toBe('invalid_grant')
})

test.each(['https://example.com/a\0b', 'https://example.com/a b', 'https://example.com/a\nb', ' https://example.com/'])(
  'a webhook URL that only a lenient parser takes is refused: %j',
  async (webhookUrl) => {
    const answer = await call(server, 'POST', '/settings', { key: server.keys.live, json: { webhookUrl } })
    expect(answer.status).toBe(400)
    expect(answer.body.detail).toContain('webhookUrl')
  },
)
