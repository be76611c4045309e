/**
 * Somebody's endpoint, in a process of its own: answers 200, and tells its parent of which user the first changes came
 * when, in ms since 1970. Says its URL when it listens.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Arrival = { userId: string; at: number }

/** The first of a body is enough to know whose it is: reading all of it would cost more than sending it does. */
const USER_ID = /"userId":"([^"]+)"/

const server = createServer((request, response) => {
  let first: Buffer | undefined
  request.on('data', (chunk: Buffer) => {
    first ??= chunk
  })
  request.on('end', () => {
    const text = first?.toString('latin1', 0, 1000) ?? ''
    const [, userId] = USER_ID.exec(text) ?? []
    if (userId !== undefined && text.includes('devices.health-data')) {
      process.send?.({ userId, at: performance.timeOrigin + performance.now() } satisfies Arrival)
    }
    const { ping } = text.startsWith('{"ping"') ? (JSON.parse(text) as { ping: string }) : {}
    response.end(JSON.stringify({ pong: ping }))
  })
})
server.listen(0, '127.0.0.1', () => {
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` })
})

process.on('SIGINT', () => undefined)
process.once('disconnect', () => {
  server.closeAllConnections()
  server.close()
})
