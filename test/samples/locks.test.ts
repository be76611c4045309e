import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { call, createUserWithToken, send, stepSamples } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let skewMs = 0
/** Somebody else's transaction, which holds what a request needs. */
let holder: Client

beforeAll(async () => {
  server = await startServer({ worker: false, now: () => new Date(Date.now() + skewMs) })
})
afterAll(() => server.stop())
beforeEach(async () => {
  holder = new Client({ connectionString: server.databaseUrl })
  await holder.connect()
  await holder.query('begin')
})
afterEach(() => holder.end())

async function marks(userId: string): Promise<{ day: string; marked_at: Date }[]> {
  const sql = 'select day::text, marked_at from changed_day where user_id = $1 order by day'
  return (await server.context.pool.query(sql, [userId])).rows
}

/** `request` waits for `holder`, and is answered once it lets go. */
async function answerAfterRelease<Answered>(request: Promise<Answered>): Promise<Answered> {
  await expect.poll(waiting).toBeGreaterThan(0)
  await holder.query('commit')
  return request
}

/** Asked on another connection: a transaction sees the sessions that there were when it first looked. */
async function waiting(): Promise<number | null> {
  const { rows } = await holder.query<{ pid: number }>('select pg_backend_pid() as pid')
  const text = 'select from pg_stat_activity where $1 = any(pg_blocking_pids(pid))'
  return (await server.context.pool.query(text, [rows[0]?.pid])).rowCount
}

describe('marks of changed days', () => {
  test('a batch marks every day that it changes', async () => {
    const { userId, token } = await createUserWithToken(server)
    const data = [5, 6, 7].flatMap((day) => stepSamples(`2024-01-0${day}T10:00:00Z`, 2))
    await send(server, token, 'steps', data)
    expect((await marks(userId)).map(({ day }) => day)).toEqual(['2024-01-05', '2024-01-06', '2024-01-07'])
  })

  test('a day that is marked stays marked as of its first change', async () => {
    const { userId, token } = await createUserWithToken(server)
    await send(server, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 3))
    const first = await marks(userId)
    skewMs = 60_000
    expect((await send(server, token, 'steps', stepSamples('2024-01-05T11:00:00Z', 3))).body.inserted).toBe(3)
    expect(await marks(userId)).toEqual(first)
    skewMs = 0
  })

  test('a batch waits for whoever is taking the mark, so that its own change is marked after', async () => {
    const { userId, token } = await createUserWithToken(server)
    await send(server, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 3))
    await holder.query('select from changed_day where user_id = $1 for update', [userId])
    const sending = send(server, token, 'steps', stepSamples('2024-01-05T11:00:00Z', 3))
    expect((await answerAfterRelease(sending)).body.inserted).toBe(3)
  })

  test('one that was taken meanwhile is there again', async () => {
    const { userId, token } = await createUserWithToken(server)
    await send(server, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 3))
    await holder.query('delete from changed_day where user_id = $1', [userId])
    const sending = send(server, token, 'steps', stepSamples('2024-01-05T11:00:00Z', 3))
    expect((await answerAfterRelease(sending)).status).toBe(200)
    expect((await marks(userId)).map(({ day }) => day)).toEqual(['2024-01-05'])
  })
})

describe('the days of a user and type', () => {
  const range = { data_type: 'steps', start: '2024-01-05T00:00:00Z', end: '2024-01-06T00:00:00Z' }
  const lock = (userId: string) =>
    holder.query(`select pg_advisory_xact_lock(hashtextextended($1 || ':steps', 0))`, [userId])

  test('are not deleted while somebody writes them', async () => {
    const { userId, token } = await createUserWithToken(server)
    await send(server, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 3))
    await lock(userId)
    const deleting = call(server, 'DELETE', '/api/v1.1/samples', { token, json: range })
    expect((await answerAfterRelease(deleting)).body).toEqual({ deleted: 3 })
  })

  test('that somebody holds do not keep those of others from being written, however many are held', async () => {
    const held = await Promise.all(Array.from({ length: 4 }, () => createUserWithToken(server)))
    const others = await Promise.all(Array.from({ length: 4 }, () => createUserWithToken(server)))
    const walk = stepSamples('2024-01-05T10:00:00Z', 3)
    for (const { token } of held) await send(server, token, 'steps', walk)
    await holder.query('select from changed_day where user_id = any($1) for update', [held.map(({ userId }) => userId)])
    const later = stepSamples('2024-01-05T11:00:00Z', 3)
    const sending = []
    for (const [index, { token }] of held.entries()) {
      sending.push(send(server, token, 'steps', later))
      await expect.poll(waiting).toBe(index + 1)
    }
    for (const { token } of others) expect((await send(server, token, 'steps', walk)).status).toBe(200)
    const answers = await answerAfterRelease(Promise.all(sending))
    expect(answers.map(({ body }) => body.inserted)).toEqual([3, 3, 3, 3])
  })
})
