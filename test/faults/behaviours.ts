import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type { Random } from './random.ts'

type Call = { request: IncomingMessage; response: ServerResponse; trapUrl: string; body: string }
export type Behave = (call: Call) => Promise<void> | void

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'

const fail =
  (status: number, headers: Record<string, string> = {}): Behave =>
  ({ response }) =>
    void response.writeHead(status, headers).end('{"sorry":true}')

/** One byte a second. A whole answer within 15 s is a success, whatever its pace. */
async function drip({ request, response, body }: Call, seconds: number): Promise<void> {
  const bytes = body.padEnd(seconds)
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length })
  for (const byte of bytes.slice(0, -1)) {
    if (request.socket.destroyed) return
    response.write(byte)
    await setTimeout(1000)
  }
  response.end(bytes.at(-1))
}

/** Everything that an endpoint does. A request that is `reset unread` is not even read. */
export const behaviours = {
  accept: ({ response, body }) => void response.writeHead(200, { 'content-type': 'application/json' }).end(body),
  'accept, dripping': (call) => drip(call, 3),
  '500': fail(500),
  '503 with Retry-After': fail(503, { 'retry-after': '3' }),
  '410': fail(410),
  '302': ({ response, trapUrl }) => void response.writeHead(302, { location: trapUrl }).end(),
  '307': ({ response, trapUrl }) => void response.writeHead(307, { location: trapUrl }).end(),
  hang: () => undefined,
  'drip without end': (call) => drip(call, 60),
  'reset unread': ({ request }) => void request.socket.resetAndDestroy(),
  reset: ({ request }) => void request.socket.resetAndDestroy(),
  'cut in the headers': ({ request }) => void request.socket.end(HEAD, () => request.socket.destroy()),
  'cut in the body': ({ request }) =>
    void request.socket.end(`${HEAD}content-length: 1000\r\n\r\n{"pong":`, () => request.socket.destroy()),
} as const satisfies Record<string, Behave>
export type Behaviour = keyof typeof behaviours

/** Of a hundred requests. What holds an attempt for 15 s is rare: an endpoint that fails has room for few. */
const SHARES: [Behaviour, number][] = [
  ['hang', 0.3],
  ['drip without end', 0.3],
  ['accept, dripping', 2],
  ['500', 5],
  ['503 with Retry-After', 5],
  ['302', 3],
  ['307', 2],
  ['reset unread', 4],
  ['reset', 4],
  ['cut in the headers', 3],
  ['cut in the body', 3],
]

/** What an endpoint in the storm does next. */
export function drawBehaviour(random: Random): Behaviour {
  let left = random.next() * 100
  for (const [behaviour, share] of SHARES) {
    left -= share
    if (left < 0) return behaviour
  }
  return 'accept'
}
