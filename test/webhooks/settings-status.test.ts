import { MetriportDevicesApi } from '@metriport/api-sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { removeOldMessages } from '../../src/webhooks/remove-old-messages.ts'
import { createUserWithToken, send, stepSamples } from '../support/api.ts'
import { answerLikeAPartner, type Receiver, startReceiver } from '../support/receiver.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let receiver: Receiver
let client: MetriportDevicesApi

beforeAll(async () => {
  server = await startServer()
  receiver = await startReceiver()
  client = new MetriportDevicesApi(server.keys.live, { baseAddress: server.url })
})
afterAll(async () => {
  await server.stop()
  await receiver.stop()
})

const sql = (text: string, values: unknown[] = []) => server.context.pool.query(text, values)

test('the published client sees how webhooks go, and sends again what failed', async () => {
  expect(await client.getWebhookStatus()).toEqual({
    webhookEnabled: false,
    webhookStatusDetail: 'No URL is set.',
    webhookRequestsProcessing: 0,
    webhookRequestsFailed: 0,
  })
  await client.updateSettings(receiver.url)
  await expect.poll(() => client.getWebhookStatus()).toMatchObject({ webhookEnabled: true, webhookStatusDetail: 'OK' })

  receiver.handle = (_, response) => response.writeHead(500).end()
  const { userId } = await createUserWithToken(server)
  await expect
    .poll(() => client.getWebhookStatus())
    .toEqual({
      webhookEnabled: true,
      webhookStatusDetail: 'The latest attempt was answered 500.',
      webhookRequestsProcessing: 1,
      webhookRequestsFailed: 0,
    })

  await sql(`update delivery set status = 'exhausted', attempt_count = 10, next_at = null where status = 'retry'`)
  expect(await client.getWebhookStatus()).toMatchObject({ webhookRequestsProcessing: 0, webhookRequestsFailed: 1 })
  await client.retryWebhookRequests()
  // The schedule begins anew: one more failure does not exhaust it again.
  await expect
    .poll(async () => (await sql(`select status, attempt_count from delivery where status <> 'delivered'`)).rows)
    .toEqual([{ status: 'retry', attempt_count: 11 }])

  receiver.handle = answerLikeAPartner
  await client.retryWebhookRequests()
  await expect
    .poll(() => client.getWebhookStatus())
    .toMatchObject({ webhookRequestsProcessing: 0, webhookStatusDetail: 'OK' })
  const told = receiver.received.filter(({ body }) => body.users?.[0]?.userId === userId)
  expect(new Set(told.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
})

test('an endpoint that answered 410 is tried again when asked', async () => {
  receiver.handle = (_, response) => response.writeHead(410).end()
  const { userId, token } = await createUserWithToken(server)
  await expect.poll(() => client.getWebhookStatus()).toMatchObject({ webhookEnabled: false, webhookRequestsFailed: 1 })
  await send(server, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 3))
  await expect.poll(() => client.getWebhookStatus()).toMatchObject({ webhookRequestsFailed: 2 })
  receiver.handle = answerLikeAPartner
  await client.retryWebhookRequests()
  await receiver.waitFor(({ body }) => body.users?.[0]?.userId === userId && body.meta.type === 'devices.health-data')
  await expect.poll(() => client.getWebhookStatus()).toMatchObject({ webhookEnabled: true, webhookRequestsFailed: 0 })
})

test('what is said is how it went last, whatever happened to older deliveries since', async () => {
  receiver.handle = (_, response) => response.writeHead(500).end()
  await client.updateSettings(receiver.url)
  const detail = async () => (await client.getWebhookStatus()).webhookStatusDetail
  await expect.poll(detail).toBe('The latest attempt was answered 500.')
  receiver.handle = (_, response) => response.writeHead(410).end()
  await createUserWithToken(server)
  await expect.poll(detail).toBe('The latest attempt was answered 410.')
  receiver.handle = answerLikeAPartner
  await client.retryWebhookRequests()
  await expect
    .poll(() => client.getWebhookStatus())
    .toMatchObject({ webhookStatusDetail: 'OK', webhookRequestsFailed: 0 })
})

test('five days of failure are days on which something was sent', async () => {
  const disabled = async () => (await sql('select enabled, failing_since from webhook_endpoint')).rows[0]
  receiver.handle = (_, response) => response.writeHead(500).end()
  await createUserWithToken(server)
  await expect.poll(disabled).toMatchObject({ failing_since: expect.any(Date) })
  const set = (since: string, last: string) =>
    sql(
      `update webhook_endpoint set failing_since = now() - interval '${since}', failed_at = now() - interval '${last}'`,
    )

  await set('6 days', '4 days')
  await createUserWithToken(server)
  await expect.poll(async () => Date.now() - (await disabled()).failing_since.getTime()).toBeLessThan(60_000)
  expect((await disabled()).enabled).toBe(true)

  await set('6 days', '1 day')
  await createUserWithToken(server)
  await expect.poll(disabled).toMatchObject({ enabled: false })
  receiver.handle = answerLikeAPartner
  await client.retryWebhookRequests()
  await expect.poll(() => client.getWebhookStatus()).toMatchObject({ webhookEnabled: true, webhookRequestsFailed: 0 })
})

test('what arrived is removed after 30 days; what did not stays', async () => {
  const later = (days: number) => ({ ...server.context, now: () => new Date(Date.now() + days * 86_400_000) })
  const never = new AbortController().signal
  const count = async (table: string) => (await sql(`select count(*)::int as n from ${table}`)).rows[0].n
  await expect.poll(() => client.getWebhookStatus()).toMatchObject({ webhookRequestsProcessing: 0 })
  receiver.handle = (_, response) => response.writeHead(500).end()
  await createUserWithToken(server)
  await expect.poll(() => client.getWebhookStatus()).toMatchObject({ webhookRequestsProcessing: 1 })

  const before = await count('event')
  await removeOldMessages(later(29), never)
  expect(await count('event')).toBe(before)
  await removeOldMessages(later(31), never)
  expect(await count('event')).toBe(1)
  expect([await count('message'), await count('delivery')]).toEqual([1, 1])
})
