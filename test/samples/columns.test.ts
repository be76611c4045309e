import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call, createUserWithToken, send, sendAny, stepSamples } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

const MEDIA_TYPE = 'application/vnd.pulsewell.columns+json'
const START = '2024-01-05T10:00:00Z'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ worker: false })
})
afterAll(() => server.stop())

const sendColumns = (token: string, columns: object, version = 'v2', headers = {}) =>
  call(server, 'POST', `/api/${version}/samples`, {
    token,
    headers: { 'content-type': MEDIA_TYPE, ...headers },
    body: JSON.stringify(columns),
  })

const walk = {
  data_type: 'steps',
  unit: 'count',
  devices: [{ name: 'iPhone' }, { name: 'Apple Watch', version: '10.1', type: 'watch' }],
  start: START,
  offsets: [0, 60_000, 120_000],
  durations: 60_000,
  device: [0, 1, 0],
  values: [10, 20, 30],
}

describe('a batch in columns', () => {
  test('is the same batch as in the long form, and has the same answers', async () => {
    const { userId, token } = await createUserWithToken(server)
    const samples = stepSamples(START, 3).map((sample, index) => ({
      ...sample,
      ...(index === 1 ? { device_name: 'Apple Watch', device_version: '10.1', device_type: 'watch' } : {}),
      value: 10 * (index + 1),
    }))
    expect((await sendColumns(token, walk)).body).toEqual({ inserted: 3, updated: 0, unchanged: 0, rejected: [] })
    expect((await sendAny(server, token, 'steps', samples)).body).toMatchObject({ inserted: 0, unchanged: 3 })
    expect((await sendColumns(token, { ...walk, values: [10, 21, 30] })).body).toMatchObject({ updated: 1 })
    const { body } = await call(server, 'GET', `/activity?userId=${userId}&date=2024-01-05`, { key: server.keys.live })
    expect(body[0].summary.movement.steps_count).toBe(61)
  })

  test('has units, intervals, and one device where none is named', async () => {
    const { userId, token } = await createUserWithToken(server)
    const devices = [{ name: 'Scale' }]
    const one = { devices, start: START, offsets: [0] }
    expect((await sendColumns(token, { ...one, data_type: 'weight', unit: 'lb', values: [180] })).status).toBe(200)
    expect(
      (await sendColumns(token, { ...one, data_type: 'sleep', durations: [3_600_000], kinds: ['deep'] })).status,
    ).toBe(200)
    const read = async (shape: string) =>
      (await call(server, 'GET', `/${shape}?userId=${userId}&date=2024-01-05`, { key: server.keys.live })).body[0]
    expect((await read('body')).weight_kg).toBe(81.646627)
    expect((await read('sleep')).durations.deep_seconds).toBe(3600)
  })

  test('may be taken in part', async () => {
    const { token } = await createUserWithToken(server)
    const bad = { ...walk, values: [10, 'x', 30], durations: [60_000, 60_000, -1] }
    const refused = await sendColumns(token, bad)
    expect([refused.status, refused.body.error.details]).toEqual([
      422,
      [
        { index: 1, field: 'values', reason: expect.any(String) },
        { index: 2, field: 'durations', reason: expect.any(String) },
      ],
    ])
    const { body } = await sendColumns(token, bad, 'v2', { prefer: 'handling=lenient' })
    expect(body).toMatchObject({ inserted: 1, rejected: [{ index: 1 }, { index: 2 }] })
  })

  test.each([
    ['values that are fewer', { values: [1] }, 'values'],
    ['no values', { values: undefined }, 'values'],
    ['kinds of what has none', { kinds: ['deep', 'deep', 'deep'] }, 'kinds'],
    ['another unit', { unit: 'kg' }, 'unit'],
    ['no unit', { unit: undefined }, 'unit'],
    ['no device', { devices: [] }, 'devices'],
    ['a device without a name', { devices: [{ name: '' }] }, 'devices.0.name'],
    ['a reserved name', { devices: [{ name: 'HealthKit by the day' }] }, 'devices.0.name'],
    ['a start that is none', { start: 'today' }, 'start'],
    ['a type that there is not', { data_type: 'aura' }, 'data_type'],
    ['something more', { color: 'red' }, 'color'],
    ['more than 1000', { offsets: Array.from({ length: 1001 }, (_, i) => i) }, 'offsets'],
  ])('%s: refused, by name', async (_, change, field) => {
    const { token } = await createUserWithToken(server)
    const { status, body } = await sendColumns(token, { ...walk, ...change })
    expect(status).toBe(422)
    expect(body.error.details.map((detail: any) => detail.field)).toContain(field)
  })

  test.each([
    ['an offset that is no number', { offsets: [0, '1', 2] }, { index: 1, field: 'offsets' }],
    ['a fraction of a ms', { offsets: [0, 1.5, 2] }, { index: 1, field: 'offsets' }],
    ['a time before 1970', { offsets: [0, 1, -2e12] }, { index: 2, field: 'offsets' }],
    ['a device that is not there', { device: [0, 2, 0] }, { index: 1, field: 'device' }],
    ['a device by its name', { device: [0, 'length', 0] }, { index: 1, field: 'device' }],
    ['more than seven days', { durations: [1, 1, 604_800_001] }, { index: 2, field: 'durations' }],
    ['a count of 0', { values: [1, 0, 1] }, { index: 1, field: 'values' }],
    ['more than anyone walks', { values: [1, 1e9, 1] }, { index: 1, field: 'values' }],
  ])('%s: refused, by its index', async (_, change, fault) => {
    const { token } = await createUserWithToken(server)
    const { status, body } = await sendColumns(token, { ...walk, ...change })
    expect([status, body.error.details]).toEqual([422, [{ ...fault, reason: expect.any(String) }]])
  })

  test('v1.1 takes three steps or heart rates at least; and what is no JSON is refused', async () => {
    const { token } = await createUserWithToken(server)
    expect((await sendColumns(token, walk, 'v1.1')).status).toBe(200)
    const two = { ...walk, offsets: [0, 1], device: [0, 0], values: [1, 2] }
    expect((await sendColumns(token, two, 'v1.1')).status).toBe(422)
    expect((await sendColumns(token, { ...walk, data_type: 'weight', unit: 'kg' }, 'v1.1')).status).toBe(422)
    const broken = { token, headers: { 'content-type': MEDIA_TYPE }, body: '{' }
    expect((await call(server, 'POST', '/api/v2/samples', broken)).status).toBe(400)
    expect((await send(server, token, 'steps', [])).status).toBe(422)
  })
})
