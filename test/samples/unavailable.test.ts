import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, createUserWithToken, send, stepSamples } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'

let server: TestServer
let proxy: TcpProxy

beforeAll(async () => {
  server = await startServer({
    through: async (databaseUrl) => {
      const { hostname, port } = new URL(databaseUrl)
      proxy = await startTcpProxy({ host: hostname, port: Number(port) })
      return proxy.port
    },
  })
})
afterAll(async () => {
  proxy.up()
  await server.stop()
  await proxy.stop()
})

test('503 while the database is away, for every API in its dialect; the same batch is taken when it is back', async () => {
  const { userId, token } = await createUserWithToken(server)
  const data = stepSamples('2024-01-05T10:00:00Z', 10)
  const key = server.keys.live

  proxy.down()
  const away = await send(server, token, 'steps', data)
  expect(away.status).toBe(503)
  expect(away.headers.get('retry-after')).toBe('2')
  expect(away.body.error.code).toBe('DATABASE_UNAVAILABLE')
  const day = await call(server, 'GET', `/activity?userId=${userId}&date=2024-01-05`, { key })
  expect(day.status).toBe(503)
  expect(day.body).toMatchObject({ status: 503, name: 'SERVICE_UNAVAILABLE', title: 'ServiceUnavailableError' })
  const oauth = await call(server, 'POST', '/oauth/token', {
    json: { grant_type: 'refresh_token', refresh_token: 'x' },
  })
  expect(oauth.status).toBe(503)
  const ready = await call(server, 'GET', '/readyz')
  expect(ready.status).toBe(503)
  expect(ready.body).toMatchObject({ status: 'unavailable', checks: { database: 'unavailable' } })
  expect((await call(server, 'GET', '/healthz')).status).toBe(200)

  proxy.up()
  const back = await send(server, token, 'steps', data)
  expect(back.body).toEqual({ inserted: 10, updated: 0, unchanged: 0, rejected: [] })
  expect((await call(server, 'GET', '/readyz')).status).toBe(200)
})

test('503, not 500, when the connection is lost in the middle of a batch', async () => {
  const { userId, token } = await createUserWithToken(server)
  const data = stepSamples('2024-01-05T10:00:00Z', 10)
  const lock = await holdDays(userId)
  const sending = send(server, token, 'steps', data)
  await lock.untilAwaited()
  proxy.down()
  expect((await sending).status).toBe(503)
  proxy.up()
  await lock.release()
  // Postgres may have stored it all the same, once the mark was free: the answer alone was lost.
  const { inserted, unchanged } = (await send(server, token, 'steps', data)).body
  expect(inserted + unchanged).toBe(10)
})

/** Holds the mark that a batch of steps of 2024-01-05 waits for, on a connection past the proxy. */
async function holdDays(userId: string) {
  const { Client } = await import('pg')
  const client = new Client({ connectionString: server.databaseUrl })
  await client.connect()
  await client.query('begin')
  await client.query(
    `insert into changed_day (user_id, data_type, day, marked_at, changed_from, changed_to)
     values ($1, 'steps', '2024-01-05', now(), now(), now())`,
    [userId],
  )
  return {
    untilAwaited: async () => {
      for (;;) {
        const { rowCount } = await client.query(`
          select from pg_stat_activity where pg_backend_pid() = any(pg_blocking_pids(pid))`)
        if (rowCount === 1) return
      }
    },
    release: () => client.end(),
  }
}
