import { afterAll, beforeAll, expect, test } from 'vitest'
import { call } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startServer({ worker: false })
})
afterAll(() => server.stop())

async function createUsers(key: string, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let i = 0; i < count; i++) {
    ids.push((await call(server, 'POST', `/user?appUserId=person-${i}`, { key })).body.userId)
  }
  return ids
}

const mint = (key: string, userId: string, provider: string) =>
  call(server, 'POST', `/user/${userId}/token?provider=${provider}`, { key })

const connectApple = async (key: string, userId: string) => {
  const { token } = (await call(server, 'GET', `/user/connect/token?userId=${userId}`, { key })).body
  return call(server, 'GET', '/connect/user/apple', { headers: { 'api-token': token } })
}

const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status).toSorted((a, b) => a - b)

test('of 14 users who are connected at once, a sandbox takes 10; whoever leaves makes room', async () => {
  const key = server.keys.sandbox
  const users = await createUsers(key, 14)
  const answers = await Promise.all(users.map((userId) => mint(key, userId, 'fitbit')))
  expect(statuses(answers)).toEqual([...Array<number>(10).fill(200), ...Array<number>(4).fill(409)])

  const refused = users.filter((_, i) => answers[i]!.status === 409)
  const connected = users.filter((_, i) => answers[i]!.status === 200)
  expect(answers[users.indexOf(refused[0]!)]!.body.error).toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('10 connected users at most'),
  })
  expect((await connectApple(key, refused[0]!)).status).toBe(409)
  const providers = await call(server, 'GET', `/user/${refused[0]}/connected-providers`, { key })
  expect(providers.body.connectedProviders).toEqual([])

  expect((await mint(key, connected[0]!, 'oura')).status).toBe(200)
  expect((await call(server, 'DELETE', `/user/${connected[1]}/revoke?provider=fitbit`, { key })).status).toBe(200)
  expect((await mint(key, refused[0]!, 'fitbit')).status).toBe(200)
  expect((await mint(key, refused[1]!, 'fitbit')).status).toBe(409)
  expect((await call(server, 'DELETE', `/user/${connected[2]}`, { key })).status).toBe(200)
  expect((await mint(key, refused[1]!, 'fitbit')).status).toBe(200)
})

test('a full sandbox says so before anybody is sent to a page of consent', async () => {
  const key = server.keys.sandbox
  const users = await createUsers(key, 14)
  const begin = async (userId: string) => {
    const { token } = (await call(server, 'GET', `/user/connect/token?userId=${userId}`, { key })).body
    return call(server, 'GET', '/connect/redirect?provider=oura', { headers: { 'api-token': token } })
  }
  await Promise.all(users.map((userId) => mint(key, userId, 'fitbit')))
  const answers = await Promise.all(users.map(begin))
  expect(statuses(answers)).toEqual([...Array<number>(10).fill(200), ...Array<number>(4).fill(409)])
  const refused = answers.find(({ status }) => status === 409)!
  expect(refused.body.detail).toContain('10 connected users at most')
})

test('the live environment has no such bound', async () => {
  const users = await createUsers(server.keys.live, 12)
  const answers = await Promise.all(users.map((userId) => mint(server.keys.live, userId, 'fitbit')))
  expect(statuses(answers)).toEqual(Array<number>(12).fill(200))
})
