import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAccount } from '../../src/accounts/create-account.ts'
import { createKey } from '../../src/accounts/keys.ts'
import { createUserWithToken, send, stepSamples, call } from '../support/api.ts'
import { type Received, startReceiver } from '../support/receiver.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { type Quiet, startWithoutWorker } from '../support/without-worker.ts'

async function createOtherAccount({ context: { prisma } }: TestServer): Promise<string> {
  const { live } = await createAccount(prisma, 'other')
  return createKey(prisma, live, 'secret')
}

test('what happens to a user is told to their environment alone', async () => {
  const server = await startServer()
  const keys = [server.keys.live, server.keys.sandbox, await createOtherAccount(server)]
  const receivers = await Promise.all(keys.map(() => startReceiver()))
  for (const [i, key] of keys.entries()) {
    await call(server, 'POST', '/settings', { key, json: { webhookUrl: receivers[i]!.url } })
    await receivers[i]!.waitFor(({ body }) => body.ping !== undefined)
  }
  const [live, ...others] = receivers
  const { userId, token } = await createUserWithToken(server)
  await send(server, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 3))
  await live!.waitFor(({ body }) => body.meta.type === 'devices.health-data')
  await call(server, 'DELETE', `/user/${userId}`, { key: keys[0]! })
  await live!.waitFor(({ body }) => body.meta.type === 'devices.provider-disconnected')
  // Each of the others is told of a user of its own, and by then would have been told of the live one.
  for (const [i, receiver] of others.entries()) {
    const own = await createUserWithToken(server, 'apple', keys[i + 1])
    await receiver.waitFor(({ body }) => body.users?.[0]?.userId === own.userId)
    expect(receiver.received.map(whatItTells)).toEqual(['ping', `devices.provider-connected ${own.userId}`])
  }
  expect(live!.received.map(whatItTells).toSorted()).toEqual([
    `devices.health-data ${userId}`,
    `devices.provider-connected ${userId}`,
    `devices.provider-disconnected ${userId}`,
    'ping',
  ])
  await server.stop()
  await Promise.all(receivers.map((receiver) => receiver.stop()))
})

const whatItTells = ({ body }: Received): string =>
  body.users === undefined ? body.meta.type : `${body.meta.type} ${body.users.map((user: any) => user.userId).join()}`

describe("another tenant's endpoint and deliveries stay as they are", () => {
  let quiet: Quiet
  let liveTenant: string
  let before: unknown[]

  const others = async () => {
    const { pool } = quiet.context
    const endpoints = await pool.query('select * from webhook_endpoint where tenant_id <> $1 order by id', [liveTenant])
    const deliveries = await pool.query('select * from delivery where tenant_id <> $1 order by id', [liveTenant])
    return [...endpoints.rows, ...deliveries.rows]
  }

  beforeAll(async () => {
    quiet = await startWithoutWorker()
    const { server, setUrl } = quiet
    const otherKey = await createOtherAccount(server)
    await setUrl('http://127.0.0.1:9/sandbox', server.keys.sandbox)
    await setUrl('http://127.0.0.1:9/other', otherKey)
    liveTenant = (await setUrl('http://127.0.0.1:9/live')).id
    for (const key of [server.keys.sandbox, otherKey, server.keys.live]) await createUserWithToken(server, 'apple', key)
    // The sandbox's are held, those of the other account wait.
    await setUrl('', server.keys.sandbox)
    before = await others()
    const states = (await quiet.deliveries()).map(({ status }) => status)
    expect(states.toSorted()).toEqual(['held', 'held', 'pending', 'pending', 'pending', 'pending'])
  })
  afterAll(() => quiet.stop())

  test('when one sets a new URL', async () => {
    await quiet.setUrl('http://127.0.0.1:9/new')
    expect(await others()).toEqual(before)
  })

  test('when one answers 410', async () => {
    const gone = await startReceiver((_, response) => void response.writeHead(410).end())
    await quiet.setUrl(gone.url)
    const { userId } = await createUserWithToken(quiet.server)
    const [delivery] = await quiet.deliveries(userId)
    await quiet.attempt(delivery!.id)
    expect(await quiet.deliveries(userId)).toMatchObject([{ status: 'held' }])
    expect(await others()).toEqual(before)
    await gone.stop()
  })

  test('when one clears its URL', async () => {
    await quiet.setUrl('http://127.0.0.1:9/live')
    await quiet.setUrl('')
    expect(await others()).toEqual(before)
  })
})
