import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { openSender } from '../../src/webhooks/sender.ts'
import { call } from '../support/api.ts'
import { startReceiver } from '../support/receiver.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startServer({ worker: false, environment: { WEBHOOK_ALLOW_CIDRS: '10.1.0.0/16' } })
})
afterAll(() => server.stop())

const setUrl = (webhookUrl: unknown, key = server.keys.live) =>
  call(server, 'POST', '/settings', { key, json: { webhookUrl } })

describe('POST /settings', () => {
  test('each URL gets a key of its own; live and sandbox are apart', async () => {
    const first = await setUrl('https://example.com/a')
    const second = await setUrl('https://example.com/a')
    expect(first.body.webhookKey).not.toBe(second.body.webhookKey)
    const sandbox = await call(server, 'GET', '/settings', { key: server.keys.sandbox })
    expect(sandbox.body.webhookUrl).toBeNull()
    expect(sandbox.body.id).not.toBe(first.body.id)
  })

  test('the key is encrypted where it is stored', async () => {
    const { body } = await setUrl('https://example.com/a')
    const { rows } = await server.context.pool.query('select secret from webhook_endpoint')
    for (const { secret } of rows) expect(secret.toString('latin1')).not.toContain(body.webhookKey.slice(6, 20))
  })

  test.each([
    'ftp://example.com',
    'example.com',
    'https://user:secret@example.com',
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://169.254.169.254/latest/meta-data',
    'http://10.2.0.1/',
    'http://192.168.0.1/',
    'http://100.64.0.1/',
    'http://0.0.0.0/',
    'http://[::1]/',
    'http://[fe80::1]/',
    'http://[fd00::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'http://224.0.0.1/',
    `https://example.com/${'x'.repeat(2048)}`,
    17,
    null,
  ])('refuses %j', async (url) => {
    const answer = await setUrl(url)
    expect(answer.status).toBe(400)
    expect(answer.body.detail).toContain('webhookUrl')
  })

  test('takes what the operator opened', async () => {
    expect((await setUrl('http://10.1.2.3/hook')).status).toBe(200)
  })
})

describe('what is called', () => {
  const never = new AbortController().signal
  const body = Buffer.from('{}')
  const senderWith = (environment: Record<string, string>) => openSender(readConfig(environment).webhooks)

  test('a name that resolves to a refused address is not', async () => {
    const receiver = await startReceiver()
    const { port } = new URL(receiver.url)
    const strict = senderWith({ WEBHOOK_ALLOW_HTTP: 'true', DATABASE_URL: 'postgresql://unused' })
    const refusal: any = await strict
      .post(`http://localhost:${port}/`, body, {}, never)
      .catch((error: unknown) => error)
    expect(refusal.message).toMatch(/not a public address/)
    expect(receiver.received).toEqual([])
    const open = senderWith({ WEBHOOK_ALLOW_HTTP: 'true', WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8,::1/128' })
    expect((await open.post(`http://localhost:${port}/`, body, {}, never)).status).toBe(200)
    await Promise.all([strict.close(), open.close(), receiver.stop()])
  })

  test('plain http is not, in production', async () => {
    const sender = senderWith({ DATABASE_URL: 'postgresql://unused' })
    await expect(sender.post('http://example.com/', body, {}, never)).rejects.toThrow(/https/)
    await sender.close()
  })

  test('an answer without end is cut off, and its status counts', async () => {
    const endless = createServer((_, response) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write('x'.repeat(16_384)), 1)
      response.on('close', () => clearInterval(timer))
    }).listen(0, '127.0.0.1')
    await once(endless, 'listening')
    const sender = senderWith({})
    const answer = await sender.post(`http://127.0.0.1:${(endless.address() as AddressInfo).port}/`, body, {}, never)
    expect(answer.status).toBe(200)
    expect(answer.body.length).toBe(64 * 1024)
    await sender.close()
    endless.close()
    await once(endless, 'close')
  })
})
