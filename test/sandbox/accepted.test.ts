import { afterAll, beforeAll, expect, test } from 'vitest'
import { generateSandboxDay } from '../../src/sandbox/generate-day.ts'
import { sources } from '../../src/sandbox/sources.ts'
import { call, createUserWithToken } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startServer({ worker: false })
})
afterAll(() => server.stop())

test.each(Object.keys(sources))('what %s has in the sandbox is taken by the API as it is', async (provider) => {
  const { token } = await createUserWithToken(server, provider)
  for (const day of ['2026-03-13', '2026-03-14', '2026-03-15']) {
    for (const { dataType, samples } of generateSandboxDay(`of ${provider}`, provider, day, new Date('2027-01-01'))) {
      const sent = await call(server, 'POST', '/api/v2/samples', {
        token,
        json: { data_type: dataType, data: samples },
      })
      expect(sent).toMatchObject({ status: 200, body: { inserted: samples.length } })
    }
  }
})
