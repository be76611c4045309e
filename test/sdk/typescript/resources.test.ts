import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PulsewellClient, PulsewellError, type SampleInput } from '../../../sdk/typescript/src/index.ts'
import { type Receiver, startReceiver } from '../../support/receiver.ts'
import { startServer, type TestServer } from '../../support/server.ts'

let server: TestServer
let receiver: Receiver
let client: PulsewellClient
const called = new Set<string>()

beforeAll(async () => {
  server = await startServer({ environment: { RATE_LIMIT_STUDIES: '10000' } })
  receiver = await startReceiver()
  client = new PulsewellClient({
    baseUrl: `${server.url}/api`,
    apiToken: server.keys.live,
    fetch: (url, init) => {
      called.add(`${init.method} ${new URL(url).pathname}`)
      return fetch(url, init)
    },
  })
})
afterAll(() => Promise.all([server.stop(), receiver.stop()]))

const DATE = '2024-05-01'
const weight: SampleInput = {
  data_type: 'weight',
  device_name: 'Scale',
  start_date: `${DATE}T07:00:00Z`,
  value: 70,
  unit: 'kg',
}
const steps: SampleInput = {
  data_type: 'steps',
  device_name: 'iPhone',
  start_date: new Date(`${DATE}T08:00:00Z`),
  end_date: new Date(`${DATE}T08:10:00Z`),
  value: 700,
  unit: 'count',
}

test('users', async () => {
  const { users, tokens } = client
  const { userId } = await users.create({ appUserId: 'ada' })
  expect(await users.create({ appUserId: 'ada' })).toEqual({ userId })
  await tokens.mint({ userId, provider: 'apple' })
  expect((await users.list()).connectedUsers).toEqual([
    { metriportUserId: userId, appUserId: 'ada', connectedProviders: ['apple'] },
  ])
  expect(await users.providers(userId)).toEqual({ connectedProviders: ['apple'] })
  expect(await users.info({ userId, date: DATE })).toEqual([{ metadata: { date: DATE, source: 'apple' } }])
  expect(await users.setTimezone(userId, 'Europe/Berlin')).toEqual({ timezoneId: 'Europe/Berlin' })
  expect(await users.getTimezone(userId)).toEqual({ timezoneId: 'Europe/Berlin' })
  expect(await users.setSourcePriority(userId, ['Oura Ring', 'phone'])).toEqual({ priority: ['Oura Ring', 'phone'] })
  expect(await users.getSourcePriority(userId)).toEqual({ priority: ['Oura Ring', 'phone'] })
  await users.disconnect(userId, 'apple')
  expect(await users.providers(userId)).toEqual({ connectedProviders: [] })
  const { token: connectToken } = await tokens.connect({ userId })
  await users.connectDevices({ connectToken, deviceIds: ['a', 'b'], deviceUserId: 'ada' })
  await users.disconnectDevice(userId, 'a')
  expect(await users.providers(userId)).toEqual({ connectedProviders: ['tenovi'] })
  await users.delete(userId)
  await expect(users.providers(userId)).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' })
})

test('tokens: minted, swapped for a connect token, refreshed', async () => {
  const { userId } = await client.users.create({ appUserId: 'bob' })
  const pair = { access_token: expect.any(String), token_type: 'Bearer', expires_in: expect.any(Number) }
  const phone = new PulsewellClient({ baseUrl: server.url })
  const { token } = await client.tokens.connect({ userId })
  await client.tokens.swap({ connectToken: token, provider: 'apple' })
  const swapped = await phone.tokens.swap({ connectToken: token, provider: 'apple' })
  expect(swapped).toMatchObject(pair)
  const refreshed = await phone.tokens.refresh({ refreshToken: swapped.refresh_token })
  expect(refreshed).toMatchObject(pair)
  await client.tokens.refresh({ refreshToken: refreshed.refresh_token })
  const again = phone.tokens.refresh({ refreshToken: swapped.refresh_token })
  await expect(again).rejects.toMatchObject({ status: 400, code: 'invalid_grant', name: 'PulsewellError' })
  await expect(phone.users.list()).rejects.toThrow('apiToken is needed')
})

test('samples and days', async () => {
  const { samples, days } = client
  const { userId } = await client.users.create({ appUserId: 'cyd' })
  const wearer = { userId, provider: 'apple' } as const
  expect(await samples.send([weight], wearer)).toMatchObject({ inserted: 1 })
  expect(
    await samples.send([steps, { ...steps, value: -1, unit: 'count' }], { ...wearer, lenient: true }),
  ).toMatchObject({
    inserted: 1,
    rejected: [{ index: 1, field: 'value' }],
  })
  await expect(samples.send([weight, steps], wearer)).rejects.toThrow('different types')
  const metadata = { date: DATE, source: 'apple' }
  const day = { userId, date: DATE }
  expect(await days.activity(day)).toEqual([{ metadata, summary: { movement: { steps_count: 700 } } }])
  expect(await days.body(day)).toMatchObject([{ metadata, weight_kg: 70 }])
  expect(await days.biometrics(day)).toEqual([])
  expect(await days.nutrition({ ...day, timezoneId: 'Europe/Berlin' })).toEqual([])
  expect(await days.sleep(day)).toEqual([])
  expect(await days.sources(day)).toMatchObject([{ metadata, types: [{ data_type: 'steps', total: 700 }] }])
  expect(await samples.list({ userId, dataType: 'weight', start: new Date(0) })).toMatchObject({
    data: [{ device_name: 'Scale', value: 70, unit: 'kg' }],
    next_cursor: null,
  })
  const { access_token: userToken } = await client.tokens.mint(wearer)
  const range = { dataType: 'weight', start: `${DATE}T00:00:00Z`, end: new Date(`${DATE}T12:00:00Z`) } as const
  expect(await samples.delete({ ...range, deviceName: 'Scale' }, { userToken })).toEqual({ deleted: 1 })
  expect(await samples.delete(range, wearer)).toEqual({ deleted: 0 })
})

test('studies, batteries, participants and sessions, as the published snippet has it', async () => {
  const { studies, batteries, participants, sessions } = client
  const study = await studies.create({ name: 'Sleep', startDate: '2026-01-01', endDate: '2026-01-02' })
  expect(await studies.update(study.id, { status: 'active' })).toMatchObject({ id: 1, status: 'active' })
  expect(await studies.get(study.id, { fields: ['name'] })).toEqual({ name: 'Sleep' })
  const battery = await batteries.create({ name: 'M', tasks: [{ id: 'n', name: 'N-back', duration_seconds: 90 }] })
  expect(await batteries.update(battery.id, { name: 'Memory' })).toMatchObject({ id: 'battery_1', name: 'Memory' })
  expect(await batteries.get('battery_1', { fields: ['id'] })).toEqual({ id: 'battery_1' })
  await participants.create({ studyId: 1, email: 'someone@example.org' })
  expect(await participants.list({ studyId: 1 })).toMatchObject({
    data: [{ participant_id: 'P001', email: 'someone@example.org' }],
    pagination: { page: 1, per_page: 20, total: 1 },
  })
  expect(await participants.update('P001', { status: 'screening' }, { studyId: 1 })).toMatchObject({ study_id: 1 })
  expect(await participants.get('P001', { studyId: 1, fields: ['status'] })).toEqual({ status: 'screening' })
  expect((await participants.days('P001', { startDate: '2026-01-02', timezoneId: 'Europe/Berlin' })).data).toEqual([
    { date: '2026-01-02', activity: [], biometrics: [], body: [], nutrition: [], sleep: [] },
  ])
  const session = await sessions.create({ participantId: 'P001', batteryId: 'battery_1' })
  await sessions.update(session.session_id, { status: 'in_progress', results: { nBack: 0.9 } })
  expect(await sessions.get(session.session_id)).toMatchObject({ status: 'in_progress', results: { nBack: 0.9 } })
  expect((await sessions.list({ batteryId: 'battery_1', status: 'in_progress' })).data).toHaveLength(1)
  expect((await studies.list({ sort: 'name', order: 'desc' })).data).toHaveLength(1)
  expect((await batteries.list()).data).toHaveLength(1)
  await expect(studies.delete(1)).rejects.toMatchObject({ status: 409, code: 'CONFLICT' })
  await sessions.delete(session.session_id)
  await batteries.delete('battery_1')
  await participants.delete('P001', { studyId: 1 })
  expect(await studies.delete(1)).toBeUndefined()
})

test('webhook endpoints and what was sent there', async () => {
  const { webhooks } = client
  const endpoint = await webhooks.create({ url: receiver.url, events: ['devices.*'] })
  expect(endpoint.secret).toMatch(/^whsec_/)
  expect(await webhooks.get(endpoint.id, { fields: ['format'] })).toEqual({ format: 'event' })
  expect(await webhooks.update(endpoint.id, { description: 'billing' })).toMatchObject({ description: 'billing' })
  expect((await webhooks.rotateSecret(endpoint.id)).secret).not.toBe(endpoint.secret)
  const { message_id: messageId } = await webhooks.test(endpoint.id)
  await receiver.waitFor(({ body }) => body.event === 'ping')
  await expect
    .poll(async () => (await webhooks.deliveries(endpoint.id, { status: 'delivered' })).data)
    .toMatchObject([{ message_id: messageId }])
  expect(JSON.parse((await webhooks.message(messageId)).body)).toMatchObject({ event: 'ping' })
  expect((await webhooks.resend(messageId, { endpointId: endpoint.id })).deliveries).toHaveLength(1)
  const { id } = await webhooks.recover(endpoint.id, { since: new Date(0) })
  expect((await webhooks.recoveries(endpoint.id, { fields: ['id'] })).data).toEqual([{ id }])
  expect((await webhooks.list({ sort: 'url' })).data).toMatchObject([{ id: endpoint.id }])
  await webhooks.delete(endpoint.id)
  await expect(webhooks.get(endpoint.id)).rejects.toMatchObject({ status: 404 })
})

test('settings and the change feed', async () => {
  const { settings, changes } = client
  expect(await settings.update({ webhookUrl: receiver.url })).toMatchObject({ webhookUrl: receiver.url })
  expect((await settings.get()).webhookKey).toMatch(/^whsec_/)
  expect(await settings.webhookStatus()).toMatchObject({ webhookEnabled: true })
  await settings.retryWebhooks()
  const { userId } = await client.users.create({ appUserId: 'dee' })
  await client.tokens.mint({ userId, provider: 'fitbit' })
  await expect
    .poll(async () => (await changes.list({ userId })).data)
    .toMatchObject([{ type: 'devices.provider-connected' }])
})

test('what the widget may do, and what is read from providers', async () => {
  const { settings, backfills, users, tokens } = client
  const redirectOrigins = ['https://app.example.org']
  expect(await settings.updateConnect({ redirectOrigins })).toEqual({ redirectOrigins })
  expect(await settings.getConnect()).toEqual({ redirectOrigins })
  const { userId } = await users.create({ appUserId: 'eve' })
  await tokens.mint({ userId, provider: 'oura' })
  expect((await backfills.list(userId, { provider: 'oura' })).data).toEqual([])
  // Its tokens were minted: nobody has consented to Oura's data being read.
  const asked = backfills.request(userId, { provider: 'oura', from: '2026-01-01', to: '2026-01-02' })
  await expect(asked).rejects.toMatchObject({ status: 409 })
})

test('errors say what was wrong, in each dialect of the server', async () => {
  const wrong = await client.studies.create({ name: '' }).catch((error: unknown) => error)
  expect(wrong).toBeInstanceOf(PulsewellError)
  expect(wrong).toMatchObject({
    status: 422,
    code: 'VALIDATION_ERROR',
    details: { field: 'name', reason: expect.any(String) },
    requestId: expect.any(String),
  })
  const nobody = client.days.activity({ userId: '00000000-0000-4000-8000-000000000000', date: DATE })
  await expect(nobody).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND', requestId: expect.any(String) })
  const stranger = new PulsewellClient({ baseUrl: server.url, apiToken: 'sk_live_nobody' })
  await expect(stranger.studies.list()).rejects.toMatchObject({ status: 401, code: 'UNAUTHORIZED' })
})

/** What is not for programs on a server, or has a newer form that is there. */
const leftOut = [
  'health',
  'readiness',
  'verifyPush',
  'receivePush',
  'sendSamples',
  'readSamples',
  'deleteSamples',
  'pushAppleHealth',
  'listProvidersOfToken',
  'connectAppleHealth',
  'listProviders',
  'beginConnection',
  'disconnectProviderOfToken',
  'finishConnection',
  'disconnectProviderOfUser',
]

test('every other operation of the API was called by now', async () => {
  const document = await readFile(join(import.meta.dirname, '../../../openapi/openapi.json'), 'utf8')
  const paths = Object.entries<Record<string, any>>(JSON.parse(document).paths).filter(
    ([path]) => !path.startsWith('/pub/'),
  )
  const missed = paths.flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([method]) => {
        const pattern = new RegExp(
          `^${method.toUpperCase()} ${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`,
        )
        return ![...called].some((request) => pattern.test(request))
      })
      .map(([, { operationId }]) => operationId),
  )
  expect(missed).toEqual(leftOut)
})
