import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Received = { headers: IncomingHttpHeaders; raw: Buffer; body: any }
type Handle = (received: Received, response: ServerResponse, request: IncomingMessage) => unknown

export type Receiver = {
  url: string
  received: Received[]
  /** The first request that matches, waited for. */
  waitFor: (matches: (received: Received) => boolean) => Promise<Received>
  /** Answers from now on; `answerLikeAPartner` to begin with. */
  handle: Handle
  stop: () => Promise<void>
}

/** Takes webhooks and answers pings, as a partner's endpoint does. */
export const answerLikeAPartner: Handle = ({ body }, response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body?.ping === undefined ? {} : { pong: body.ping }))
}

/** Somebody's webhook endpoint: a real HTTP server that keeps what it gets. */
export async function startReceiver(handle: Handle = answerLikeAPartner): Promise<Receiver> {
  const received: Received[] = []
  const waiting = new Set<() => void>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const raw = Buffer.concat(chunks)
      const entry = { headers: request.headers, raw, body: JSON.parse(raw.toString()) }
      received.push(entry)
      void receiver.handle(entry, response, request)
      for (const look of waiting) look()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    handle,
    waitFor: (matches) => {
      const { promise, resolve } = Promise.withResolvers<Received>()
      const look = () => {
        const found = received.find(matches)
        if (found !== undefined) resolve(found)
      }
      waiting.add(look)
      look()
      return promise.finally(() => waiting.delete(look))
    },
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return receiver
}
