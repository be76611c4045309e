import { MetriportDevicesApi } from '@metriport/api-sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bpmSamples, call, createUserWithToken, send, stepSamples } from '../support/api.ts'
import { startReceiver } from '../support/receiver.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let client: MetriportDevicesApi

beforeAll(async () => {
  server = await startServer()
  client = new MetriportDevicesApi(server.keys.live, { baseAddress: server.url })
})
afterAll(() => server.stop())

/** What the client's promise is rejected with: the status and the body that our server answered. */
async function refusalOf(promise: Promise<unknown>): Promise<{ status: number; data: any }> {
  const error: any = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error?.response).toBeDefined()
  return { status: error.response.status, data: error.response.data }
}

describe('the published client', () => {
  test('creates a user, and finds it', async () => {
    const userId = await client.getMetriportUserId('ada')
    expect(userId).toMatch(/^[\da-f-]{36}$/)
    expect(await client.getMetriportUserId('ada')).toBe(userId)
    expect(await client.getMetriportUserId('bea')).not.toBe(userId)
    const parallel = await Promise.all(Array.from({ length: 10 }, () => client.getMetriportUserId('cem')))
    expect(new Set(parallel).size).toBe(1)
  })

  test('lists users with their providers', async () => {
    const { userId } = await createUserWithToken(server, 'google')
    const { connectedUsers } = await client.getConnectedUsers()
    expect(connectedUsers).toContainEqual({
      metriportUserId: userId,
      appUserId: expect.any(String),
      connectedProviders: ['google'],
    })
    expect(await client.getConnectedProviders(userId)).toEqual({ connectedProviders: ['google'] })
  })

  test('gets a connect token', async () => {
    const userId = await client.getMetriportUserId('dan')
    expect(await client.getConnectToken(userId)).toMatch(/^[\w-]{43}$/)
  })

  test('deletes a user: everything of theirs goes', async () => {
    const { userId, token } = await createUserWithToken(server)
    await send(server, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 3))
    await client.deleteUser(userId)
    expect((await refusalOf(client.getActivityData(userId, '2024-01-05'))).status).toBe(404)
    const tables = ['sample_day', 'device', 'changed_day', 'connection', 'connect_token', 'token_family', 'event']
    for (const table of tables) {
      const { rows } = await server.context.pool.query(`select 1 from ${table} where user_id = $1`, [userId])
      expect([table, rows.length]).toEqual([table, 0])
    }
    expect((await refusalOf(client.deleteUser(userId))).status).toBe(404)
  })

  test('reads activity and biometrics of a day', async () => {
    const { userId, token } = await createUserWithToken(server)
    await send(server, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 10, 12))
    await send(server, token, 'bpm', bpmSamples('2024-01-05T11:00:00Z', [60, 70, 95]))
    const sample = (seconds: string, value: number) => ({
      time: `2024-01-05T11:00:${seconds}.000Z`,
      value,
      data_source: { source_type: 'DEVICE', name: 'Apple Watch' },
    })
    const heart_rate = {
      min_bpm: 60,
      max_bpm: 95,
      avg_bpm: 75,
      samples_bpm: [sample('00', 60), sample('05', 70), sample('10', 95)],
    }
    const metadata = { date: '2024-01-05', source: 'apple' }
    expect(await client.getActivityData(userId, '2024-01-05')).toEqual([
      { metadata, summary: { movement: { steps_count: 120 }, biometrics: { heart_rate } } },
    ])
    expect(await client.getBiometricsData(userId, '2024-01-05')).toEqual([{ metadata, heart_rate }])
    expect(await client.getActivityData(userId, '2024-01-06')).toEqual([])
    expect(await client.getBiometricsData(userId, '2024-01-06')).toEqual([])
  })

  test('settings', async () => {
    const receiver = await startReceiver()
    const before = await client.getSettings()
    expect(before).toEqual({ id: expect.any(String), webhookUrl: null, webhookKey: null })
    const after = await client.updateSettings(receiver.url)
    expect(after).toEqual({ id: before.id, webhookUrl: receiver.url, webhookKey: expect.stringMatching(/^whsec_/) })
    expect(await client.getSettings()).toEqual(after)
    expect(await client.updateSettings('')).toEqual(before)
    await receiver.stop()
  })

  test('errors are in the form of the published API', async () => {
    const nobody = '00000000-0000-4000-8000-000000000000'
    expect(await refusalOf(client.getConnectedProviders(nobody))).toEqual({
      status: 404,
      data: { status: 404, name: 'NOT_FOUND', title: 'NotFoundError', detail: expect.any(String) },
    })
    expect((await refusalOf(client.getConnectToken(nobody))).status).toBe(404)
    expect((await refusalOf(client.getActivityData(nobody, '2024-01-05'))).status).toBe(404)
    expect((await refusalOf(client.getActivityData('me', '2024-01-05'))).data.name).toBe('BAD_REQUEST')
    expect((await refusalOf(client.getMetriportUserId(''))).status).toBe(400)
    const stranger = new MetriportDevicesApi('sk_live_nobody', { baseAddress: server.url })
    expect((await refusalOf(stranger.getConnectedUsers())).status).toBe(401)
  })

  test("another account's user does not exist", async () => {
    const { userId, token } = await createUserWithToken(server)
    await send(server, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 3))
    const other = new MetriportDevicesApi(server.keys.sandbox, { baseAddress: server.url })
    const refusals = [
      () => other.getActivityData(userId, '2024-01-05'),
      () => other.getBiometricsData(userId, '2024-01-05'),
      () => other.getConnectedProviders(userId),
      () => other.getConnectToken(userId),
      () => other.deleteUser(userId),
    ]
    for (const refused of refusals) expect((await refusalOf(refused())).status).toBe(404)
    expect(await client.getActivityData(userId, '2024-01-05')).toHaveLength(1)
  })
})

test.each(['2024-02-30', '2024-1-5', 'today', '0000-01-01', '2024-01-05T00:00:00Z', ''])(
  'a bad date: %j',
  async (date) => {
    const { userId } = await createUserWithToken(server)
    for (const route of ['activity', 'biometrics']) {
      const answer = await call(server, 'GET', `/${route}?userId=${userId}&date=${date}`, { key: server.keys.live })
      expect(answer.status).toBe(400)
      expect(answer.body.detail).toContain('date')
    }
  },
)
