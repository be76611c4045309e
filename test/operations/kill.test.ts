import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newApiKey } from '../../src/accounts/credential.ts'
import { call, createUserWithToken, send, stepSamples, type WireSample } from '../support/api.ts'
import { startServerProcess } from '../support/process.ts'

const KILLS = 20
const BATCH = 200

let dataDir: string
const key = newApiKey('secret', 'live')

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'pulsewell-kill-'))
})
afterAll(() => rm(dataDir, { recursive: true, force: true }))

test('kill -9 during ingest, twenty times: what was answered 200 is there, nothing is there by half, no hand is needed', async () => {
  const environment = { DATA_DIR: dataDir, BOOTSTRAP_SECRET_KEY: key, LOG_LEVEL: 'info' }
  let server = await startServerProcess(environment)
  const { userId, token } = await createUserWithToken({ url: server.url, keys: { live: key, sandbox: '', client: '' } })
  const acknowledged = new Set<number>()
  let next = 0

  for (let round = 0; round < KILLS; round++) {
    const isUp = { value: true }
    const senders = Array.from({ length: 4 }, async () => {
      while (isUp.value) {
        const batch = next++
        const answer = await send(server, token, 'steps', batchOf(batch)).catch(() => undefined)
        if (answer === undefined) return
        expect(answer.status).toBe(200)
        acknowledged.add(batch)
      }
    })
    const before = acknowledged.size
    await until(() => acknowledged.size >= before + 2)
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 60))
    await server.kill('SIGKILL')
    isUp.value = false
    await Promise.all(senders)
    server = await startServerProcess(environment)

    const stored = await storedByBatch(server.url, userId)
    for (const batch of acknowledged) expect(stored.get(batch)).toBe(BATCH)
    for (const [batch, count] of stored) expect([batch, count]).toEqual([batch, BATCH])
  }
  expect(acknowledged.size).toBeGreaterThanOrEqual(2 * KILLS)
  expect(await server.kill('SIGTERM')).toBe(0)
}, 180_000)

/** A batch is a device's: what of it is stored can be told from what is stored of others. */
const batchOf = (batch: number): WireSample[] =>
  // Over two days, so that a batch is more than one row.
  stepSamples('2024-01-05T22:20:00Z', BATCH, 1).map((sample) => ({
    ...sample,
    start_date: new Date(Date.parse(sample.start_date) + batch).toISOString(),
    end_date: new Date(Date.parse(sample.end_date!) + batch).toISOString(),
  }))

async function storedByBatch(url: string, userId: string): Promise<Map<number, number>> {
  const counts = new Map<number, number>()
  let cursor: string | null = ''
  while (cursor !== null) {
    const parameters: Record<string, string> = {
      userId,
      data_type: 'steps',
      limit: '1000',
      ...(cursor === '' ? {} : { cursor }),
    }
    const { body } = await call({ url }, 'GET', `/api/v1.1/samples?${new URLSearchParams(parameters).toString()}`, {
      key,
    })
    for (const { start_date } of body.data) {
      const batch = Date.parse(start_date) % 60_000
      counts.set(batch, (counts.get(batch) ?? 0) + 1)
    }
    cursor = body.next_cursor
  }
  return counts
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}
