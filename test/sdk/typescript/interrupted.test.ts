import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PulsewellClient } from '../../../sdk/typescript/src/index.ts'
import { type HttpProxy, startHttpProxy } from '../../support/http-proxy.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { readFixture } from '../../support/uploader.ts'

const UPLOADER = join(import.meta.dirname, '../../support/uploader.ts')
const COUNT = 8000
const BATCH = 100
const CONCURRENCY = 4
const KILLS = 3

let server: TestServer
let proxy: HttpProxy
let folder: string

beforeAll(async () => {
  server = await startServer({ worker: false })
  proxy = await startHttpProxy(server.url)
  folder = await mkdtemp(join(tmpdir(), 'pulsewell-upload-'))
})
afterAll(async () => {
  await Promise.all([server.stop(), proxy.stop()])
  await rm(folder, { recursive: true })
})

const sentBatches = () =>
  proxy.asked
    .filter(({ path }) => path === '/api/v2/samples')
    .map(({ body }) => createHash('sha256').update(gunzipSync(body)).digest('hex'))

function startUpload(userId: string) {
  const path = join(folder, 'record')
  const job = { baseUrl: proxy.url, apiToken: server.keys.live, userId, path, count: COUNT, batchSize: BATCH }
  const child = spawn(process.execPath, [UPLOADER, JSON.stringify(job)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  return { child, ended: once(child, 'close'), output: () => output }
}

test('an upload that is killed three times stores every sample once, and sends again only what was under way', async () => {
  const client = new PulsewellClient({ baseUrl: server.url, apiToken: server.keys.live })
  const { userId } = await client.users.create({ appUserId: 'wearer' })
  for (let kill = 1; kill <= KILLS; kill++) {
    const { child, ended } = startUpload(userId)
    // An arbitrary moment of an arbitrary request, in the third of the work that is this run's.
    const at = proxy.asked.length + 5 + Math.floor(Math.random() * 15)
    proxy.meddle = async (_, number) => {
      if (number !== at) return
      child.kill('SIGKILL')
      await ended
    }
    await ended
    expect(child.signalCode).toBe('SIGKILL')
  }
  proxy.meddle = () => undefined
  const { ended, output } = startUpload(userId)
  await ended
  const batches = COUNT / BATCH
  const result = JSON.parse(output())
  expect(result).toMatchObject({ samples: COUNT, batches, rejectedCount: 0, updated: 0 })
  expect(result.skipped).toBeGreaterThan(0)

  const sent = sentBatches()
  expect(new Set(sent).size).toBe(batches)
  expect(sent.length).toBeGreaterThanOrEqual(batches)
  expect(sent.length - batches).toBeLessThanOrEqual(KILLS * CONCURRENCY)

  const stored = []
  for await (const { device_name, start_date, end_date, value } of client.samples.list({ userId, dataType: 'steps' })) {
    stored.push([device_name, start_date, end_date, value].join())
  }
  const expected = readFixture(COUNT).map((sample) => {
    const { device_name, start_date, end_date, value } = sample as typeof sample & { value: number }
    const dates = [start_date, end_date].map((date) => new Date(date!).toISOString())
    return [device_name, ...dates, value].join()
  })
  expect(stored.toSorted()).toEqual(expected.toSorted())
})
