import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bpmSamples, call, createUserWithToken, send, stepSamples } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startServer({ worker: false })
})
afterAll(() => server.stop())

test.each([
  ['handling=lenient', true],
  ['Handling = "Lenient"', true],
  ['respond-async, handling=lenient', true],
  ['handling=lenient; because=why', true],
  ['handling=lenient, handling=strict', true],
  ['handling=strict, handling=lenient', false],
  ['return=minimal;handling=lenient', false],
  ['respond-async', false],
])('Prefer: %s is lenient: %s', async (prefer, isLenient) => {
  const { token } = await createUserWithToken(server)
  const data = stepSamples('2024-01-05T10:00:00Z', 4).map((one, i) => (i === 2 ? { ...one, value: 0 } : one))
  const answer = await send(server, token, 'steps', data, { prefer })
  expect(answer.status).toBe(isLenient ? 200 : 422)
  expect(answer.headers.get('preference-applied')).toBe(isLenient ? 'handling=lenient' : null)
})

test.each(['gzip', 'GZIP', 'x-gzip', 'X-GZip'])('Content-Encoding: %s is gzip', async (encoding) => {
  const { token } = await createUserWithToken(server)
  const json = JSON.stringify({ data_type: 'steps', data: stepSamples('2024-01-05T10:00:00Z', 3) })
  const answer = await call(server, 'POST', '/api/v1.1/samples', {
    token,
    headers: { 'content-type': 'application/json', 'content-encoding': encoding },
    body: Uint8Array.from(gzipSync(json)),
  })
  expect(answer.body).toEqual({ inserted: 3, updated: 0, unchanged: 0, rejected: [] })
})

test('beats a second are converted without the noise of binary fractions', async () => {
  const { userId, token } = await createUserWithToken(server)
  const data = bpmSamples('2024-01-05T10:00:00Z', [4.1, 1.1, 2.3]).map((one) => ({ ...one, unit: 'count/s' }))
  await send(server, token, 'bpm', data)
  const read = `/api/v1.1/samples?userId=${userId}&data_type=bpm`
  const { body } = await call(server, 'GET', read, { key: server.keys.live })
  expect(body.data.map(({ value }: { value: number }) => value)).toEqual([246, 66, 138])
})
