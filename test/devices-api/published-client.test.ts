import { MetriportDevicesApi, ProviderSource } from '@metriport/api-sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bpmSamples, call, createUserWithToken, send, sendAny, stepSamples } from '../support/api.ts'
import { startReceiver } from '../support/receiver.ts'
import { startServer, type TestServer } from '../support/server.ts'

/**
 * Every public method of the published client, once where it works and once where it fails. A method that a newer
 * client has fails here, until somebody says what it is to do.
 */

const DATE = '2024-01-05'
const NOBODY = '00000000-0000-4000-8000-000000000000'
const metadata = { date: DATE, source: 'apple' }

let server: TestServer
let client: MetriportDevicesApi
let stranger: MetriportDevicesApi
let nameless = 0

beforeAll(async () => {
  server = await startServer()
  client = new MetriportDevicesApi(server.keys.live, { baseAddress: server.url })
  stranger = new MetriportDevicesApi('sk_live_nobody', { baseAddress: server.url })
})
afterAll(() => server.stop())

const newUser = () => client.getMetriportUserId(`person-${nameless++}`)

/** A new user with samples that one device measured. */
async function wearer(...batches: [type: string, start: string, value: number, unit: string][]): Promise<string> {
  const { userId, token } = await createUserWithToken(server)
  for (const [type, start, value, unit] of batches) {
    const sample = { device_name: 'Apple Watch', start_date: `${DATE}T${start}Z`, value, unit }
    expect((await sendAny(server, token, type, [sample])).body).toMatchObject({ inserted: 1 })
  }
  return userId
}

const measured = (time: string, value: number) => ({
  time: `${DATE}T${time}.000Z`,
  value,
  data_source: { source_type: 'DEVICE', name: 'Apple Watch' },
})

type Trial = {
  works: () => Promise<void>
  fails: () => Promise<unknown>
  status: number
  name?: string
}

const trials: Record<string, Trial> = {
  getMetriportUserId: {
    works: async () => {
      const userId = await client.getMetriportUserId('ada')
      expect(userId).toMatch(/^[\da-f-]{36}$/)
      expect(await client.getMetriportUserId('ada')).toBe(userId)
    },
    fails: () => client.getMetriportUserId(''),
    status: 400,
  },
  getConnectedProviders: {
    works: async () => {
      const { userId } = await createUserWithToken(server, 'google')
      expect(await client.getConnectedProviders(userId)).toEqual({ connectedProviders: ['google'] })
    },
    fails: () => client.getConnectedProviders(NOBODY),
    status: 404,
  },
  getConnectedUsers: {
    works: async () => {
      const { userId } = await createUserWithToken(server)
      const mine = { metriportUserId: userId, appUserId: expect.any(String), connectedProviders: ['apple'] }
      expect((await client.getConnectedUsers()).connectedUsers).toContainEqual(mine)
    },
    fails: () => stranger.getConnectedUsers(),
    status: 401,
  },
  getConnectToken: {
    works: async () => expect(await client.getConnectToken(await newUser())).toMatch(/^[\w-]{43}$/),
    fails: () => client.getConnectToken(NOBODY),
    status: 404,
  },
  revokeUserAccessToProvider: {
    works: async () => {
      const { userId, token } = await createUserWithToken(server)
      await client.revokeUserAccessToProvider(userId, ProviderSource.apple)
      expect(await client.getConnectedProviders(userId)).toEqual({ connectedProviders: [] })
      expect((await send(server, token, 'steps', stepSamples(`${DATE}T10:00:00Z`, 3))).status).toBe(401)
    },
    fails: () => client.revokeUserAccessToProvider(NOBODY, ProviderSource.apple),
    status: 404,
  },
  deleteUser: {
    works: async () => {
      const { userId } = await createUserWithToken(server)
      await client.deleteUser(userId)
      await expect(client.getConnectedProviders(userId)).rejects.toMatchObject({ response: { status: 404 } })
    },
    fails: () => client.deleteUser(NOBODY),
    status: 404,
  },
  connectRpmProvider: {
    works: async () => {
      const userId = await newUser()
      const token = await client.getConnectToken(userId)
      await client.connectRpmProvider(ProviderSource.tenovi, token, ['HWI-1', 'HWI-2'], 'patient-7')
      expect(await client.getConnectedProviders(userId)).toEqual({ connectedProviders: ['tenovi'] })
    },
    fails: () => client.connectRpmProvider(ProviderSource.tenovi, 'no-token', ['HWI-3'], 'patient-7'),
    status: 401,
  },
  disconnectDevice: {
    works: async () => {
      const userId = await newUser()
      const token = await client.getConnectToken(userId)
      await client.connectRpmProvider(ProviderSource.tenovi, token, ['HWI-5', 'HWI-6'], 'patient-8')
      await client.disconnectDevice(userId, ProviderSource.tenovi, 'HWI-5', 'api-key', 'client-name')
      expect(await client.getConnectedProviders(userId)).toEqual({ connectedProviders: ['tenovi'] })
      await client.disconnectDevice(userId, ProviderSource.tenovi, 'HWI-6', 'api-key', 'client-name')
      expect(await client.getConnectedProviders(userId)).toEqual({ connectedProviders: [] })
    },
    fails: async () => client.disconnectDevice(await newUser(), ProviderSource.tenovi, 'HWI-9', 'key', 'name'),
    status: 404,
  },
  getActivityData: {
    works: async () => {
      const { userId, token } = await createUserWithToken(server)
      await send(server, token, 'steps', stepSamples(`${DATE}T10:00:00Z`, 10, 12))
      await send(server, token, 'bpm', bpmSamples(`${DATE}T11:00:00Z`, [60, 70, 95]))
      await sendAny(server, token, 'floors', [
        { ...stepSamples(`${DATE}T10:00:00Z`, 1, 3)[0]!, device_name: 'Apple Watch' },
      ])
      const run = { device_name: 'Apple Watch', start_date: `${DATE}T11:00:00Z`, end_date: `${DATE}T11:30:00Z` }
      await sendAny(server, token, 'workout', [{ ...run, kind: 'running' }])
      const [day, ...others] = await client.getActivityData(userId, DATE)
      const heart_rate = { min_bpm: 60, max_bpm: 95, avg_bpm: 75 }
      expect(day).toMatchObject({
        metadata,
        summary: { movement: { steps_count: 120, floors_count: 3 }, biometrics: { heart_rate } },
        activity_logs: [
          {
            type: 'running',
            start_time: `${DATE}T11:00:00.000Z`,
            end_time: `${DATE}T11:30:00.000Z`,
            durations: { active_seconds: 1800 },
            biometrics: { heart_rate },
          },
        ],
      })
      expect(others).toEqual([])
      expect(await client.getActivityData(userId, '2024-01-06')).toEqual([])
    },
    fails: () => client.getActivityData(NOBODY, DATE),
    status: 404,
  },
  getBodyData: {
    works: async () => {
      const userId = await wearer(['weight', '07:00:00', 81.5, 'kg'], ['height', '07:00:00', 1.82, 'm'])
      const weight = { weight_kg: 81.5, weight_samples_kg: [measured('07:00:00', 81.5)] }
      expect(await client.getBodyData(userId, DATE)).toEqual([{ metadata, height_cm: 182, ...weight }])
      expect(await client.getBodyData(userId, '2024-01-06')).toEqual([])
    },
    fails: () => client.getBodyData(NOBODY, DATE),
    status: 404,
  },
  getBiometricsData: {
    works: async () => {
      const userId = await wearer(
        ['bpm', '07:00:00', 55, 'count/min'],
        ['hrv_sdnn', '07:00:00', 48, 'ms'],
        ['spo2', '07:00:00', 97, '%'],
        ['blood_pressure_systolic', '07:00:00', 121, 'mmHg'],
        ['blood_pressure_diastolic', '07:00:00', 79, 'mmHg'],
      )
      const [day] = await client.getBiometricsData(userId, DATE)
      expect(day).toEqual({
        metadata,
        heart_rate: { min_bpm: 55, max_bpm: 55, avg_bpm: 55, samples_bpm: [measured('07:00:00', 55)] },
        hrv: { sdnn: { avg_millis: 48, samples_millis: [measured('07:00:00', 48)] } },
        respiration: { spo2: { min_pct: 97, max_pct: 97, avg_pct: 97, std_dev: 0 } },
        blood_pressure: {
          systolic_mm_Hg: { samples: [measured('07:00:00', 121)] },
          diastolic_mm_Hg: { samples: [measured('07:00:00', 79)] },
        },
      })
    },
    fails: () => client.getBiometricsData('me', DATE),
    status: 400,
  },
  getNutritionData: {
    works: async () => {
      const userId = await wearer(['water', '07:00:00', 0.25, 'L'], ['water', '12:00:00', 330, 'mL'])
      expect(await client.getNutritionData(userId, DATE)).toEqual([
        { metadata, summary: { macros: { water_ml: 580 } } },
      ])
    },
    fails: () => client.getNutritionData(NOBODY, DATE),
    status: 404,
  },
  getSleepData: {
    works: async () => {
      const { userId, token } = await createUserWithToken(server)
      const stage = (start: string, end: string, kind: string) => ({
        device_name: 'Apple Watch',
        start_date: start,
        end_date: end,
        kind,
      })
      await sendAny(server, token, 'sleep', [
        stage('2024-01-04T23:00:00Z', '2024-01-05T06:30:00Z', 'in_bed'),
        stage('2024-01-04T23:30:00Z', '2024-01-05T02:00:00Z', 'light'),
        stage('2024-01-05T02:00:00Z', '2024-01-05T03:00:00Z', 'deep'),
        stage('2024-01-05T03:00:00Z', '2024-01-05T03:10:00Z', 'awake'),
        stage('2024-01-05T03:10:00Z', '2024-01-05T06:10:00Z', 'rem'),
      ])
      expect(await client.getSleepData(userId, DATE)).toEqual([
        {
          metadata: { ...metadata, data_source: { source_type: 'DEVICE', name: 'Apple Watch' } },
          start_time: '2024-01-04T23:00:00.000Z',
          end_time: '2024-01-05T06:30:00.000Z',
          durations: {
            total_seconds: 6.5 * 3600,
            awake_seconds: 600,
            deep_seconds: 3600,
            rem_seconds: 3 * 3600,
            light_seconds: 2.5 * 3600,
            in_bed_seconds: 7.5 * 3600,
            time_to_fall_asleep_seconds: 1800,
          },
          wakeup_frequency: 1,
        },
      ])
      expect(await client.getSleepData(userId, '2024-01-04')).toEqual([])
    },
    fails: () => client.getSleepData(NOBODY, DATE),
    status: 404,
  },
  getUserData: {
    works: async () => {
      const { userId } = await createUserWithToken(server)
      expect(await client.getUserData(userId, DATE)).toEqual([{ metadata }])
    },
    fails: () => client.getUserData(NOBODY, DATE),
    status: 404,
  },
  getSettings: {
    works: async () =>
      expect(await client.getSettings()).toEqual({ id: expect.any(String), webhookUrl: null, webhookKey: null }),
    fails: () => stranger.getSettings(),
    status: 401,
  },
  updateSettings: {
    works: async () => {
      const receiver = await startReceiver()
      const set = await client.updateSettings(receiver.url)
      expect(set).toMatchObject({ webhookUrl: receiver.url, webhookKey: expect.stringMatching(/^whsec_/) })
      await receiver.waitFor(({ body }) => body.ping !== undefined)
      expect(await client.getSettings()).toEqual(set)
      expect(await client.updateSettings('')).toEqual({ id: set.id, webhookUrl: null, webhookKey: null })
      await receiver.stop()
    },
    fails: () => client.updateSettings('not-a-url'),
    status: 400,
  },
  getWebhookStatus: {
    works: async () =>
      expect(await client.getWebhookStatus()).toEqual({
        webhookEnabled: false,
        webhookStatusDetail: expect.any(String),
        webhookRequestsProcessing: 0,
        webhookRequestsFailed: 0,
      }),
    fails: () => stranger.getWebhookStatus(),
    status: 401,
  },
  retryWebhookRequests: {
    works: async () => expect(await client.retryWebhookRequests()).toBeUndefined(),
    fails: () => stranger.retryWebhookRequests(),
    status: 401,
  },
}

const names: Record<number, string> = { 400: 'BAD_REQUEST', 401: 'UNAUTHORIZED', 404: 'NOT_FOUND' }

describe('each method of the published client, with nothing but its base address changed', () => {
  test('there are none but these', () => {
    const ofTheClass = Object.getOwnPropertyNames(MetriportDevicesApi.prototype)
    const notPublic = ['constructor', 'validateAndBuildParams']
    expect(ofTheClass.filter((name) => !notPublic.includes(name)).toSorted()).toEqual(Object.keys(trials).toSorted())
  })

  test.each(Object.entries(trials))('%s', async (_, { works, fails, status }) => {
    await works()
    await expect(fails()).rejects.toMatchObject({
      response: {
        status,
        data: { status, name: names[status], title: expect.any(String), detail: expect.any(String) },
      },
    })
  })
})

test('a zone that the client passes on decides what the day is', async () => {
  const { userId, token } = await createUserWithToken(server)
  await send(server, token, 'steps', stepSamples('2024-01-06T04:00:00Z', 10, 12))
  const stepsIn = async (zone?: string) =>
    (await client.getActivityData(userId, DATE, zone)).map(({ summary }) => summary?.movement?.steps_count)
  expect([await stepsIn(), await stepsIn('America/Los_Angeles')]).toEqual([[], [120]])
  const answer = await call(server, 'GET', `/activity?userId=${userId}&date=${DATE}&timezoneId=Mars/Olympus`, {
    key: server.keys.live,
  })
  expect([answer.status, answer.body.detail]).toEqual([400, expect.stringContaining('timezoneId')])
})
