import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bpmSamples, call, createUserWithToken, send, stepSamples, type WireSample } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startServer({ worker: false })
})
afterAll(() => server.stop())

const read = (parameters: Record<string, string>, key = server.keys.live) =>
  call(server, 'GET', `/api/v1.1/samples?${new URLSearchParams(parameters).toString()}`, { key })

async function walk(
  parameters: Record<string, string>,
  between?: (page: number) => Promise<void>,
): Promise<WireSample[]> {
  const all: WireSample[] = []
  let cursor: string | null = ''
  for (let page = 0; cursor !== null; page++) {
    const { status, body } = await read({ ...parameters, ...(cursor === '' ? {} : { cursor }) })
    expect(status).toBe(200)
    all.push(...body.data)
    cursor = body.next_cursor
    await between?.(page)
  }
  return all
}

describe('reading samples back', () => {
  test('in time order, in the shape and unit they are stored in', async () => {
    const { userId, token } = await createUserWithToken(server)
    await send(server, token, 'steps', stepSamples('2024-01-05T23:59:00Z', 3, 7).toReversed())
    await send(server, token, 'bpm', bpmSamples('2024-01-05T10:00:00Z', [60, 61, 62]))
    const { body } = await read({ userId, data_type: 'steps' })
    expect(body).toEqual({
      data: ['2024-01-05T23:59:00.000Z', '2024-01-06T00:00:00.000Z', '2024-01-06T00:01:00.000Z'].map((start_date) => ({
        data_type: 'steps',
        device_name: 'iPhone',
        start_date,
        end_date: new Date(Date.parse(start_date) + 60_000).toISOString(),
        value: 7,
        unit: 'count',
      })),
      next_cursor: null,
    })
  })

  test('start is in the range, end is not; offsets are understood', async () => {
    const { userId, token } = await createUserWithToken(server)
    await send(server, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 10))
    const parameters = { userId, data_type: 'steps', start: '2024-01-05T12:03:00+02:00', end: '2024-01-05T10:05:00Z' }
    const { body } = await read(parameters)
    expect(body.data.map((sample: WireSample) => sample.start_date)).toEqual([
      '2024-01-05T10:03:00.000Z',
      '2024-01-05T10:04:00.000Z',
    ])
  })

  test('a walk in pages sees every sample once, over days and devices', async () => {
    const { userId, token } = await createUserWithToken(server)
    const sent = [
      ...stepSamples('2024-01-05T20:00:00Z', 400, 1, 'iPhone'),
      ...stepSamples('2024-01-05T20:00:00Z', 400, 2, 'Apple Watch'),
      ...stepSamples('2024-02-01T00:00:00Z', 3, 3, 'iPhone'),
    ]
    await send(server, token, 'steps', sent)
    for (const limit of ['1000', '100', '7']) {
      const seen = await walk({ userId, data_type: 'steps', limit })
      expect(seen).toHaveLength(803)
      expect(new Set(seen.map((sample) => `${sample.device_name} ${sample.start_date}`)).size).toBe(803)
      expect(seen.map(({ start_date }) => start_date)).toEqual(seen.map(({ start_date }) => start_date).toSorted())
    }
  })

  test('a walk is stable while data arrives before and after where it is', async () => {
    const { userId, token } = await createUserWithToken(server)
    const sent = stepSamples('2024-01-05T10:00:00Z', 300)
    await send(server, token, 'steps', sent)
    const seen = await walk({ userId, data_type: 'steps', limit: '50' }, async (page) => {
      await send(server, token, 'steps', stepSamples('2024-01-04T00:00:30Z', 100 + page, 5))
      await send(server, token, 'steps', stepSamples('2024-01-05T10:00:30Z', 3, 5, `ring ${page}`))
    })
    const times = seen
      .filter(({ device_name, value }) => device_name === 'iPhone' && value === 10)
      .map((s) => s.start_date)
    expect(times).toEqual(sent.map(({ start_date }) => start_date))
  })

  test('the default is 100 samples', async () => {
    const { userId, token } = await createUserWithToken(server)
    await send(server, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 101))
    const { body } = await read({ userId, data_type: 'steps' })
    expect(body.data).toHaveLength(100)
    expect(body.next_cursor).toEqual(expect.any(String))
  })

  test('a user without samples', async () => {
    const { userId } = await createUserWithToken(server)
    expect((await read({ userId, data_type: 'bpm' })).body).toEqual({ data: [], next_cursor: null })
  })

  test.each<[number, Record<string, string>, string]>([
    [422, { data_type: 'miles' }, 'data_type'],
    [422, { limit: '0' }, 'limit'],
    [422, { limit: '1001' }, 'limit'],
    [422, { limit: 'many' }, 'limit'],
    [422, { start: 'yesterday' }, 'start'],
    [422, { end: '2024-01-05' }, 'end'],
    [422, { cursor: 'nonsense' }, 'cursor'],
    [422, { cursor: Buffer.from('[1,2,"x"]').toString('base64url') }, 'cursor'],
    [422, { cursor: Buffer.from('[1e300,2,"00000000-0000-0000-0000-000000000000"]').toString('base64url') }, 'cursor'],
    [422, { userId: 'me' }, 'userId'],
    [400, { page: '2' }, 'page'],
  ])('%i for %j', async (status, parameters, field) => {
    const { userId } = await createUserWithToken(server)
    const answer = await read({ userId, data_type: 'steps', ...parameters })
    expect(answer.status).toBe(status)
    expect(answer.body.error.details).toContainEqual({ field, reason: expect.any(String) })
  })

  test("another account's user does not exist, nor does another environment's", async () => {
    const { userId } = await createUserWithToken(server)
    const answer = await read({ userId, data_type: 'steps' }, server.keys.sandbox)
    expect(answer.status).toBe(404)
    expect(answer.body.error.code).toBe('USER_NOT_FOUND')
    expect((await read({ userId, data_type: 'steps' }, server.keys.client)).status).toBe(403)
    expect((await read({ userId, data_type: 'steps' }, 'sk_live_nonsense')).status).toBe(401)
  })
})

describe('deleting samples', () => {
  const remove = (token: string, json: unknown) => call(server, 'DELETE', '/api/v1.1/samples', { token, json })

  test('removes what starts in the range, of one device or of all, and recomputes the day', async () => {
    const { userId, token } = await createUserWithToken(server)
    await send(server, token, 'steps', [
      ...stepSamples('2024-01-05T10:00:00Z', 10, 5, 'iPhone'),
      ...stepSamples('2024-01-05T10:00:00Z', 10, 1, 'Apple Watch'),
    ])
    const range = { data_type: 'steps', start: '2024-01-05T10:02:00Z', end: '2024-01-05T10:05:00Z' }
    expect((await remove(token, { ...range, device_name: 'iPhone' })).body).toEqual({ deleted: 3 })
    expect((await remove(token, { ...range, device_name: 'iPhone' })).body).toEqual({ deleted: 0 })
    expect((await remove(token, range)).body).toEqual({ deleted: 3 })
    const day = await call(server, 'GET', `/activity?userId=${userId}&date=2024-01-05`, { key: server.keys.live })
    // The watch is believed where both counted.
    expect(day.body[0].summary.movement.steps_count).toBe(7)
    expect((await read({ userId, data_type: 'steps' })).body.data).toHaveLength(14)
  })

  test('empties days over years, and what is sent again is there again', async () => {
    const { userId, token } = await createUserWithToken(server)
    const sent = Array.from({ length: 120 }, (_, day) =>
      stepSamples(new Date(Date.UTC(2022, 0, 1 + 7 * day)).toISOString(), 2),
    ).flat()
    await send(server, token, 'steps', sent)
    const all = { data_type: 'steps', start: '1970-01-01T00:00:00Z', end: '2099-12-31T00:00:00Z' }
    expect((await remove(token, all)).body).toEqual({ deleted: 240 })
    expect((await read({ userId, data_type: 'steps' })).body.data).toEqual([])
    const day = await call(server, 'GET', `/activity?userId=${userId}&date=2022-01-01`, { key: server.keys.live })
    expect(day.body).toEqual([])
    expect((await send(server, token, 'steps', sent)).body.inserted).toBe(240)
  })

  test("leaves other types, other users and other providers' samples alone", async () => {
    const { userId, token } = await createUserWithToken(server)
    const minted = await call(server, 'POST', `/user/${userId}/token?provider=fitbit`, { key: server.keys.live })
    const samples = stepSamples('2024-01-05T10:00:00Z', 3)
    await send(server, token, 'steps', samples)
    await send(server, minted.body.access_token, 'steps', samples)
    await send(server, token, 'bpm', bpmSamples('2024-01-05T10:00:00Z', [60, 61, 62]))
    const range = { data_type: 'steps', start: '2024-01-05T00:00:00Z', end: '2024-01-06T00:00:00Z' }
    expect((await remove(token, range)).body).toEqual({ deleted: 3 })
    expect((await read({ userId, data_type: 'steps' })).body.data).toHaveLength(3)
    expect((await read({ userId, data_type: 'bpm' })).body.data).toHaveLength(3)
  })

  test('the days that a removed sample reached into are marked as changed too', async () => {
    const { userId, token } = await createUserWithToken(server)
    const long = {
      device_name: 'iPhone',
      start_date: '2024-01-05T12:00:00Z',
      end_date: '2024-01-07T12:00:00Z',
      value: 48,
      unit: 'count',
    }
    await send(server, token, 'steps', [long, ...stepSamples('2024-01-05T10:00:00Z', 2)])
    await server.context.pool.query('delete from changed_day where user_id = $1', [userId])
    await remove(token, { data_type: 'steps', start: '2024-01-05T12:00:00Z', end: '2024-01-05T12:00:01Z' })
    const { rows } = await server.context.pool.query(
      'select day::text from changed_day where user_id = $1 order by day',
      [userId],
    )
    expect(rows.map(({ day }) => day)).toEqual(['2024-01-05', '2024-01-06', '2024-01-07'])
  })

  test.each<[unknown, string]>([
    [{ start: '2024-01-05T00:00:00Z', end: '2024-01-06T00:00:00Z' }, 'data_type'],
    [{ data_type: 'steps', end: '2024-01-06T00:00:00Z' }, 'start'],
    [{ data_type: 'steps', start: '2024-01-06T00:00:00Z', end: '2024-01-06T00:00:00Z' }, 'end'],
    [{ data_type: 'steps', start: '2024-01-05T00:00:00Z', end: '2024-01-06T00:00:00Z', all: true }, 'all'],
  ])('422 for %j', async (json, field) => {
    const { token } = await createUserWithToken(server)
    const answer = await remove(token, json)
    expect(answer.status).toBe(422)
    expect(answer.body.error.details).toContainEqual({ field, reason: expect.any(String) })
  })
})
