import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readProviderDays } from '../../src/summaries/provider-days.ts'
import { bpmSamples, call, createUserWithToken, send, stepSamples } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

const DATE = '2024-01-05'

let server: TestServer

beforeAll(async () => {
  server = await startServer({ worker: false })
})
afterAll(() => server.stop())

const get = async (route: string, userId: string, date = DATE) =>
  (await call(server, 'GET', `/${route}?userId=${userId}&date=${date}`, { key: server.keys.live })).body

const stepsOn = async (userId: string, date: string) =>
  (await get('activity', userId, date)).map((day: any) => day.summary.movement?.steps_count)

const long = (start_date: string, end_date: string, value: number) => ({
  device_name: 'iPhone',
  start_date,
  end_date,
  value,
  unit: 'count',
})

async function tokenFor(userId: string, provider: string): Promise<string> {
  const minted = await call(server, 'POST', `/user/${userId}/token?provider=${provider}`, { key: server.keys.live })
  return minted.body.access_token
}

describe('the heart rate of a day', () => {
  test('has the least and the greatest of samples in any order', async () => {
    const { userId, token } = await createUserWithToken(server)
    await send(server, token, 'bpm', bpmSamples(`${DATE}T10:00:00Z`, [70, 60, 95]))
    expect((await get('biometrics', userId))[0].heart_rate).toMatchObject({ min_bpm: 60, max_bpm: 95, avg_bpm: 75 })
  })

  test('is the mean over samples, not over devices', async () => {
    const { userId, token } = await createUserWithToken(server)
    await send(server, token, 'bpm', [
      ...bpmSamples(`${DATE}T10:00:00Z`, [60, 60, 60], 'ring'),
      ...bpmSamples(`${DATE}T10:00:00Z`, [100, 100, 100, 100, 100], 'watch'),
    ])
    expect((await get('biometrics', userId))[0].heart_rate.avg_bpm).toBe(85)
  })

  test('has the samples of its own provider, each once, beside one that is disconnected', async () => {
    const { userId, token } = await createUserWithToken(server)
    const google = await tokenFor(userId, 'google')
    await tokenFor(userId, 'oura')
    await send(server, token, 'bpm', bpmSamples(`${DATE}T10:00:00Z`, [60, 61, 62]))
    await send(server, google, 'bpm', bpmSamples(`${DATE}T10:00:00Z`, [80, 81, 82], 'Pixel Watch'))
    await call(server, 'DELETE', `/user/${userId}/revoke?provider=apple`, { key: server.keys.live })
    const days = await get('biometrics', userId)
    expect(days.map(({ metadata }: any) => metadata.source)).toEqual(['google'])
    expect(days[0].heart_rate).toMatchObject({ min_bpm: 80, max_bpm: 82, avg_bpm: 81 })
    expect(days[0].heart_rate.samples_bpm.map(({ value }: any) => value)).toEqual([80, 81, 82])
  })
})

describe('steps across midnight', () => {
  test('that are a fraction split in proportion, unrounded', async () => {
    const { userId, token } = await createUserWithToken(server)
    const across = long('2024-01-05T23:00:00Z', '2024-01-06T01:00:00Z', 1.5)
    await send(server, token, 'steps', [across, across, across])
    expect([await stepsOn(userId, '2024-01-05'), await stepsOn(userId, '2024-01-06')]).toEqual([[0.75], [0.75]])
  })

  test('a sample as long as is taken, from noon, reaches into the eighth day', async () => {
    const { userId, token } = await createUserWithToken(server)
    const week = long('2024-01-05T12:00:00Z', '2024-01-12T12:00:00Z', 168)
    expect((await send(server, token, 'steps', [week, week, week])).status).toBe(200)
    const days = Array.from({ length: 9 }, (_, i) => new Date(Date.UTC(2024, 0, 5 + i)).toISOString().slice(0, 10))
    const counts = await Promise.all(days.map((date) => stepsOn(userId, date)))
    expect(counts).toEqual([[12], [24], [24], [24], [24], [24], [24], [12], []])
  })
})

describe('readProviderDays', () => {
  test('answers nothing to another tenant, with samples and without', async () => {
    const { userId, token } = await createUserWithToken(server)
    await send(server, token, 'steps', stepSamples(`${DATE}T10:00:00Z`, 3))
    await send(server, token, 'bpm', bpmSamples(`${DATE}T10:00:00Z`, [60, 61, 62]))
    const { rows } = await server.context.pool.query<{ id: string; environment: string }>(
      'select id, environment from tenant',
    )
    const tenantOf = (environment: string) => rows.find((row) => row.environment === environment)!.id
    for (const wanted of ['samples', 'totals'] as const) {
      const read = (tenantId: string) =>
        readProviderDays(server.context.pool, [
          { owner: { tenantId, userId }, date: DATE, zone: 'UTC', shapes: ['activity'], with: wanted },
        ])
      expect(await read(tenantOf('sandbox'))).toEqual([[]])
      expect(await read(tenantOf('live'))).toMatchObject([[{ provider: 'apple' }]])
    }
  })
})
