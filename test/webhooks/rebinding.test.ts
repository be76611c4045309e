import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSender, type Sender } from '../../src/webhooks/sender.ts'

/** The operator opened this one; the other stands for what lies behind it. */
const ALLOWED = '127.0.0.1'
const INNER = '127.0.0.2'
const never = new AbortController().signal

let servers: Server[]
let port: number
let hits: string[]
let sender: Sender
let answers: () => string
let looked = 0

beforeEach(async () => {
  hits = []
  looked = 0
  const outer = await listen(ALLOWED, 0)
  port = (outer.address() as AddressInfo).port
  servers = [outer, await listen(INNER, port)]
  const config = { allowHttp: true, allowCidrs: [`${ALLOWED}/32`], windowMs: 0, retentionDays: 30 }
  sender = openSender(config, async () => [{ address: answers(), family: 4 }])
})
afterEach(async () => {
  await sender.close()
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
})

async function listen(address: string, at: number): Promise<Server> {
  const server = createServer((_, response) => {
    hits.push(address)
    response.writeHead(200, { connection: 'close' }).end()
  }).listen(at, address)
  await once(server, 'listening')
  return server
}

/** A name that changes its mind needs a resolver that does; the sockets and the servers are real. */
function resolveInTurn(...addresses: string[]): void {
  answers = () => addresses[looked++ % addresses.length]!
}

const post = () => sender.post(`http://rebind.example:${port}/`, Buffer.from('{}'), {}, never)

test('what was checked is what is connected to: there is no second look-up to answer differently', async () => {
  resolveInTurn(ALLOWED, INNER)
  expect(await post()).toMatchObject({ status: 200 })
  expect(hits).toEqual([ALLOWED])
  expect(looked).toBe(1)
})

test('a name that has come to mean an inner address is refused when it is looked up again', async () => {
  resolveInTurn(ALLOWED, INNER)
  await post()
  await expect(post()).rejects.toThrow(`${INNER} is not a public address`)
  await expect(post()).resolves.toMatchObject({ status: 200 })
  await expect(post()).rejects.toThrow(`${INNER} is not a public address`)
  expect(hits).toEqual([ALLOWED, ALLOWED])
})
