import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newApiKey } from '../../src/accounts/credential.ts'
import { createKey, listKeys, revokeKey } from '../../src/accounts/keys.ts'
import { buildApp } from '../../src/app.ts'
import { call } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startServer({ worker: false })
})
afterAll(() => server.stop())

const list = (key: string | undefined, url = server.url) =>
  call({ url }, 'GET', '/user', key === undefined ? {} : { key })

describe('keys', () => {
  test('have the published form', () => {
    expect(newApiKey('secret', 'live')).toMatch(/^sk_live_[\w-]{43}$/)
    expect(newApiKey('secret', 'sandbox')).toMatch(/^sk_test_[\w-]{43}$/)
    expect(newApiKey('client', 'live')).toMatch(/^pk_live_[\w-]{43}$/)
    expect(newApiKey('client', 'sandbox')).toMatch(/^pk_test_[\w-]{43}$/)
  })

  test('are taken as x-api-key and as a bearer token', async () => {
    expect((await list(server.keys.live)).status).toBe(200)
    expect((await call(server, 'GET', '/user', { token: server.keys.live })).status).toBe(200)
  })

  test('an unknown key, a client key and none', async () => {
    const unknown = await list(newApiKey('secret', 'live'))
    expect(unknown.status).toBe(401)
    expect(unknown.body).toEqual({
      status: 401,
      name: 'UNAUTHORIZED',
      title: 'UnauthorizedError',
      detail: expect.any(String),
    })
    expect((await list(undefined)).status).toBe(401)
    expect((await list('')).status).toBe(401)
    const client = await list(server.keys.client)
    expect(client.status).toBe(403)
    expect(client.body).toMatchObject({ status: 403, name: 'FORBIDDEN', title: 'ForbiddenError' })
  })

  test('live and sandbox are apart', async () => {
    await call(server, 'POST', '/user?appUserId=both', { key: server.keys.live })
    expect((await list(server.keys.live)).body.connectedUsers).toHaveLength(1)
    expect((await list(server.keys.sandbox)).body.connectedUsers).toHaveLength(0)
  })

  test('only a hash and a visible prefix are stored, with a last-used time', async () => {
    const tenant = await server.context.prisma.tenant.findFirstOrThrow({ where: { environment: 'live' } })
    const key = await createKey(server.context.prisma, { ...tenant, environment: 'live' }, 'secret', 'poller')
    const find = async () => (await listKeys(server.context.prisma)).find(({ name }) => name === 'poller')!
    expect(await find()).toMatchObject({ prefix: key.slice(0, 14), lastUsedAt: null, revokedAt: null })
    const { rows } = await server.context.pool.query('select to_jsonb(k)::text as row from api_key k')
    for (const { row } of rows) expect(row).not.toContain(key.slice(14))

    await list(key)
    await expect.poll(async () => (await find()).lastUsedAt).toBeInstanceOf(Date)
  })

  test('revoking acts at once, in every process', async () => {
    const tenant = await server.context.prisma.tenant.findFirstOrThrow({ where: { environment: 'live' } })
    const key = await createKey(server.context.prisma, { ...tenant, environment: 'live' }, 'secret')
    const second = await buildApp(server.context)
    const secondUrl = await second.listen({ host: '127.0.0.1', port: 0 })
    expect([(await list(key)).status, (await list(key, secondUrl)).status]).toEqual([200, 200])
    expect(await revokeKey(server.context.prisma, key.slice(0, 14), new Date())).toBe(1)
    expect([(await list(key)).status, (await list(key, secondUrl)).status]).toEqual([401, 401])
    await second.close()
  })
})
