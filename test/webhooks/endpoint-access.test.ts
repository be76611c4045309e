import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAccount } from '../../src/accounts/create-account.ts'
import { createKey } from '../../src/accounts/keys.ts'
import { call } from '../support/api.ts'
import { endpointsOf } from '../support/endpoints.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let id: string
let messageId: string
let others: string[]

beforeAll(async () => {
  server = await startServer({ worker: false })
  const endpoints = endpointsOf(server)
  id = (await endpoints.create('https://example.com/hook')).id
  messageId = (await endpoints.ask('POST', `/${id}/test`)).body.message_id
  // Something to resend and to recover.
  await server.context.pool.query(`update delivery set status = 'exhausted', next_at = null`)
  const { live } = await createAccount(server.context.prisma, 'other')
  others = [await createKey(server.context.prisma, live, 'secret'), server.keys.sandbox]
})
afterAll(() => server.stop())

const state = async () => {
  const rows = await Promise.all(
    ['webhook_endpoint', 'message', 'delivery', 'webhook_recovery'].map((table) =>
      server.context.pool.query(`select * from ${table} order by id`).then((result) => result.rows),
    ),
  )
  return rows.flat()
}

const since = '2020-01-01T00:00:00Z'

/** Every route that names an endpoint or a message, in an order in which each succeeds. */
const routes = (endpoint: string, message: string): [string, string, unknown, number][] => [
  ['GET', `/${endpoint}`, undefined, 200],
  ['GET', `/${endpoint}/deliveries`, undefined, 200],
  ['GET', `/${endpoint}/recoveries`, undefined, 200],
  ['GET', `/messages/${message}`, undefined, 200],
  ['POST', `/${endpoint}/recover`, { since }, 202],
  ['POST', `/messages/${message}/resend`, undefined, 202],
  ['POST', `/messages/${message}/resend`, { endpoint_id: endpoint }, 202],
  ['POST', `/${endpoint}/test`, undefined, 202],
  ['POST', `/${endpoint}/rotate-secret`, undefined, 200],
  ['PATCH', `/${endpoint}`, { enabled: false }, 200],
  ['DELETE', `/${endpoint}`, undefined, 204],
]

const ask = (method: string, path: string, key: string | undefined, json: unknown) =>
  call(server, method, `/api/webhooks${path}`, { json, ...(key === undefined ? {} : { key }) })

test('what is another account’s, or of the other environment, is not there, and stays as it is', async () => {
  const before = await state()
  for (const key of others) {
    for (const [method, path, json] of routes(id, messageId)) {
      const { status, body } = await ask(method, path, key, json)
      expect([method, path, status]).toEqual([method, path, 404])
      expect(body.error.code).toBe('NOT_FOUND')
    }
    expect((await ask('GET', '', key, undefined)).body.pagination.total).toBe(0)
  }
  expect(await state()).toEqual(before)
})

describe('whoever has no secret key', () => {
  const all = (): [string, string, unknown][] => [
    ['GET', '', undefined],
    ['POST', '', { url: 'https://example.com/hook', events: ['*'] }],
    ...routes(id, messageId).map(([method, path, json]): [string, string, unknown] => [method, path, json]),
  ]

  test('is refused: a client key with 403, none and a wrong one with 401', async () => {
    const before = await state()
    for (const [method, path, json] of all()) {
      const statusWith = async (key: string | undefined) => (await ask(method, path, key, json)).status
      const statuses = [
        await statusWith(server.keys.client),
        await statusWith(undefined),
        await statusWith('sk_live_x'),
      ]
      expect([method, path, statuses]).toEqual([method, path, [403, 401, 401]])
    }
    expect(await state()).toEqual(before)
  })
})

test('what is not there is 404, and what cannot be an id 422', async () => {
  const { live } = server.keys
  const nobody = '00000000-0000-4000-8000-000000000000'
  for (const [method, path, json] of routes(nobody, `msg_${'0'.repeat(32)}`)) {
    expect([path, (await ask(method, path, live, json)).status]).toEqual([path, 404])
  }
  for (const [method, path, json] of routes('me', 'msg_1')) {
    const { status, body } = await ask(method, path, live, json)
    expect([path, status]).toEqual([path, 422])
    expect(body.error.details.field).toMatch(/^(?:id|messageId|endpoint_id)$/)
  }
})

test('with the key of its own account every one of them does what it says', async () => {
  for (const [method, path, json, expected] of routes(id, messageId)) {
    const { status } = await ask(method, path, server.keys.live, json)
    expect([method, path, status]).toEqual([method, path, expected])
  }
})
