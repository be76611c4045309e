import { afterAll, beforeAll, expect, test } from 'vitest'
import { isDatabaseAway } from '../../src/database/is-database-away.ts'
import { withTransaction } from '../../src/database/transaction.ts'
import { call, createUserWithToken, send, stepSamples } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'

let server: TestServer
let proxy: TcpProxy

beforeAll(async () => {
  server = await startServer({
    worker: false,
    environment: { DATABASE_POOL_SIZE: '2' },
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

test.each(['statement_timeout', 'idle_in_transaction_session_timeout'])('%s is 30 s', async (setting) => {
  const { rows } = await server.context.pool.query(`show ${setting}`)
  expect(rows).toEqual([{ [setting]: '30s' }])
})

test('connections that are cut in the middle of a transaction are replaced', async () => {
  const { token } = await createUserWithToken(server)
  // More often than the pool has places: one that is not given back would be missed.
  for (let round = 0; round < 3; round++) {
    const error: unknown = await withTransaction(server.context.pool, async (tx) => {
      await tx.query('select 1')
      proxy.down()
      await tx.query('select 1')
    }).catch((thrown: unknown) => thrown)
    expect(isDatabaseAway(error)).toBe(true)
    proxy.up()
  }
  const data = stepSamples('2024-01-05T10:00:00Z', 3)
  const sent = await Promise.all(Array.from({ length: 6 }, () => send(server, token, 'steps', data)))
  expect(sent.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200])
  expect((await call(server, 'GET', '/readyz')).status).toBe(200)
})

test('a transaction that fails leaves its connection as it was', async () => {
  const { pool } = server.context
  for (let round = 0; round < 3; round++) {
    await expect(withTransaction(pool, (tx) => tx.query('select 1 / 0'))).rejects.toMatchObject({ code: '22012' })
  }
  // One that is still in the failed transaction would refuse.
  await Promise.all([pool.query('select 1'), pool.query('select 1')])
})
