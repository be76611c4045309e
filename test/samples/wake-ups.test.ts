import { afterAll, beforeAll, expect, test } from 'vitest'
import { findUserGrants } from '../../src/accounts/user-tokens.ts'
import type { Context } from '../../src/context.ts'
import { deleteSamples } from '../../src/samples/delete-samples.ts'
import { ingestSamples, shareDays } from '../../src/samples/ingest-samples.ts'
import { readBatch } from '../../src/samples/read-batch.ts'
import { createUserWithToken, stepSamples } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let context: Context
let asked: unknown[] = []

beforeAll(async () => {
  server = await startServer({ worker: false })
  context = {
    ...server.context,
    queue: {
      ...server.context.queue,
      wake: (topic, payloads) => void asked.push([topic.name, ...payloads]),
      wakeTogether: (topic, id, delayMs) => void asked.push([topic.name, id, delayMs]),
    },
  }
})
afterAll(() => server.stop())

/** The wake-ups that `work` asks for. */
async function wakeUpsOf(work: Promise<unknown>): Promise<unknown[]> {
  asked = []
  await work
  return asked
}

test('what changes days asks for a wake-up after the window, and what changes none does not', async () => {
  const { userId, token } = await createUserWithToken(server)
  const grant = (await findUserGrants(context.pool, [token], context.now()))[0]!
  const samples = stepSamples('2024-01-05T10:00:00Z', 3)
  const ingest = (data: unknown[]) =>
    ingestSamples(context, grant, readBatch({ json: { data_type: 'steps', data } }, true, 'v1.1'), shareDays(context))
  const range = { start: new Date('2024-01-05T00:00:00Z'), end: new Date('2024-01-06T00:00:00Z') }
  const remove = () => deleteSamples(context, grant, { data_type: 'steps', ...range })
  const wakeUp = ['announce-changes', userId, context.config.webhooks.windowMs]

  expect(await wakeUpsOf(ingest(samples))).toEqual([wakeUp])
  expect(await wakeUpsOf(ingest(samples))).toEqual([])
  expect(await wakeUpsOf(ingest(samples.map((sample) => ({ ...sample, value: 11 }))))).toEqual([wakeUp])
  expect(await wakeUpsOf(ingest(samples.map((sample) => ({ ...sample, value: 0 }))))).toEqual([])
  expect(await wakeUpsOf(remove())).toEqual([wakeUp])
  expect(await wakeUpsOf(remove())).toEqual([])
})
