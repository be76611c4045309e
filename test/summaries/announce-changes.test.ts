import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { announceChanges } from '../../src/summaries/announce-changes.ts'
import { announceJob } from '../../src/summaries/jobs.ts'
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
  const sql = `select convert_from(m.body, 'UTF8')::json -> 'users' as users
               from message m join event e on e.id = m.event_id
               where e.user_id = $1 and e.type = 'devices.health-data' order by e.id`
  return (await rows(sql, userId)).map(({ users }) => users)
}

describe('announcing changes', () => {
  test('leaves the marks when the event cannot be written', async () => {
    const { userId, token } = await createUserWithToken(server)
    await send(server, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 3))
    const { pool } = server.context
    await pool.query(`alter table event add constraint refuse check (type <> 'devices.health-data') not valid`)
    await expect(announceChanges(server.context, userId)).rejects.toMatchObject({ code: '23514' })
    expect(await countMarks(userId)).toBe(1)

    await pool.query('alter table event drop constraint refuse')
    await announceChanges(server.context, userId)
    expect([await countMarks(userId), await daysOfEvents(userId)]).toEqual([0, [1]])
    await announceChanges(server.context, userId)
    expect(await daysOfEvents(userId)).toEqual([1])
  })

  test('tells of the biometrics only of days whose heart rate changed', async () => {
    const { userId, token } = await createUserWithToken(server)
    await send(server, token, 'bpm', bpmSamples('2024-01-05T10:00:00Z', [60, 61, 62]))
    await send(server, token, 'steps', stepSamples('2024-01-06T10:00:00Z', 3))
    await announceChanges(server.context, userId)
    await send(server, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 3))
    await announceChanges(server.context, userId)

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
    await announceChanges(server.context, userId)
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
