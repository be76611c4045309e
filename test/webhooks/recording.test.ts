import { afterEach, beforeEach, expect, test } from 'vitest'
import { createUserWithToken } from '../support/api.ts'
import { answerLikeAPartner, type Receiver, startReceiver } from '../support/receiver.ts'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'
import { type Quiet, startWithoutWorker } from '../support/without-worker.ts'

let proxy: TcpProxy
let quiet: Quiet
let receiver: Receiver

beforeEach(async () => {
  quiet = await startWithoutWorker({
    through: async (databaseUrl) => {
      const { hostname, port } = new URL(databaseUrl)
      proxy = await startTcpProxy({ host: hostname, port: Number(port) })
      return proxy.port
    },
  })
  receiver = await startReceiver()
})
afterEach(async () => {
  proxy.up()
  await quiet.stop()
  await Promise.all([proxy.stop(), receiver.stop()])
})

async function waiting(): Promise<{ id: string; userId: string }> {
  await quiet.setUrl(receiver.url)
  const { userId } = await createUserWithToken(quiet.server)
  return { id: (await quiet.deliveries(userId))[0]!.id, userId }
}

const isLogged = (text: string) => quiet.server.logged.some((line) => line.includes(text))

test('what was sent while the database went away is recorded once it is back, and not sent again', async () => {
  const { id, userId } = await waiting()
  receiver.handle = (_, response) => {
    proxy.down()
    response.writeHead(200).end()
  }
  const attempted = quiet.attempt(id).catch(() => undefined)
  await expect.poll(() => isLogged('attempts were not recorded')).toBe(true)
  proxy.up()
  receiver.handle = answerLikeAPartner
  await attempted
  await expect.poll(() => quiet.deliveries(userId)).toMatchObject([{ status: 'delivered', attempt_count: 1 }])
  await quiet.sweep()
  expect(receiver.received.filter(({ body }) => body.users?.[0].userId === userId)).toHaveLength(1)
})

test('a stop does not wait for a database that is away: the delivery is due again when its lease is over', async () => {
  const { id, userId } = await waiting()
  const stop = new AbortController()
  receiver.handle = (_, response) => {
    proxy.down()
    response.writeHead(200).end()
  }
  const attempted = quiet.attempt(id, stop.signal).catch(() => undefined)
  await expect.poll(() => isLogged('attempts were not recorded')).toBe(true)
  stop.abort()
  await expect.poll(() => isLogged('"lost":1')).toBe(true)
  proxy.up()
  await attempted
  expect(await quiet.deliveries(userId)).toMatchObject([{ status: 'sending', attempt_count: 0 }])
})
