import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { judgeAnswer } from '../../src/webhooks/judge-answer.ts'
import { messageOf, openSender } from '../../src/webhooks/sender.ts'
import { startReceiver } from '../support/receiver.ts'

const never = new AbortController().signal
const body = Buffer.from('{}')

async function startEndpoint(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

test('the connection of an endpoint that goes on sending is closed', async () => {
  let written: number | undefined
  const endless = await startEndpoint((_, response) => {
    response.writeHead(200)
    let sent = 0
    const timer = setInterval(() => {
      response.write('x'.repeat(4096))
      sent += 4096
    }, 1)
    response.on('close', () => {
      clearInterval(timer)
      written = sent
    })
  })
  const sender = openSender(readConfig({}).webhooks)
  const answer = await sender.post(endless.url, body, {}, never)
  expect(answer.status).toBe(200)
  await expect.poll(() => written).toBeDefined()
  expect(written).toBeLessThan(1024 * 1024)
  await sender.close()
  await endless.stop()
})

test('an address that is refused is not called, also as a literal', async () => {
  const receiver = await startReceiver()
  const { port } = new URL(receiver.url)
  const strict = openSender(readConfig({ WEBHOOK_ALLOW_HTTP: 'true', DATABASE_URL: 'postgresql://unused' }).webhooks)
  for (const host of ['127.0.0.1', '2130706433', '[::ffff:127.0.0.1]']) {
    await expect(strict.post(`http://${host}:${port}/hook`, body, {}, never)).rejects.toThrow(/not a public address/)
  }
  expect(receiver.received).toEqual([])
  await strict.close()
  await receiver.stop()
})

test('an endpoint that answers a byte a second is cut off after 15 s in all', async () => {
  let closed = false
  const dripping = await startEndpoint((_, response) => {
    response.writeHead(200)
    const timer = setInterval(() => response.write('x'), 1000)
    response.on('close', () => {
      clearInterval(timer)
      closed = true
    })
  })
  const sender = openSender(readConfig({}).webhooks)
  const from = performance.now()
  expect(await sender.post(dripping.url, body, {}, never)).toMatchObject({
    status: 200,
    fault: 'no complete answer within 15 s',
  })
  const took = performance.now() - from
  expect(took).toBeGreaterThan(14_000)
  expect(took).toBeLessThan(17_000)
  await expect.poll(() => closed).toBe(true)
  await sender.close()
  await dripping.stop()
})

test('what an endpoint answered before its body stalled is known, and is no success', async () => {
  const stalling = await startEndpoint((_, response) => {
    response.writeHead(410, { 'content-length': '10' })
    response.write('gone')
    setTimeout(() => response.destroy(), 50)
  })
  const sender = openSender(readConfig({}).webhooks)
  const answer = await sender.post(stalling.url, body, {}, never)
  expect(answer).toMatchObject({ status: 410, fault: expect.any(String) })
  expect(answer.body.toString()).toBe('gone')
  const sent = { type: 'devices.health-data', body }
  expect(judgeAnswer(sent, answer, new Date())).toEqual({ kind: 'gone' })
  expect(judgeAnswer(sent, { ...answer, status: 200 }, new Date())).toEqual({ kind: 'failed' })
  await sender.close()
  await stalling.stop()
})

test('a name whose addresses all refuse: the error says why', async () => {
  const { port } = new URL((await startReceiver().then(async (closed) => (await closed.stop(), closed))).url)
  const resolve = async () => ['127.0.0.1', '::1'].map((address) => ({ address, family: address === '::1' ? 6 : 4 }))
  const sender = openSender({ ...readConfig({}).webhooks, allowCidrs: ['127.0.0.0/8', '::1/128'] }, resolve)
  const error = await sender.post(`http://two.example:${port}/`, body, {}, never).catch(messageOf)
  expect(error).toContain('ECONNREFUSED')
  await sender.close()
})
