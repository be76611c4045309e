import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bpmSamples, call, createUserWithToken, send, stepSamples, type WireSample } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let token: string
let userId: string

beforeAll(async () => {
  server = await startServer({ worker: false })
  const user = await createUserWithToken(server)
  token = user.token
  userId = user.userId
})
afterAll(() => server.stop())

/** Three good samples, the middle one changed. */
function batchWith(change: Partial<Record<keyof WireSample, unknown>>, kind: 'steps' | 'bpm' = 'steps'): unknown[] {
  const good =
    kind === 'steps' ? stepSamples('2024-01-05T10:00:00Z', 3) : bpmSamples('2024-01-05T10:00:00Z', [60, 61, 62])
  return good.map((sample, index) => (index === 1 ? { ...sample, ...change } : sample))
}

const accepted = {
  inserted: expect.any(Number),
  updated: expect.any(Number),
  unchanged: expect.any(Number),
  rejected: [],
}

describe('fields that are taken', () => {
  test.each<[string, 'steps' | 'bpm', Partial<Record<keyof WireSample, unknown>>]>([
    ['device_version', 'steps', { device_version: '17.0.3' }],
    ['no end_date', 'steps', { end_date: undefined }],
    ['end_date equal to start_date', 'steps', { end_date: '2024-01-05T10:01:00.000Z' }],
    ['an offset', 'steps', { start_date: '2024-01-05T14:01:00.000+04:00', end_date: '2024-01-05T14:02:00+04:00' }],
    ['fractions of a second beyond ms', 'steps', { start_date: '2024-01-05T10:01:00.123456Z' }],
    ['the largest steps', 'steps', { value: 30000 }],
    ['a fraction of a step', 'steps', { value: 0.5 }],
    ['the largest bpm', 'bpm', { value: 300 }],
    ['the largest count/s', 'bpm', { value: 5, unit: 'count/s' }],
    ['an emoji in a device name', 'steps', { device_name: 'Ada ⌚️' }],
    ['a sample across midnight', 'steps', { start_date: '2024-01-05T23:00:00Z', end_date: '2024-01-06T01:00:00Z' }],
  ])('%s', async (_, kind, change) => {
    const answer = await send(server, token, kind, batchWith(change, kind))
    expect(answer.body).toEqual(accepted)
    expect(answer.status).toBe(200)
  })

  test('1000 samples at once', async () => {
    const answer = await send(server, token, 'steps', stepSamples('2024-01-08T00:00:00Z', 1000))
    expect(answer.body).toEqual({ inserted: 1000, updated: 0, unchanged: 0, rejected: [] })
  })

  test('beats a second are stored as beats a minute', async () => {
    const data = bpmSamples('2024-01-09T00:00:00Z', [1.2, 1.25, 1.5]).map((sample) => ({ ...sample, unit: 'count/s' }))
    await send(server, token, 'bpm', data)
    const query = `userId=${userId}&data_type=bpm&start=2024-01-09T00:00:00Z&end=2024-01-10T00:00:00Z`
    const { body } = await call(server, 'GET', `/api/v1.1/samples?${query}`, { key: server.keys.live })
    expect(body.data.map((sample: { value: number; unit: string }) => [sample.value, sample.unit])).toEqual([
      [72, 'count/min'],
      [75, 'count/min'],
      [90, 'count/min'],
    ])
  })

  test('gzip bodies', async () => {
    const json = JSON.stringify({ data_type: 'steps', data: stepSamples('2024-01-10T00:00:00Z', 1000) })
    const answer = await call(server, 'POST', '/api/v1.1/samples', {
      token,
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: Uint8Array.from(gzipSync(json)),
    })
    expect(answer.body).toEqual({ inserted: 1000, updated: 0, unchanged: 0, rejected: [] })
  })
})

describe('a sample that breaks a rule is named, and nothing is stored', () => {
  test.each<[string, 'steps' | 'bpm', Partial<Record<keyof WireSample | 'extra', unknown>>, string, RegExp]>([
    ['no device_name', 'steps', { device_name: undefined }, 'device_name', /string/],
    ['an empty device_name', 'steps', { device_name: '' }, 'device_name', /1/],
    ['a device_name of 201 characters', 'steps', { device_name: 'x'.repeat(201) }, 'device_name', /200/],
    ['a NUL in a device_name', 'steps', { device_name: 'a\0b' }, 'device_name', /stored/],
    ['half a character in a device_name', 'steps', { device_name: 'a\ud800' }, 'device_name', /stored/],
    ['a device_version that is no string', 'steps', { device_version: 17 }, 'device_version', /string/],
    ['no start_date', 'steps', { start_date: undefined }, 'start_date', /string/],
    ['a start_date without offset', 'steps', { start_date: '2024-01-05T10:01:00' }, 'start_date', /ISO/],
    ['a start_date that does not exist', 'steps', { start_date: '2023-02-29T10:01:00Z' }, 'start_date', /ISO/],
    ['a start_date that is a number', 'steps', { start_date: 1704448860000 }, 'start_date', /string/],
    ['a start_date before 1970', 'steps', { start_date: '1969-12-31T23:59:59Z' }, 'start_date', /1970/],
    [
      'a start_date after 2099',
      'steps',
      { start_date: '2100-01-01T00:00:00Z', end_date: undefined },
      'start_date',
      /2099/,
    ],
    ['an end_date before start_date', 'steps', { end_date: '2024-01-05T10:00:59Z' }, 'end_date', /earlier/],
    ['an end_date a week and more later', 'steps', { end_date: '2024-01-12T10:01:01Z' }, 'end_date', /7 days/],
    ['an end_date that is no date', 'steps', { end_date: 'tomorrow' }, 'end_date', /ISO/],
    ['no unit', 'steps', { unit: undefined }, 'unit', /count/],
    ['an unknown unit', 'steps', { unit: 'miles' }, 'unit', /must be count for steps/],
    ['steps in count/min', 'steps', { unit: 'count/min' }, 'unit', /must be count for steps/],
    ['bpm in count', 'bpm', { unit: 'count' }, 'unit', /count\/min or count\/s for bpm/],
    ['no value', 'steps', { value: undefined }, 'value', /number/],
    ['a value of 0', 'steps', { value: 0 }, 'value', />0/],
    ['a negative value', 'steps', { value: -3 }, 'value', />0/],
    ['a value that is a string', 'steps', { value: '14' }, 'value', /number/],
    ['a value that is null (JSON has no NaN)', 'steps', { value: NaN }, 'value', /number/],
    ['too many steps', 'steps', { value: 30001 }, 'value', /30000 count/],
    ['too many beats a minute', 'bpm', { value: 300.1 }, 'value', /300 count\/min/],
    ['too many beats a second', 'bpm', { value: 5.1, unit: 'count/s' }, 'value', /5 count\/s/],
    ['an unknown field', 'steps', { extra: 1 }, 'extra', /not known/],
  ])('%s', async (_, kind, change, field, reason) => {
    const user = await createUserWithToken(server)
    const answer = await send(server, user.token, kind, batchWith(change, kind))
    expect(answer.status).toBe(422)
    expect(answer.body.error.code).toBe('VALIDATION_ERROR')
    expect(answer.body.error.details).toContainEqual({ index: 1, field, reason: expect.stringMatching(reason) })
    expect(new Set(answer.body.error.details.map((detail: { index: number }) => detail.index))).toEqual(new Set([1]))
    expect(await countSamples(user.userId)).toBe(0)
  })

  test('every bad sample, of two hundred the first hundred', async () => {
    const data = stepSamples('2024-01-05T10:00:00Z', 200).map((sample) => ({ ...sample, value: -1 }))
    const { body } = await send(server, token, 'steps', data)
    expect(body.error.details.map((detail: { index: number }) => detail.index)).toEqual(
      Array.from({ length: 100 }, (_, i) => i),
    )
  })

  test('a sample that is no object', async () => {
    const { status, body } = await send(server, token, 'steps', [
      ...stepSamples('2024-01-05T10:00:00Z', 3),
      null,
      'x',
      [],
    ])
    expect(status).toBe(422)
    expect(body.error.details.map((detail: { index: number }) => detail.index)).toEqual([3, 4, 5])
  })
})

describe('a batch that breaks a rule', () => {
  const data = stepSamples('2024-01-05T10:00:00Z', 3)
  test.each<[string, unknown, string]>([
    ['no data_type', { data }, 'data_type'],
    ['an unknown data_type', { data_type: 'miles', data }, 'data_type'],
    ['no data', { data_type: 'steps' }, 'data'],
    ['data that is no array', { data_type: 'steps', data: {} }, 'data'],
    ['2 samples', { data_type: 'steps', data: data.slice(1) }, 'data'],
    ['1001 samples', { data_type: 'steps', data: stepSamples('2024-01-05T10:00:00Z', 1001) }, 'data'],
    ['an unknown member', { data_type: 'steps', data, user: 'me' }, 'user'],
    ['no object', [1, 2, 3], 'data'],
    ['a text', 'steps', 'data'],
    ['nothing', null, 'data'],
  ])('%s', async (_, json, field) => {
    for (const prefer of ['handling=strict', 'handling=lenient']) {
      const answer = await call(server, 'POST', '/api/v1.1/samples', { token, json, headers: { prefer } })
      expect(answer.status).toBe(422)
      expect(answer.body.error.details).toContainEqual({ field, reason: expect.any(String) })
    }
  })
})

async function countSamples(ofUser: string): Promise<number> {
  const { rows } = await server.context.pool.query('select count(*)::int as n from samples where user_id = $1', [
    ofUser,
  ])
  return rows[0].n
}
