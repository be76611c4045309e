import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { announceAll, announceChanges } from '../../src/summaries/announce-changes.ts'
import { announceJob } from '../../src/summaries/jobs.ts'
import { decompressBody } from '../../src/webhooks/compress-body.ts'
import { sweepChanges } from '../../src/summaries/sweep-changes.ts'
import { bpmSamples, call, createUserWithToken, send, stepSamples } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

/** No worker: what is announced waits in the tables, and nobody is called. */
let server: TestServer

beforeAll(async () => {
  server = await startServer({ worker: false })
  const json = { webhookUrl: 'http://127.0.0.1:9/hook' }
  expect((await call(server, 'POST', '/settings', { key: server.keys.live, json })).status).toBe(200)
})
afterAll(() => server.stop())

const rows = async (sql: string, userId: string) => (await server.context.pool.query(sql, [userId])).rows

const countMarks = async (userId: string) => (await rows('select from changed_day where user_id = $1', userId)).length

/** How many days each event about health data named. */
const daysOfEvents = async (userId: string) => {
  const sql = `select jsonb_array_length(data -> 'days') as days from event
               where user_id = $1 and type = 'devices.health-data' order by id`
  return (await rows(sql, userId)).map(({ days }) => days)
}

/** The users of each message about health data. */
const toldUsers = async (userId: string) => {
  const sql = `select m.body, m.encoding from message m join event e on e.id = m.event_id
               where e.user_id = $1 and e.type = 'devices.health-data' order by e.id`
  return (await rows(sql, userId)).map((stored) => JSON.parse(decompressBody(stored).toString()).users)
}

describe('announcing changes', () => {
  test('leaves the marks when the event cannot be written', async () => {
    const { userId, token } = await createUserWithToken(server)
    await send(server, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 3))
    const { pool } = server.context
    await pool.query(`alter table event add constraint refuse check (type <> 'devices.health-data') not valid`)
    await expect(announceChanges(server.context, [userId])).rejects.toMatchObject({ code: '23514' })
    expect(await countMarks(userId)).toBe(1)

    await pool.query('alter table event drop constraint refuse')
    await announceChanges(server.context, [userId])
    expect([await countMarks(userId), await daysOfEvents(userId)]).toEqual([0, [1]])
    await announceChanges(server.context, [userId])
    expect(await daysOfEvents(userId)).toEqual([1])
  })

  test('of many users at once tells of each; one that cannot be told of keeps its marks, and nobody else theirs', async () => {
    const users = await Promise.all(Array.from({ length: 40 }, () => createUserWithToken(server)))
    for (const { token } of users) await send(server, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 3))
    const ids = users.map(({ userId }) => userId)
    const refused = ids[7]!
    const { pool } = server.context
    await pool.query(
      `alter table event add constraint refuse check (user_id <> '${refused}' or type <> 'devices.health-data') not valid`,
    )
    const failures = await announceAll(server.context, ids, new AbortController().signal)
    await pool.query('alter table event drop constraint refuse')
    expect(failures).toMatchObject([{ code: '23514' }])
    for (const id of ids) {
      const isTold = id !== refused
      expect([await countMarks(id), await daysOfEvents(id)]).toEqual(isTold ? [0, [1]] : [1, []])
      if (isTold) expect(await toldUsers(id)).toMatchObject([[{ userId: id, activity: [{}] }]])
    }
  })

  test('takes no more days at once than it may, however many were marked since they were counted', async () => {
    const users = await Promise.all(Array.from({ length: 5 }, () => createUserWithToken(server)))
    const data = Array.from({ length: 10 }, (_, i) =>
      stepSamples(`2024-01-${String(i + 1).padStart(2, '0')}T10:00:00Z`, 1),
    )
    for (const { token } of users) await send(server, token, 'steps', data.flat())
    const ids = users.map(({ userId }) => userId)
    await announceChanges(server.context, ids)
    const left = (await Promise.all(ids.map(countMarks))).reduce((total, count) => total + count, 0)
    expect(left).toBe(50 - 33)
    const jobs = server.context.queue.startWorkers([announceJob], server.context)
    await expect.poll(() => Promise.all(ids.map(countMarks))).toEqual(ids.map(() => 0))
    await jobs.stop(1000)
    const told = await Promise.all(ids.map(daysOfEvents))
    expect(told.map((days) => days.reduce((total: number, count: number) => total + count, 0))).toEqual(
      ids.map(() => 10),
    )
  })

  test('is swept up for all but those that cannot be told of, however many they are', async () => {
    const users = await Promise.all(Array.from({ length: 6 }, () => createUserWithToken(server)))
    for (const { token } of users) await send(server, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 3))
    const ids = users.map(({ userId }) => userId).toSorted()
    const { pool } = server.context
    // As many as a sweep takes at a time stand before them, and cannot be told of.
    const before = Array.from({ length: 100 }, (_, i) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`)
    await pool.query(
      `insert into app_user (id, tenant_id, app_user_id)
       select u, (select tenant_id from app_user where id = $2), u from unnest($1::text[]::uuid[]) as u`,
      [before, ids[0]],
    )
    await pool.query(
      `insert into changed_day (user_id, data_type, day, marked_at, changed_from, changed_to)
       select u, 'steps', '2024-01-05', now(), now(), now() from unnest($1::uuid[]) as u`,
      [before],
    )
    await pool.query(
      `alter table event add constraint refuse check (user_id is null or user_id::text not like '00000000-%') not valid`,
    )
    await pool.query(`update changed_day set marked_at = now() - interval '1 minute'`)
    await sweepChanges(server.context, new AbortController().signal)
    await pool.query('alter table event drop constraint refuse')
    expect(await Promise.all(ids.map(countMarks))).toEqual(ids.map(() => 0))
    expect(await Promise.all(before.map(countMarks))).toEqual(before.map(() => 1))
    await pool.query('delete from app_user where id = any ($1)', [before])
  })

  test('lists the samples where they fit, whatever the provider had merged of them besides', async () => {
    const { userId, token } = await createUserWithToken(server)
    const days = Array.from({ length: 25 }, (_, i) => new Date(Date.UTC(2024, 0, 1 + i, 10)).toISOString())
    const rates = Array.from({ length: 40 }, (_, i) => 60 + i)
    for (const day of days) await send(server, token, 'bpm', bpmSamples(day, rates))
    await server.context.pool.query(
      `insert into device (id, user_id, provider, name, kind)
       values (gen_random_uuid(), $1, 'apple', 'hourly totals', 'merged_hourly')`,
      [userId],
    )
    // As if the phone's platform had sent a mean an hour as well.
    await server.context.pool.query(
      `insert into sample_day (user_id, data_type, day, device_id, revision, count, sum, min, max, packed, values)
       select d.user_id, d.data_type, d.day, v.id, 1, d.count, d.sum, d.min, d.max, d.packed, d.values
       from sample_day d join device v on v.user_id = d.user_id and v.kind = 'merged_hourly' where d.user_id = $1`,
      [userId],
    )
    await announceChanges(server.context, [userId])
    const [[user]] = await toldUsers(userId)
    expect(user.truncated).toBeUndefined()
    expect(user.biometrics.map(({ heart_rate }: any) => heart_rate.samples_bpm.length)).toEqual(days.map(() => 40))
  })

  test('tells of the biometrics only of days whose heart rate changed', async () => {
    const { userId, token } = await createUserWithToken(server)
    await send(server, token, 'bpm', bpmSamples('2024-01-05T10:00:00Z', [60, 61, 62]))
    await send(server, token, 'steps', stepSamples('2024-01-06T10:00:00Z', 3))
    await announceChanges(server.context, [userId])
    await send(server, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 3))
    await announceChanges(server.context, [userId])

    const [[both], [stepsOnly]] = await toldUsers(userId)
    expect(both.biometrics.map(({ metadata }: any) => metadata.date)).toEqual(['2024-01-05'])
    expect(both.activity.map(({ metadata }: any) => metadata.date)).toEqual(['2024-01-05', '2024-01-06'])
    expect(stepsOnly.biometrics).toEqual([])
    expect(stepsOnly.activity).toMatchObject([{ summary: { movement: { steps_count: 30 } } }])
  })

  test('makes no message of what a provider sent that is disconnected since', async () => {
    const { userId, token } = await createUserWithToken(server)
    await send(server, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 3))
    await call(server, 'DELETE', `/user/${userId}/revoke?provider=apple`, { key: server.keys.live })
    await announceChanges(server.context, [userId])
    expect([await countMarks(userId), await toldUsers(userId)]).toEqual([0, []])
  })

  test('tells of many days in several messages, one after the other, without the sweeper', async () => {
    const { userId, token } = await createUserWithToken(server)
    const data = Array.from({ length: 65 }, (_, i) =>
      stepSamples(new Date(Date.UTC(2024, 0, 1 + i, 10)).toISOString(), 1),
    ).flat()
    const jobs = server.context.queue.startWorkers([announceJob], server.context)
    await send(server, token, 'steps', data)
    await expect.poll(() => daysOfEvents(userId)).toEqual([30, 30, 5])
    await jobs.stop(1000)
    const dates = (await toldUsers(userId)).flatMap(([{ activity }]) =>
      activity.map(({ metadata }: any) => metadata.date),
    )
    expect(dates).toEqual(data.map(({ start_date }) => start_date.slice(0, 10)))
  })
})
