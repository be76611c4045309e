import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call, createUserWithToken, send, stepSamples } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startServer({ environment: { DATABASE_POOL_SIZE: '20' } })
})
afterAll(() => server.stop())

const read = (parameters: Record<string, string> = {}, key = server.keys.live) =>
  call(server, 'GET', `/changes?${new URLSearchParams(parameters).toString()}`, { key })

/** Everything from a cursor on, in pages. */
async function readAll(cursor: string | undefined, limit = '7'): Promise<{ ids: string[]; cursor: string }> {
  const ids: string[] = []
  let at = cursor
  for (;;) {
    const { body } = await read({ limit, ...(at === undefined ? {} : { cursor: at }) })
    ids.push(...body.data.map(({ id }: { id: string }) => id))
    at = body.next_cursor as string
    if (body.has_more === false) return { ids, cursor: at }
  }
}

describe('the change feed', () => {
  test('tells what happened to whom, without values', async () => {
    const { userId, token } = await createUserWithToken(server)
    await send(server, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 3))
    await expect.poll(async () => (await read({ userId })).body.data.length).toBe(2)
    const { body } = await read({ userId })
    expect(body).toEqual({
      data: [
        {
          id: expect.any(String),
          type: 'devices.provider-connected',
          userId,
          data: { providers: ['apple'], connectedProviders: ['apple'] },
          occurred_at: expect.any(String),
        },
        {
          id: expect.any(String),
          type: 'devices.health-data',
          userId,
          data: { days: [{ data_type: 'steps', date: '2024-01-05' }] },
          occurred_at: expect.any(String),
        },
      ],
      next_cursor: expect.stringMatching(/^\d+$/),
      has_more: false,
    })
    const types = async (type: string) => (await read({ userId, type })).body.data.length
    expect([
      await types('devices.*'),
      await types('*'),
      await types('devices.health-data'),
      await types('devices'),
    ]).toEqual([2, 2, 1, 0])
    expect((await read({ userId, cursor: body.next_cursor })).body).toMatchObject({
      data: [],
      next_cursor: body.next_cursor,
    })
  })

  test("is the tenant's own; pings are not in it; a deleted user's disconnection is", async () => {
    await call(server, 'POST', '/settings', { key: server.keys.sandbox, json: { webhookUrl: 'http://127.0.0.1:9/' } })
    expect((await read({}, server.keys.sandbox)).body.data).toEqual([])
    const { userId } = await createUserWithToken(server, 'oura', server.keys.sandbox)
    await call(server, 'DELETE', `/user/${userId}`, { key: server.keys.sandbox })
    const { body } = await read({}, server.keys.sandbox)
    expect(body.data).toMatchObject([{ type: 'devices.provider-disconnected', userId, data: { providers: ['oura'] } }])
    expect((await read({}, server.keys.client)).status).toBe(403)
  })

  test.each([{ cursor: 'x' }, { limit: '0' }, { limit: '1001' }, { userId: 'me' }, { type: 'a%b' }])(
    '422 for %j',
    async (parameters) => {
      expect((await read(parameters as unknown as Record<string, string>)).status).toBe(422)
    },
  )

  test('an event whose transaction commits late is not skipped', async () => {
    const { rows } = await server.context.pool.query(`select id from tenant where environment = 'live'`)
    const late = new Client({ connectionString: server.databaseUrl })
    await late.connect()
    await late.query('begin')
    const insert = `insert into event (id, tenant_id, type, data, occurred_at) values (gen_random_uuid(), $1, 'test.late', '{}', now()) returning id`
    const [event] = (await late.query(insert, [rows[0].id])).rows
    const { cursor } = await readAll(undefined)
    const { userId } = await createUserWithToken(server)
    const ahead = await readAll(cursor)
    expect(ahead.ids).toHaveLength(1)
    await late.query('commit')
    expect((await readAll(ahead.cursor)).ids).toEqual([event.id])
    await late.end()
    expect(userId).toBeDefined()
  })
})

test('a reader who filters is not told that there is nothing more while much of the feed has no place yet', async () => {
  const { userId } = await createUserWithToken(server, 'apple', server.keys.sandbox)
  await server.context.pool.query(
    `insert into event (id, tenant_id, type, user_id, data, occurred_at)
     select gen_random_uuid(), tenant_id, 'devices.health-data', null, '{}', occurred_at
     from event, generate_series(1, 5001) where user_id = $1`,
    [userId],
  )
  const found: string[] = []
  let cursor = '0'
  for (let isMore = true; isMore;) {
    const { body } = await read({ type: 'devices.provider-connected', cursor }, server.keys.sandbox)
    found.push(...body.data.map((change: any) => change.userId))
    cursor = body.next_cursor
    isMore = body.has_more
  }
  expect(found).toEqual([userId])
})
