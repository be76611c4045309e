import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bpmSamples, call, createUserWithToken, send, stepSamples } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startServer({ worker: false })
})
afterAll(() => server.stop())

const get = async (route: string, userId: string, date: string) =>
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

describe('a day', () => {
  test('is a UTC day, whatever the offset that samples came with', async () => {
    const { userId, token } = await createUserWithToken(server)
    await send(server, token, 'steps', [
      long('2024-01-06T01:30:00+04:00', '2024-01-06T01:31:00+04:00', 5),
      long('2024-01-05T23:30:00-04:00', '2024-01-05T23:31:00-04:00', 7),
      long('2024-01-05T00:00:00Z', '2024-01-05T00:01:00Z', 11),
    ])
    expect(await stepsOn(userId, '2024-01-05')).toEqual([16])
    expect(await stepsOn(userId, '2024-01-06')).toEqual([7])
  })

  test('steps taken across midnight belong to both days in proportion, and none is lost', async () => {
    const { userId, token } = await createUserWithToken(server)
    await send(server, token, 'steps', [
      long('2024-01-05T23:00:00Z', '2024-01-06T02:00:00Z', 100),
      long('2024-01-05T12:00:00Z', '2024-01-08T12:00:00Z', 72),
      ...stepSamples('2024-01-06T10:00:00Z', 2, 10),
    ])
    const days = ['2024-01-05', '2024-01-06', '2024-01-07', '2024-01-08']
    const counts = await Promise.all(days.map((date) => stepsOn(userId, date)))
    expect(counts).toEqual([[33 + 12], [67 + 24 + 20], [24], [12]])
    expect(await stepsOn(userId, '2024-01-09')).toEqual([])
  })

  test('a correction of a sample across midnight corrects both days', async () => {
    const { userId, token } = await createUserWithToken(server)
    const others = stepSamples('2024-01-05T10:00:00Z', 2, 1)
    await send(server, token, 'steps', [long('2024-01-05T23:00:00Z', '2024-01-06T01:00:00Z', 100), ...others])
    await send(server, token, 'steps', [long('2024-01-05T23:00:00Z', '2024-01-06T01:00:00Z', 60), ...others])
    expect([await stepsOn(userId, '2024-01-05'), await stepsOn(userId, '2024-01-06')]).toEqual([[32], [30]])
  })

  test('each connected provider has an element; a disconnected one has none', async () => {
    const { userId, token } = await createUserWithToken(server)
    const google = await call(server, 'POST', `/user/${userId}/token?provider=google`, { key: server.keys.live })
    await send(server, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 3, 10))
    await send(server, google.body.access_token, 'steps', stepSamples('2024-01-05T10:00:00Z', 3, 20))
    const sources = async () =>
      (await get('activity', userId, '2024-01-05')).map((day: any) => [
        day.metadata.source,
        day.summary.movement.steps_count,
      ])
    expect(await sources()).toEqual([
      ['apple', 30],
      ['google', 60],
    ])
    await call(server, 'DELETE', `/user/${userId}/revoke?provider=apple`, { key: server.keys.live })
    expect(await sources()).toEqual([['google', 60]])
  })

  test('devices that count the same walk are not added up', async () => {
    const { userId, token } = await createUserWithToken(server)
    await send(server, token, 'steps', [
      ...stepSamples('2024-01-05T10:00:00Z', 10, 10, 'iPhone'),
      ...stepSamples('2024-01-05T10:00:00Z', 10, 11, 'Apple Watch'),
    ])
    expect(await stepsOn(userId, '2024-01-05')).toEqual([110])
  })

  test('the heart rate is the plain mean of the samples, in time order over devices', async () => {
    const { userId, token } = await createUserWithToken(server)
    await send(server, token, 'bpm', [
      ...bpmSamples('2024-01-05T10:00:10Z', [100, 101, 102], 'ring'),
      ...bpmSamples('2024-01-05T10:00:00Z', [50, 51, 52], 'watch'),
    ])
    const [{ heart_rate }] = await get('biometrics', userId, '2024-01-05')
    expect(heart_rate).toMatchObject({ min_bpm: 50, max_bpm: 102, avg_bpm: 76 })
    expect(heart_rate.samples_bpm.map((sample: any) => [sample.time.slice(17, 19), sample.data_source.name])).toEqual([
      ['00', 'watch'],
      ['05', 'watch'],
      ['10', 'ring'],
      ['10', 'watch'],
      ['15', 'ring'],
      ['20', 'ring'],
    ])
    expect((await get('activity', userId, '2024-01-05'))[0]).toEqual({
      metadata: { date: '2024-01-05', source: 'apple' },
      summary: { biometrics: { heart_rate } },
    })
  })
})
