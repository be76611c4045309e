import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, createUserWithToken } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startServer({ worker: false })
})
afterAll(() => server.stop())

// With a body of '', fetch sends `content-length: 0`, as clients do that name a type and have nothing to say.
test.each(['application/json', 'application/json; charset=utf-8', 'application/x-www-form-urlencoded'])(
  'an empty body that is called %s is taken where none is expected',
  async (type) => {
    const { userId } = await createUserWithToken(server)
    const options = { key: server.keys.live, headers: { 'content-type': type }, body: '' }
    const minted = await call(server, 'POST', `/user/${userId}/token?provider=apple`, options)
    expect([minted.status, minted.body.token_type]).toEqual([200, 'Bearer'])
    expect((await call(server, 'DELETE', `/user/${userId}`, options)).status).toBe(200)
    expect((await call(server, 'DELETE', `/user/${userId}`, options)).status).toBe(404)
  },
)
