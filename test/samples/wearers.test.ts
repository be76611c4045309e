import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, createUserWithToken, send, type WireSample } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

const FIXTURES = join(import.meta.dirname, '../fixtures')

let server: TestServer

beforeAll(async () => {
  server = await startServer({ worker: false })
})
afterAll(() => server.stop())

test("267 days of real wearers equal the vendor's totals, sent in shuffled batches, half of them twice", async () => {
  const truth = readCsv(readFileSync(join(FIXTURES, 'steps-by-day.csv'), 'utf8'))
  const minutes = readCsv(gunzipSync(readFileSync(join(FIXTURES, 'steps-by-minute.csv.gz'))).toString())
  const wearers = Map.groupBy(minutes, ([wearer]) => wearer)
  const users = new Map<string, string>()
  for (const [wearer, rows] of wearers) {
    const { userId, token } = await createUserWithToken(server, 'fitbit')
    users.set(wearer, userId)
    const batches = chunk(shuffle(rows.map(toSample)), 1000)
    const twice = shuffle([...batches, ...batches.filter((_, index) => index % 2 === 0)])
    const answers = await Promise.all(twice.map((batch) => send(server, token, 'steps', batch)))
    expect(answers.map(({ status }) => status)).toEqual(twice.map(() => 200))
    expect(answers.reduce((total, { body }) => total + body.inserted, 0)).toBe(rows.length)
  }

  const answered = []
  for (const [wearer, date] of truth) {
    const path = `/activity?userId=${users.get(wearer)}&date=${date}`
    const { body } = await call(server, 'GET', path, { key: server.keys.live })
    // A day without a step has no samples, and so no element.
    answered.push([wearer, date, String(body[0]?.summary.movement.steps_count ?? 0)])
  }
  expect(truth).toHaveLength(267)
  expect(answered).toEqual(truth)
})

type Row = [string, string, string]

const readCsv = (text: string): Row[] =>
  text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',') as Row)

const toSample = ([, start, steps]: Row): WireSample => ({
  device_name: 'Fitbit',
  start_date: start,
  end_date: new Date(Date.parse(start) + 60_000).toISOString(),
  value: Number(steps),
  unit: 'count',
})

/** In pieces of `size`; a last piece too small to be a batch goes with the one before. */
function chunk<T>(items: T[], size: number): T[][] {
  const chunks = Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))
  const last = chunks.at(-1)
  if (last !== undefined && last.length < 3) {
    const before = chunks.at(-2)!
    last.unshift(...before.splice(-3))
  }
  return chunks
}

function shuffle<T>(items: T[]): T[] {
  return items
    .map((item) => [Math.random(), item] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([, item]) => item)
}
