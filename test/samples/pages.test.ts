import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, createUserWithToken, send, stepSamples, type WireSample } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

const START = '2024-01-05T10:00:00.000Z'
const NIL = '00000000-0000-0000-0000-000000000000'

let server: TestServer

beforeAll(async () => {
  server = await startServer({ worker: false })
})
afterAll(() => server.stop())

const read = (userId: string, parameters: Record<string, string>) =>
  call(
    server,
    'GET',
    `/api/v1.1/samples?${new URLSearchParams({ userId, data_type: 'steps', ...parameters }).toString()}`,
    { key: server.keys.live },
  )

/** Reads page by page, one sample a page, and gives up past `most`. */
async function walk(userId: string, most: number): Promise<WireSample[]> {
  const seen: WireSample[] = []
  let cursor: string | null = ''
  while (cursor !== null && seen.length <= most) {
    const { body } = await read(userId, { limit: '1', ...(cursor === '' ? {} : { cursor }) })
    seen.push(...body.data)
    cursor = body.next_cursor
  }
  return seen
}

test('one sample a page, over days that have one each', async () => {
  const { userId, token } = await createUserWithToken(server)
  const sent = [5, 6, 7, 8, 12, 13].flatMap((day) => stepSamples(new Date(Date.UTC(2024, 0, day, 10)).toISOString(), 1))
  await send(server, token, 'steps', sent)
  const seen = await walk(userId, sent.length)
  expect(seen.map(({ start_date }) => start_date)).toEqual(sent.map(({ start_date }) => start_date))
})

test('one sample a page: those that start together come by duration, each once', async () => {
  const { userId, token } = await createUserWithToken(server)
  const sample = (device_name: string, seconds: number): WireSample => ({
    device_name,
    start_date: START,
    end_date: new Date(Date.parse(START) + seconds * 1000).toISOString(),
    value: 1,
    unit: 'count',
  })
  const sent = [sample('iPhone', 90), sample('iPhone', 30), sample('ring', 60), sample('ring', 30), sample('ring', 0)]
  await send(server, token, 'steps', sent)

  const seen = (await walk(userId, sent.length)).map(
    ({ device_name, end_date }) => `${(Date.parse(end_date!) - Date.parse(START)) / 1000} ${device_name}`,
  )
  expect(seen.map((one) => one.split(' ')[0])).toEqual(['0', '30', '30', '60', '90'])
  expect(seen.toSorted()).toEqual(['0 ring', '30 iPhone', '30 ring', '60 ring', '90 iPhone'])
})

test.each([
  ['a duration beyond an int', [0, 2 ** 31, NIL]],
  ['a duration below 0', [0, -1, NIL]],
  ['a start beyond all dates', [Number.MAX_SAFE_INTEGER, 0, NIL]],
  ['a start before all samples', [-Number.MAX_SAFE_INTEGER, 0, NIL]],
  ['a number that is not whole', [0.5, 0, NIL]],
  ['one place too many', [0, 0, NIL, 0]],
])('422 for a cursor with %s', async (_, position) => {
  const { userId } = await createUserWithToken(server)
  const answer = await read(userId, { cursor: Buffer.from(JSON.stringify(position)).toString('base64url') })
  expect(answer.status).toBe(422)
  expect(answer.body.error.details).toEqual([{ field: 'cursor', reason: expect.any(String) }])
})
