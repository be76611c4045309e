import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packDay } from '../../src/samples/pack-day.ts'
import { createUserWithToken, send, stepSamples } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startServer({ worker: false })
})
afterAll(() => server.stop())

const rows = async (sql: string, userId: string) => (await server.context.pool.query(sql, [userId])).rows

describe('devices', () => {
  test('the hundred and first is refused in a later batch too, and the known ones are taken', async () => {
    const { userId, token } = await createUserWithToken(server)
    const [sample] = stepSamples('2024-01-05T10:00:00Z', 1)
    const hundred = Array.from({ length: 100 }, (_, i) => ({ ...sample!, device_name: `device ${i}` }))
    expect((await send(server, token, 'steps', hundred)).body.inserted).toBe(100)

    const known = stepSamples('2024-01-06T10:00:00Z', 3, 10, 'device 7')
    const refused = await send(server, token, 'steps', [...known, { ...sample!, device_name: 'another' }])
    expect([refused.status, refused.body.error.code]).toEqual([422, 'TOO_MANY_DEVICES'])
    expect(await rows('select from device where user_id = $1', userId)).toHaveLength(100)
    const updated = known.map((one) => ({ ...one, device_version: '2' }))
    expect((await send(server, token, 'steps', updated)).body.inserted).toBe(3)
  })

  test('a version is kept until another is told', async () => {
    const { userId, token } = await createUserWithToken(server)
    const seen = []
    for (const [hour, version] of [
      [10, '1'],
      [11, undefined],
      [12, '2'],
    ] as const) {
      const [first, ...others] = stepSamples(`2024-01-05T${hour}:00:00Z`, 3)
      const told = version === undefined ? first! : { ...first!, device_version: version }
      await send(server, token, 'steps', [told, ...others])
      seen.push(...(await rows('select version from device where user_id = $1', userId)))
    }
    expect(seen.map(({ version }) => version)).toEqual(['1', '1', '2'])
  })
})

describe('samples of a device on a day', () => {
  /** As if the device had sent one each 100 ms from 00:00. */
  async function fillDay(userId: string, count: number): Promise<void> {
    const ones = Array.from({ length: count }, () => 1)
    const { packed } = packDay({ starts: ones.map((_, i) => i * 100), durations: ones.map(() => 0), values: ones })
    const text = 'update sample_day set count = $2::int, sum = $2::int, packed = $3 where user_id = $1'
    await server.context.pool.query(text, [userId, count, packed])
  }

  test('200,000 are taken and no more', async () => {
    const { userId, token } = await createUserWithToken(server)
    await send(server, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 3))
    await fillDay(userId, 199_997)
    expect((await send(server, token, 'steps', stepSamples('2024-01-05T20:00:00Z', 3))).body.inserted).toBe(3)
    const refused = await send(server, token, 'steps', stepSamples('2024-01-05T21:00:00Z', 3))
    expect([refused.status, refused.body.error.code]).toEqual([422, 'TOO_MANY_SAMPLES'])
    expect(await rows('select count from sample_day where user_id = $1', userId)).toEqual([{ count: 200_000 }])
    expect((await send(server, token, 'steps', stepSamples('2024-01-05T20:00:00Z', 3))).body.unchanged).toBe(3)
    expect((await send(server, token, 'steps', stepSamples('2024-01-06T21:00:00Z', 3))).body.inserted).toBe(3)
  })
})
