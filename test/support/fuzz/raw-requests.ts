import { connect } from 'node:net'

const end = '\r\n\r\n'
const post = (headers: string, body = '') => `POST /api/studies HTTP/1.1\r\nhost: x\r\n${headers}${end}${body}`
const json = 'content-type: application/json'

/** Bytes that no library would send. */
export const rawRequests: Record<string, string> = {
  'nothing at all': '',
  'an empty line': end,
  'no HTTP': `how do you do${end}`,
  'another protocol': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'the preface of HTTP/2': `PRI * HTTP/2.0${end}SM${end}`,
  'HTTP/0.9': 'GET /user\r\n',
  'HTTP/1.0': `GET /user HTTP/1.0${end}`,
  'HTTP/9.9': `GET /user HTTP/9.9${end}`,
  'no host': `GET /user HTTP/1.1${end}`,
  'two hosts': `GET /user HTTP/1.1\r\nhost: a\r\nhost: b${end}`,
  'an unknown method': `BREW /user HTTP/1.1\r\nhost: x${end}`,
  'a method that Node knows': `PROPFIND /user HTTP/1.1\r\nhost: x${end}`,
  'a tunnel': `CONNECT example.org:443 HTTP/1.1\r\nhost: x${end}`,
  'an echo': `TRACE /user HTTP/1.1\r\nhost: x${end}`,
  'options of everything': `OPTIONS * HTTP/1.1\r\nhost: x${end}`,
  'an absolute URI': `GET http://evil.example.org/user HTTP/1.1\r\nhost: x${end}`,
  'no path': `GET  HTTP/1.1\r\nhost: x${end}`,
  'a path without a slash': `GET user HTTP/1.1\r\nhost: x${end}`,
  'a path of two slashes': `GET //evil.example.org/%2e%2e HTTP/1.1\r\nhost: x${end}`,
  'bytes in the path': `GET /user/\x80\xff HTTP/1.1\r\nhost: x${end}`,
  'NUL in the path': `GET /user/\0 HTTP/1.1\r\nhost: x${end}`,
  'a path of 20 kB': `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nhost: x${end}`,
  'a path of 15 kB': `GET /pub/${'x'.repeat(15_000)} HTTP/1.1\r\nhost: x${end}`,
  'a parameter of 5 kB': `GET /api/studies/${'1'.repeat(5000)} HTTP/1.1\r\nhost: x${end}`,
  'a fragment': `GET /user#x HTTP/1.1\r\nhost: x${end}`,
  'a header of 70 kB': post(`x-large: ${'x'.repeat(70_000)}`),
  'three thousand headers': post(Array.from({ length: 3000 }, (_, i) => `x-${i}: 1`).join('\r\n')),
  'NUL in a header': post('x-nul: a\0b'),
  'a header over two lines': post('x-folded: a\r\n b'),
  'a header without a colon': post('nonsense'),
  'a space before the colon': post('content-length : 5', '{"a":'),
  'bytes in the credential': post('authorization: Bearer \xff\xfe'),
  'two credentials': post('authorization: Bearer a\r\nauthorization: Bearer b\r\nx-api-key: c\r\nx-api-key: d'),
  'two ids': post('x-request-id: a\r\nx-request-id: b'),
  'a length that is too small': post(`${json}\r\ncontent-length: 1`, '{"name":"x"}'),
  'a length that is too large': post(`${json}\r\ncontent-length: 1000`, '{"name":"x"}'),
  'a length that is no number': post(`${json}\r\ncontent-length: x`, '{}'),
  'a length below zero': post(`${json}\r\ncontent-length: -1`, '{}'),
  'a length beyond all numbers': post(`${json}\r\ncontent-length: 99999999999999999999999`, '{}'),
  'a length in hexadecimal': post(`${json}\r\ncontent-length: 0x2`, '{}'),
  'two lengths': post(`${json}\r\ncontent-length: 2\r\ncontent-length: 3`, '{} '),
  'a length over the limit': post(`${json}\r\ncontent-length: 999999999`, '{}'),
  'length and chunks': post(
    `${json}\r\ncontent-length: 4\r\ntransfer-encoding: chunked`,
    '0\r\n\r\nGET /x HTTP/1.1\r\n\r\n',
  ),
  'chunks that are none': post(`${json}\r\ntransfer-encoding: chunked`, 'zz\r\n{}\r\n'),
  'a chunk that is cut off': post(`${json}\r\ntransfer-encoding: chunked`, '10\r\n{"a"'),
  'a chunk of all bytes': post(`${json}\r\ntransfer-encoding: chunked`, 'ffffffffffffffff\r\n{}'),
  'another transfer coding': post(`${json}\r\ntransfer-encoding: gzip`, '{}'),
  'chunked twice': post(`${json}\r\ntransfer-encoding: chunked, chunked`, '0\r\n\r\n'),
  'an expectation': post(`${json}\r\nexpect: 100-continue\r\ncontent-length: 2`, '{}'),
  'an odd expectation': post(`${json}\r\nexpect: 200-ok\r\ncontent-length: 2`, '{}'),
  'an upgrade to a socket': post('connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: x'),
  'an upgrade to HTTP/2': post('connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: x'),
  'a head that is cut off': 'POST /api/studies HTTP/1.1\r\nhost: x\r\ncontent-ty',
  'forty requests at once': `GET /nothing HTTP/1.1\r\nhost: x${end}`.repeat(40),
  'rubbish behind a request': `GET /healthz HTTP/1.1\r\nhost: x${end}\0\0\0\0`,
}

/** Sends the bytes, says that no more come, and returns all that is answered until the connection is closed. */
export function exchangeBytes(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url)
  const { promise, resolve } = Promise.withResolvers<string>()
  const socket = connect(Number(port), hostname)
  let answer = ''
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => (answer += chunk))
  // The server may close before it has read all of it.
  socket.on('error', () => undefined)
  socket.once('close', () => resolve(answer))
  socket.end(bytes, 'latin1')
  return promise
}
