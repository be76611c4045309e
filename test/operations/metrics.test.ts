import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newApiKey } from '../../src/accounts/credential.ts'
import { call, createUserWithToken, send, stepSamples } from '../support/api.ts'
import { type ServerProcess, startServerProcess } from '../support/process.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { freePort } from '../../src/database/free-port.ts'

const key = newApiKey('secret', 'live')
let dataDir: string
let server: ServerProcess
let receiver: Receiver
let metricsPort: number

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'pulsewell-metrics-'))
  metricsPort = await freePort()
  const environment = { DATA_DIR: dataDir, BOOTSTRAP_SECRET_KEY: key, WEBHOOK_WINDOW_MS: '50' }
  server = await startServerProcess({ ...environment, METRICS_PORT: String(metricsPort) })
  receiver = await startReceiver()
})
afterAll(async () => {
  expect(await server.kill('SIGTERM')).toBe(0)
  await receiver.stop()
  await rm(dataDir, { recursive: true, force: true })
})

async function readMetrics(): Promise<Map<string, number>> {
  const response = await fetch(`http://127.0.0.1:${metricsPort}/metrics`)
  expect(response.headers.get('content-type')).toContain('text/plain')
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]))
}

test('metrics say what came in and how webhooks go, and name no user', async () => {
  await call(server, 'POST', '/settings', { key, json: { webhookUrl: receiver.url } })
  const { userId, token } = await createUserWithToken({ url: server.url, keys: { live: key, sandbox: '', client: '' } })
  await send(server, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 5))
  await send(server, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 5))
  await receiver.waitFor(({ body }) => body.meta.type === 'devices.health-data')

  await expect.poll(async () => (await readMetrics()).get('pulsewell_webhook_first_attempt_seconds_count')).toBe(3)
  const metrics = await readMetrics()
  expect(metrics.get('pulsewell_samples_total{data_type="steps",outcome="inserted"}')).toBe(5)
  expect(metrics.get('pulsewell_samples_total{data_type="steps",outcome="unchanged"}')).toBe(5)
  const request = 'pulsewell_http_request_seconds_count{method="POST",route="/api/v1.1/samples",status="200"}'
  expect(metrics.get(request)).toBe(2)
  expect(metrics.get('pulsewell_webhook_deliveries{status="held"}')).toBe(0)
  expect(metrics.get('pulsewell_webhook_oldest_due_seconds')).toBeLessThan(5)
  const accepted = [...metrics].filter(([name]) => /^pulsewell_webhook_attempts_total\{.*outcome="accepted"/.test(name))
  expect(accepted.map(([, count]) => count)).toEqual([3])
  for (const name of metrics.keys()) expect(name).not.toContain(userId)
  expect((await call({ url: server.url }, 'GET', '/metrics')).status).toBe(404)
})

test('what waits and what is held is counted', async () => {
  await call(server, 'POST', '/settings', { key, json: { webhookUrl: 'http://localhost.localdomain:1/' } })
  await expect.poll(async () => (await readMetrics()).get('pulsewell_webhook_deliveries{status="retry"}')).toBe(1)
  await call(server, 'POST', '/settings', { key, json: { webhookUrl: '' } })
  await expect.poll(async () => (await readMetrics()).get('pulsewell_webhook_deliveries{status="held"}')).toBe(1)
})
