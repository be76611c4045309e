import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Asked = { method: string; path: string; headers: IncomingHttpHeaders; body: Buffer }

/** What becomes of a request: undefined lets it through, an answer is given in the server's place. */
export type Meddle = (
  asked: Asked,
  count: number,
) => undefined | 'lose the answer' | { status: number; headers?: Record<string, string>; body?: object } | Promise<void>

export type HttpProxy = {
  url: string
  /** Every request, in the order they came. */
  asked: Asked[]
  meddle: Meddle
  stop: () => Promise<void>
}

/** Stands between a client and the server, to count requests and to let some of them fail. */
export async function startHttpProxy(target: string, meddle: Meddle = () => undefined): Promise<HttpProxy> {
  const asked: Asked[] = []
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '', headers } = request
    const entry = { method, path: url, headers, body: Buffer.concat(await request.toArray()) }
    asked.push(entry)
    const fate = await proxy.meddle(entry, asked.length)
    if (typeof fate === 'object') {
      response.writeHead(fate.status, { 'content-type': 'application/json', ...fate.headers })
      response.end(JSON.stringify(fate.body ?? {}))
    } else {
      await passOn(target, entry, response, fate === 'lose the answer')
    }
  }
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy: HttpProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    meddle,
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return proxy
}

async function passOn(target: string, asked: Asked, response: ServerResponse, isLost: boolean): Promise<void> {
  const { method, path, body } = asked
  const headers = Object.entries(asked.headers).filter(([name]) => !['host', 'connection'].includes(name)) as any
  const init = body.length === 0 ? {} : { body: new Uint8Array(body) }
  const answer = await fetch(target + path, { method, headers, redirect: 'manual', ...init })
  const bytes = Buffer.from(await answer.arrayBuffer())
  if (isLost) {
    response.destroy()
    return
  }
  const kept = [...answer.headers].filter(([name]) => !['connection', 'transfer-encoding'].includes(name))
  response.writeHead(answer.status, Object.fromEntries(kept))
  response.end(bytes)
}
