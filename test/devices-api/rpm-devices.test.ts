import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, call } from '../support/api.ts'
import { startReceiver } from '../support/receiver.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())

let persons = 0
async function newUser(key = server.keys.live): Promise<{ userId: string; token: string }> {
  const { userId } = (await call(server, 'POST', `/user?appUserId=rpm-${persons++}`, { key })).body
  const { token } = (await call(server, 'GET', `/user/connect/token?userId=${userId}`, { key })).body
  return { userId, token }
}

const connect = (token: string, deviceIds: string, key = server.keys.live): Promise<Answer> =>
  call(server, 'POST', `/connect/rpm/tenovi?token=${token}&deviceIds=${deviceIds}&deviceUserId=patient-1`, { key })
const disconnect = (userId: string, deviceId: string, key = server.keys.live) =>
  call(server, 'DELETE', `/user/${userId}/device?provider=tenovi&deviceId=${deviceId}`, { key })
const providers = async (userId: string): Promise<string[]> =>
  (await call(server, 'GET', `/user/${userId}/connected-providers`, { key: server.keys.live })).body.connectedProviders

test('devices connect their provider, once, and the last to go disconnects it; webhooks tell of both', async () => {
  const receiver = await startReceiver()
  await call(server, 'POST', '/settings', { key: server.keys.live, json: { webhookUrl: receiver.url } })
  const { userId, token } = await newUser()
  expect((await connect(token, 'scale-1,cuff-1')).status).toBe(200)
  expect((await connect(token, 'scale-1,pump-1')).status).toBe(200)
  expect(await providers(userId)).toEqual(['tenovi'])
  for (const device of ['scale-1', 'cuff-1']) {
    expect((await disconnect(userId, device)).status).toBe(200)
    expect(await providers(userId)).toEqual(['tenovi'])
  }
  expect((await disconnect(userId, 'pump-1')).status).toBe(200)
  expect(await providers(userId)).toEqual([])
  const disconnected = await receiver.waitFor(({ body }) => body.meta.type === 'devices.provider-disconnected')
  expect(disconnected.body.users).toEqual([{ userId, providers: ['tenovi'], connectedProviders: [] }])
  const told = receiver.received.map(({ body }) => body.meta.type)
  expect(told.filter((type) => type === 'devices.provider-connected')).toHaveLength(1)
  await call(server, 'POST', '/settings', { key: server.keys.live, json: { webhookUrl: '' } })
  await receiver.stop()
})

test('a device is one person’s; one that is taken leaves all of a request undone', async () => {
  const [first, second] = [await newUser(), await newUser()]
  await connect(first.token, 'taken-1')
  expect(await connect(second.token, 'free-1,taken-1')).toMatchObject({ status: 409, body: { name: 'CONFLICT' } })
  expect(await providers(second.userId)).toEqual([])
  expect((await disconnect(second.userId, 'free-1')).status).toBe(404)
  // Given back, it may be somebody else's.
  await disconnect(first.userId, 'taken-1')
  expect((await connect(second.token, 'taken-1')).status).toBe(200)
})

test('revoking the provider and deleting the user free their devices', async () => {
  const [first, second, third] = [await newUser(), await newUser(), await newUser()]
  await connect(first.token, 'handed-on')
  await call(server, 'DELETE', `/user/${first.userId}/revoke?provider=tenovi`, { key: server.keys.live })
  expect((await connect(second.token, 'handed-on')).status).toBe(200)
  await call(server, 'DELETE', `/user/${second.userId}`, { key: server.keys.live })
  expect((await connect(third.token, 'handed-on')).status).toBe(200)
})

test('of two requests for one device at once, one gets it', async () => {
  const users = await Promise.all(Array.from({ length: 6 }, () => newUser()))
  const answers = await Promise.all(users.map(({ token }) => connect(token, 'wanted')))
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409, 409, 409])
})

test('another account has neither the token nor the user; and may have a device of the same name', async () => {
  const { userId, token } = await newUser()
  await connect(token, 'mine-1')
  expect((await connect(token, 'mine-2', server.keys.sandbox)).status).toBe(401)
  expect((await disconnect(userId, 'mine-1', server.keys.sandbox)).status).toBe(404)
  const other = await newUser(server.keys.sandbox)
  expect((await connect(other.token, 'mine-1', server.keys.sandbox)).status).toBe(200)
})

test.each([
  ['no device', 'deviceIds', '/connect/rpm/tenovi?token=T&deviceIds=&deviceUserId=p'],
  [
    'too many',
    'deviceIds',
    `/connect/rpm/tenovi?token=T&deviceUserId=p&deviceIds=${Array.from({ length: 51 }, (_, i) => i).join(',')}`,
  ],
  ['nobody to wear it', 'deviceUserId', '/connect/rpm/tenovi?token=T&deviceIds=a'],
  ['another provider', 'provider', '/connect/rpm/fitbit?token=T&deviceIds=a&deviceUserId=p'],
])('%s is refused, by name', async (_, field, path) => {
  const { token } = await newUser()
  const { status, body } = await call(server, 'POST', path.replace('token=T', `token=${token}`), {
    key: server.keys.live,
  })
  expect([status, body.detail]).toEqual([400, expect.stringContaining(field)])
})
