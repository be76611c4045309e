import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call } from '../support/api.ts'
import { connectOura, ouraEnvironment } from '../support/connect-oura.ts'
import { type OuraServer, startOuraServer } from '../support/oura-server.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let oura: OuraServer
beforeAll(async () => {
  oura = await startOuraServer()
  server = await startServer({ environment: ouraEnvironment(oura) })
})
afterAll(async () => {
  await server.stop()
  await oura.stop()
})

let people = 0
async function createUser(): Promise<string> {
  const { body } = await call(server, 'POST', `/user?appUserId=oura-${people++}`, { key: server.keys.live })
  return body.userId
}

const providersOf = async (userId: string) =>
  (await call(server, 'GET', `/user/${userId}/connected-providers`, { key: server.keys.live })).body.connectedProviders

describe('consent', () => {
  test('connects, once it is given', async () => {
    const userId = await createUser()
    expect(await connectOura(server, oura, userId)).toBe('/widget/?result=connected&provider=oura')
    expect(await providersOf(userId)).toEqual(['oura'])
    expect(oura.oauth.exchanged).toContain('authorization_code')
    expect(oura.requests).toContain('GET /v2/usercollection/personal_info')
  })

  test('does not, when it is denied', async () => {
    const userId = await createUser()
    expect(await connectOura(server, oura, userId, { decision: 'deny' })).toBe('/widget/?result=denied&provider=oura')
    expect(await providersOf(userId)).toEqual([])
  })
})
