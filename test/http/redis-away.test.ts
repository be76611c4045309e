import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { call, createUserWithToken, send, stepSamples } from '../support/api.ts'
import { startServer } from '../support/server.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'

const redisUrl = process.env['REDIS_URL']
const limits = { RATE_LIMIT_KEY: '3', RATE_LIMIT_SAMPLES: '3', RATE_LIMIT_AUTHENTICATION: '3' }
const data = stepSamples('2024-01-05T10:00:00Z', 3)

// Said out loud rather than skipped: without REDIS_URL there is nothing to test against.
if (redisUrl === undefined) test('not run: REDIS_URL is not set', () => undefined)
else {
  test('requests pass while Redis is away, and are limited again when it is back', async () => {
    const { hostname, port } = new URL(redisUrl)
    const proxy = await startTcpProxy({ host: hostname, port: Number(port) })
    const environment = { REDIS_URL: `redis://127.0.0.1:${proxy.port}`, ...limits }
    const server = await startServer({ worker: false, environment })
    proxy.down()
    const { token } = await createUserWithToken(server)
    for (let i = 0; i < 5; i++) expect((await send(server, token, 'steps', data)).status).toBe(200)
    for (let i = 0; i < 5; i++) expect((await call(server, 'GET', '/user', { key: 'guess' })).status).toBe(401)
    for (let i = 0; i < 5; i++) expect((await call(server, 'GET', '/nothing')).status).toBe(404)
    proxy.up()
    await expect.poll(() => send(server, token, 'steps', data).then(({ status }) => status)).toBe(429)
    await server.stop()
    await proxy.stop()
  })

  test('a Redis that takes bytes and no longer answers does not hold requests up', async () => {
    const { hostname, port } = new URL(redisUrl)
    const sockets = new Set<Socket>()
    const swallowing = createServer((client) => {
      const upstream = connect(Number(port), hostname)
      for (const socket of [client, upstream]) sockets.add(socket.on('error', () => undefined))
      client.pipe(upstream).pipe(client)
    }).listen(0, '127.0.0.1')
    await once(swallowing, 'listening')
    const url = `redis://127.0.0.1:${(swallowing.address() as AddressInfo).port}`
    const server = await startServer({ worker: false, environment: { REDIS_URL: url, ...limits } })
    const { token } = await createUserWithToken(server)
    await expect
      .poll(() => send(server, token, 'steps', data).then(({ headers }) => headers.get('x-ratelimit-limit')))
      .toBe('3')
    for (const socket of sockets) socket.unpipe().resume()
    for (let i = 0; i < 5; i++) {
      const from = performance.now()
      expect((await send(server, token, 'steps', data)).status).toBe(200)
      expect(performance.now() - from).toBeLessThan(2000)
    }
    await server.stop()
    for (const socket of sockets) socket.destroy()
    swallowing.close()
    await once(swallowing, 'close')
  })
}
