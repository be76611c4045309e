import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { PulsewellClient } from '../../../sdk/typescript/src/index.ts'
import { createUserWithToken, send, stepSamples } from '../../support/api.ts'
import { startServer, type TestServer } from '../../support/server.ts'

let server: TestServer
let client: PulsewellClient
const asked: URL[] = []

beforeAll(async () => {
  server = await startServer({ environment: { RATE_LIMIT_STUDIES: '10000' } })
  client = new PulsewellClient({
    baseUrl: server.url,
    apiToken: server.keys.live,
    fetch: (url, init) => {
      asked.push(new URL(url))
      return fetch(url, init)
    },
  })
  for (let count = 1; count <= 7; count++) await client.studies.create({ name: `Study ${count}` })
})
beforeEach(() => asked.splice(0))
afterAll(() => server.stop())

test('a list is asked for when it is awaited, once', async () => {
  const list = client.studies.list({ perPage: 3, page: 2 })
  expect(asked).toHaveLength(0)
  expect((await list).data.map(({ id }) => id)).toEqual([4, 5, 6])
  expect((await list).pagination).toMatchObject({ page: 2, per_page: 3, total: 7, has_next: true, has_prev: true })
  expect(asked.map(({ search }) => search)).toEqual(['?per_page=3&page=2'])
})

test('a walk gives every item, a page at a time, and takes the filters along', async () => {
  const ids: number[] = []
  for await (const { id } of client.studies.list({ perPage: 3, order: 'desc', fields: ['id'] })) {
    ids.push(id)
    expect(asked).toHaveLength(Math.ceil(ids.length / 3))
  }
  expect(ids).toEqual([7, 6, 5, 4, 3, 2, 1])
  for (const { searchParams } of asked) expect(searchParams.get('order')).toBe('desc')
  asked.splice(0)
  for await (const { id } of client.studies.list()) if (id === 2) break
  expect(asked.map(({ search }) => search)).toEqual(['?per_page=100'])
})

test('pages can be walked, too, from any one on', async () => {
  const pages: number[][] = []
  for await (const { data } of client.studies.list({ perPage: 2, page: 3 }).pages())
    pages.push(data.map(({ id }) => id))
  expect(pages).toEqual([[5, 6], [7]])
})

test('a failure is that of whoever awaits or walks', async () => {
  const nothing = client.studies.list({ status: 'open' as 'active' })
  await expect(nothing).rejects.toMatchObject({ code: 'VALIDATION_ERROR', details: { field: 'status' } })
  await expect(nothing.pages().next()).rejects.toMatchObject({ status: 422 })
})

test('samples and changes are walked by their cursors', async () => {
  const { userId, token } = await createUserWithToken(server)
  await send(server, token, 'steps', stepSamples('2024-05-01T00:00:00Z', 25))
  const starts: string[] = []
  for await (const { start_date } of client.samples.list({ userId, dataType: 'steps', limit: 10 }))
    starts.push(start_date)
  expect(starts).toHaveLength(25)
  expect(starts.toSorted()).toEqual(starts)
  expect(new Set(starts).size).toBe(25)
  expect(asked).toHaveLength(3)
  await client.users.disconnect(userId, 'apple')
  await expect.poll(async () => (await client.changes.list({ userId })).data.length).toBe(3)
  const types: string[] = []
  let cursor: string | undefined
  for await (const page of client.changes.list({ userId, limit: 1 }).pages()) {
    types.push(...page.data.map(({ type }) => type))
    cursor = page.next_cursor
  }
  expect(types.toSorted()).toEqual([
    'devices.health-data',
    'devices.provider-connected',
    'devices.provider-disconnected',
  ])
  expect(await client.changes.list({ userId, cursor: cursor! })).toMatchObject({ data: [], has_more: false })
})

test('a walk from a page on begins where that page does', async () => {
  for (let count = 8; count <= 23; count++) await client.studies.create({ name: `Study ${count}` })
  const { data } = await client.studies.list({ page: 2 })
  expect(data.map(({ id }) => id)).toEqual([21, 22, 23])
  const walked: number[] = []
  for await (const { id } of client.studies.list({ page: 2 })) walked.push(id)
  expect(walked).toEqual([21, 22, 23])
})
