import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { removeExpiredTokens } from '../../src/accounts/user-tokens.ts'
import { removeExpiredConnectTokens } from '../../src/connect/connect-tokens.ts'
import { call, createUserWithToken } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const never = new AbortController().signal

let server: TestServer
const began = Date.now()
let skewMs = 0
const now = () => new Date(began + skewMs)

beforeAll(async () => {
  server = await startServer({ worker: false, now })
})
afterAll(() => server.stop())
beforeEach(() => {
  skewMs = 0
})

const rows = async (sql: string, values: unknown[] = []) => (await server.context.pool.query(sql, values)).rows

describe('clean-up', () => {
  const clean = (signal = never) => removeExpiredTokens(server.context.pool, now(), signal)
  const kinds = (userId: string) =>
    rows(`select t.kind from user_token t join token_family f on f.id = t.family_id where f.user_id = $1 order by 1`, [
      userId,
    ]).then((found) => found.map(({ kind }) => kind))
  const families = async (userId: string) =>
    (await rows('select from token_family where user_id = $1', [userId])).length

  test('removes user tokens that have expired, and families that have none left', async () => {
    const early = await createUserWithToken(server)
    skewMs = 60 * DAY
    const late = await createUserWithToken(server)
    await clean()
    expect([await kinds(early.userId), await families(early.userId)]).toEqual([['refresh'], 1])
    expect([await kinds(late.userId), await families(late.userId)]).toEqual([['access', 'refresh'], 1])
    skewMs = 90 * DAY + MINUTE
    await clean()
    expect([await kinds(early.userId), await families(early.userId)]).toEqual([[], 0])
    expect([await kinds(late.userId), await families(late.userId)]).toEqual([['refresh'], 1])
  })

  test('goes on until there are none, unless it is told to stop', async () => {
    const { userId } = await createUserWithToken(server)
    await server.context.pool.query(
      `insert into user_token (hash, family_id, kind, expires_at)
       select decode(md5(i::text), 'hex'), f.id, 'access', $2
       from token_family f, generate_series(1, 2001) i where f.user_id = $1`,
      [userId, new Date(began - MINUTE)],
    )
    await clean(AbortSignal.abort())
    expect(await kinds(userId)).toHaveLength(2003)
    await clean()
    expect(await kinds(userId)).toEqual(['access', 'refresh'])
  })

  test('removes connect tokens that have expired', async () => {
    const { userId } = await createUserWithToken(server)
    const ask = () => call(server, 'GET', `/user/connect/token?userId=${userId}`, { key: server.keys.live })
    await ask()
    skewMs = 9 * MINUTE
    await ask()
    const left = () => rows('select expires_at from connect_token where user_id = $1', [userId])
    const cleanConnect = () => removeExpiredConnectTokens({ ...server.context, now })
    await cleanConnect()
    expect(await left()).toHaveLength(2)
    skewMs = 11 * MINUTE
    await cleanConnect()
    expect(await left()).toEqual([{ expires_at: new Date(began + 19 * MINUTE) }])
  })
})

test('the last use of a key is written once a minute', async () => {
  await server.context.pool.query(`
    create table written (at timestamptz);
    create function note_use() returns trigger language plpgsql as
      $$ begin insert into written values (new.last_used_at); return new; end $$;
    create trigger note_use before update on api_key for each row execute function note_use()`)
  const last = async () => (await rows('select at from written order by at desc limit 1')).map(({ at }) => +at - began)
  const use = () => call(server, 'GET', '/user', { key: server.keys.sandbox })
  await use()
  await expect.poll(last).toEqual([0])
  skewMs = MINUTE - 1
  await use()
  skewMs = MINUTE
  await use()
  await expect.poll(last).toEqual([MINUTE])
  const written = await rows('select at from written order by at')
  expect(written.map(({ at }) => +at - began)).toEqual([0, MINUTE])
})
