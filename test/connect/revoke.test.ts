import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, createUserWithToken, send, stepSamples } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startServer({ worker: false })
})
afterAll(() => server.stop())

const works = async (token: string) =>
  (await send(server, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 3))).status === 200

const revoke = (userId: string, key: string) => call(server, 'DELETE', `/user/${userId}/revoke?provider=apple`, { key })

const providers = async (userId: string, key: string) =>
  (await call(server, 'GET', `/user/${userId}/connected-providers`, { key })).body.connectedProviders

test("revoking one user's provider leaves the same provider of others connected, in both environments", async () => {
  const { live, sandbox } = server.keys
  const [revoked, neighbour] = [await createUserWithToken(server), await createUserWithToken(server)]
  const elsewhere = await createUserWithToken(server, 'apple', sandbox)
  expect((await revoke(revoked.userId, live)).status).toBe(200)

  expect([await works(revoked.token), await providers(revoked.userId, live)]).toEqual([false, []])
  expect([await works(neighbour.token), await providers(neighbour.userId, live)]).toEqual([true, ['apple']])
  expect([await works(elsewhere.token), await providers(elsewhere.userId, sandbox)]).toEqual([true, ['apple']])
})

test("another tenant's key revokes nothing", async () => {
  const { userId, token } = await createUserWithToken(server)
  expect((await revoke(userId, server.keys.sandbox)).status).toBe(404)
  expect([await works(token), await providers(userId, server.keys.live)]).toEqual([true, ['apple']])
})
