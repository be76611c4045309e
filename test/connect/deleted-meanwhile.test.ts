import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call, createUserWithToken } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startServer({ worker: false })
})
afterAll(() => server.stop())

const asPartner = (method: string, path: string) => call(server, method, path, { key: server.keys.live })

/** Somebody else's transaction. */
async function begin(): Promise<Client> {
  const client = new Client({ connectionString: server.databaseUrl })
  await client.connect()
  await client.query('begin')
  return client
}

/** Waits until a request waits for what `client` holds. */
async function untilItHolds(client: Client): Promise<void> {
  const waiting = 'select from pg_stat_activity where pg_backend_pid() = any(pg_blocking_pids(pid))'
  await expect.poll(async () => (await client.query(waiting)).rowCount).toBe(1)
}

describe('a user who is deleted while', () => {
  test('a connect token is made is not found', async () => {
    const { userId } = await createUserWithToken(server)
    const deleting = await begin()
    await deleting.query('delete from app_user where id = $1', [userId])
    const asked = asPartner('GET', `/user/connect/token?userId=${userId}`)
    await untilItHolds(deleting)
    await deleting.query('commit')
    await deleting.end()
    expect((await asked).status).toBe(404)
  })

  test('connect tokens are made gets one or is not found', async () => {
    for (let round = 0; round < 40; round++) {
      const { userId } = await createUserWithToken(server)
      const ask = () => asPartner('GET', `/user/connect/token?userId=${userId}`)
      const [deleted, ...asked] = await Promise.all([asPartner('DELETE', `/user/${userId}`), ask(), ask(), ask()])
      expect(deleted.status).toBe(200)
      for (const { status } of asked) expect([200, 404]).toContain(status)
    }
  })

  test('the same user is created is created, or found', async () => {
    for (let round = 0; round < 40; round++) {
      const create = () => asPartner('POST', `/user?appUserId=again-${round}`)
      const { userId } = (await create()).body
      const remove = asPartner('DELETE', `/user/${userId}`)
      const created = await Promise.all([create(), create(), create(), create()])
      expect((await remove).status).toBe(200)
      expect(created.map(({ status }) => status)).toEqual([200, 200, 200, 200])
      const others = new Set(created.map(({ body }) => body.userId).filter((id) => id !== userId))
      expect(others.size).toBeLessThanOrEqual(1)
    }
  })
})

test('a user whom somebody else creates at the same moment is found', async () => {
  const id = randomUUID()
  const creating = await begin()
  await creating.query(
    `insert into app_user (id, tenant_id, app_user_id) select $1, id, 'twice' from tenant where environment = 'live'`,
    [id],
  )
  const created = asPartner('POST', '/user?appUserId=twice')
  await untilItHolds(creating)
  await creating.query('commit')
  await creating.end()
  expect((await created).body).toEqual({ userId: id })
})
