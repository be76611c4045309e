import { randomInt } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withTransaction } from '../../src/database/transaction.ts'
import { call } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

const RUNS = 100

let server: TestServer
let tenantId: string

beforeAll(async () => {
  server = await startServer({ worker: false, environment: { DATABASE_POOL_SIZE: '20' } })
  const { rows } = await server.context.pool.query(`select id from tenant where environment = 'live'`)
  tenantId = rows[0].id
})
afterAll(() => server.stop())

async function readPage(cursor: string, limit: number): Promise<{ ids: string[]; cursor: string; hasMore: boolean }> {
  const { body } = await call(server, 'GET', `/changes?cursor=${cursor}&limit=${limit}`, { key: server.keys.live })
  return { ids: body.data.map(({ id }: { id: string }) => id), cursor: body.next_cursor, hasMore: body.has_more }
}

/** Transactions of a few events each, that take their time; some are rolled back. Returns what was committed. */
async function write(transactions: number): Promise<string[]> {
  const committed: string[] = []
  for (let i = 0; i < transactions; i++) {
    const isToFail = randomInt(5) === 0
    const insert = withTransaction(server.context.pool, async (tx) => {
      const { rows } = await tx.query(
        `insert into event (id, tenant_id, type, data, occurred_at)
         select gen_random_uuid(), $1, 'test.race', '{}', now() from generate_series(1, $2::int) returning id`,
        [tenantId, 1 + randomInt(3)],
      )
      await setTimeout(randomInt(6))
      if (isToFail) throw new Error('rolled back')
      return rows.map(({ id }) => id as string)
    })
    committed.push(...(await insert.catch(() => [])))
  }
  return committed
}

/** Reads on from `cursor` until a read that began after `isDone` finds no more. */
async function follow(cursor: string, isDone: () => boolean): Promise<{ ids: string[]; cursor: string }> {
  const ids: string[] = []
  let at = cursor
  for (;;) {
    const isLast = isDone()
    const page = await readPage(at, 1 + randomInt(12))
    ids.push(...page.ids)
    at = page.cursor
    if (isLast && !page.hasMore) return { ids, cursor: at }
  }
}

test(`read while it is written, in ${RUNS} random runs: nothing missed, nothing twice`, async () => {
  let cursor = '0'
  let events = 0
  for (let run = 0; run < RUNS; run++) {
    let isDone = false
    const readers = Array.from({ length: 1 + randomInt(3) }, () => follow(cursor, () => isDone))
    const written = await Promise.all(Array.from({ length: 1 + randomInt(6) }, () => write(1 + randomInt(4))))
    isDone = true
    const seen = await Promise.all(readers)
    const committed = written.flat().toSorted()
    for (const { ids } of seen) {
      expect(ids.toSorted()).toEqual(committed)
      // Every reader in the same order, which is what a cursor stands for.
      expect(ids).toEqual(seen[0]!.ids)
    }
    cursor = seen[0]!.cursor
    events += committed.length
  }
  const { rows } = await server.context.pool.query('select count(*)::int as count from event')
  expect(rows[0].count).toBe(events)
}, 120_000)
