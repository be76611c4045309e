import { beforeAll, expect, test } from 'vitest'
import { withClient } from '../../src/database/open-database.ts'
import { call, createUserWithToken, send, stepSamples, type WireSample } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

const ROUNDS = 50
const BATCHES = 16
const MINUTES = 600

let server: TestServer

beforeAll(async () => {
  // A connection for each batch: they must meet in Postgres, not queue up before it.
  server = await startServer({ environment: { DATABASE_POOL_SIZE: '20' } })
})

test('sixteen batches that overlap, at once, fifty times: every sample is there once', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const { userId, token } = await createUserWithToken(server)
    const day = stepSamples('2024-01-05T00:00:00Z', MINUTES, 1)
    const batches = Array.from({ length: BATCHES }, () => slice(day))
    const answers = await Promise.all(
      batches.map((batch) => afterMs(Math.random() * 20, () => send(server, token, 'steps', batch))),
    )

    expect(answers.map(({ status }) => status)).toEqual(batches.map(() => 200))
    const distinct = new Set(batches.flat().map(({ start_date }) => start_date))
    const inserted = answers.reduce((total, { body }) => total + body.inserted, 0)
    expect(inserted).toBe(distinct.size)
    const seen = await call(server, 'GET', `/api/v1.1/samples?userId=${userId}&data_type=steps&limit=1000`, {
      key: server.keys.live,
    })
    expect(seen.body.data.map((sample: WireSample) => sample.start_date)).toEqual([...distinct].toSorted())
    const total = await call(server, 'GET', `/activity?userId=${userId}&date=2024-01-05`, { key: server.keys.live })
    expect(total.body[0].summary.movement.steps_count).toBe(distinct.size)
  }
})

test('batches of both types with new devices in opposite order do not lock each other out', async () => {
  const { token } = await createUserWithToken(server)
  const devices = Array.from({ length: 50 }, (_, i) => `device ${i}`)
  const steps = devices.map((device) => stepSamples('2024-01-05T00:00:00Z', 1, 1, device)[0]!)
  const bpm = steps.map((sample) => ({ ...sample, unit: 'count/min', value: 60 })).toReversed()
  const answers = await Promise.all([send(server, token, 'steps', steps), send(server, token, 'bpm', bpm)])
  expect(answers.map(({ body }) => body.inserted)).toEqual([50, 50])
})

test('a user deleted while batches arrive: each is stored and gone, or refused, never a fault', async () => {
  for (let round = 0; round < 10; round++) {
    const { userId, token } = await createUserWithToken(server)
    const sending = Array.from({ length: 8 }, (_, i) => {
      const data = stepSamples(`2024-01-0${1 + i}T00:00:00Z`, 50, 1, `device ${i}`)
      return afterMs(Math.random() * 10, () => send(server, token, 'steps', data))
    })
    const deleted = afterMs(Math.random() * 10, () =>
      call(server, 'DELETE', `/user/${userId}`, { key: server.keys.live }),
    )
    expect((await deleted).status).toBe(200)
    for (const { status } of await Promise.all(sending)) expect([200, 401]).toContain(status)
    for (const table of ['sample_day', 'device', 'changed_day', 'connection', 'token_family', 'event']) {
      const { rows } = await server.context.pool.query(`select 1 from ${table} where user_id = $1`, [userId])
      expect(rows).toEqual([])
    }
  }
})

// A deadlock's victim is run again, so that no answer tells of it; Postgres counts them.
test('none of this made a deadlock', async () => {
  // A connection's counts are sure to be reported when it has ended.
  await server.stop()
  const { pathname, href } = new URL(server.databaseUrl)
  const elsewhere = new URL(href)
  elsewhere.pathname = '/postgres'
  await withClient(elsewhere.href, async (client) => {
    const database = [pathname.slice(1)]
    const connections = () => client.query('select from pg_stat_activity where datname = $1', database)
    await expect.poll(async () => (await connections()).rowCount).toBe(0)
    const { rows } = await client.query('select deadlocks::int from pg_stat_database where datname = $1', database)
    expect(rows).toEqual([{ deadlocks: 0 }])
  })
})

/** A random stretch of the day, in random order. */
function slice(day: WireSample[]): WireSample[] {
  const from = Math.floor(Math.random() * (day.length - 100))
  const length = 3 + Math.floor(Math.random() * 300)
  return day.slice(from, from + length).toSorted(() => Math.random() - 0.5)
}

async function afterMs<T>(ms: number, work: () => Promise<T>): Promise<T> {
  await new Promise((resolve) => setTimeout(resolve, ms))
  return work()
}
