/** Somebody's endpoint, in a process of its own: reads each request and answers 200. Says its URL when it listens. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => response.writeHead(200, { 'content-length': 0 }).end())
})
server.listen(0, '127.0.0.1', () => {
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` })
})

process.on('SIGINT', () => undefined)
process.once('disconnect', () => {
  server.closeAllConnections()
  server.close()
})
