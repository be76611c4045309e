import { randomInt } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { judge } from './judge.ts'
import { openFaultyServer } from './faulty-server.ts'
import { printFigures } from './report.ts'

/** Kills at each point, on each backend. */
const HITS = 3

const redisUrl = process.env['REDIS_URL']
const seed = Number(process.env['FAULTS_SEED'] ?? randomInt(2 ** 31))

/** One storm at a time; the leases that it leaves behind run out while the next one rages. */
let clear: Promise<void> = Promise.resolve()

describe.concurrent('every accepted change is delivered or visibly not, whatever dies', () => {
  test('queue on Postgres', () => weather('Postgres', undefined))

  if (redisUrl === undefined) console.warn('REDIS_URL IS NOT SET: the faults are NOT tested with the queue on Redis.')
  test.skipIf(redisUrl === undefined)('queue on Redis', () => weather('Redis', redisUrl))
})

async function weather(backend: string, queueUrl: string | undefined): Promise<void> {
  const [before, passed] = [clear, Promise.withResolvers<void>()]
  clear = passed.promise
  await before
  console.log(`${backend}: FAULTS_SEED=${seed}`)
  const folder = await mkdtemp(join(tmpdir(), 'pulsewell-faults-'))
  const server = await openFaultyServer({ folder, seed, redisUrl: queueUrl, hits: HITS })
  try {
    const raged = await server.rage().finally(passed.resolve)
    const settled = await server.settle(raged)
    const verdict = await judge(server, raged, settled)
    printFigures({ backend, seed, ...verdict.figures })
    expect(verdict.problems).toEqual([])
  } finally {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
