import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Pool, Transaction } from '../../src/database/pool.ts'
import { openPool } from '../../src/database/pool.ts'
import { withTransaction } from '../../src/database/transaction.ts'
import { openLog } from '../../src/context.ts'
import { cloneDatabase } from '../support/server.ts'

let pool: Pool

beforeAll(async () => {
  pool = openPool(await cloneDatabase(), 2, openLog({ logLevel: 'silent' }))
  await pool.query('create table counter (name text primary key, n int not null)')
})
afterAll(() => pool.end())

const add = (tx: Transaction, name: string) => tx.query('update counter set n = n + 1 where name = $1', [name])

async function counters(): Promise<unknown[]> {
  return (await pool.query('select name, n from counter order by name')).rows
}

describe('withTransaction', () => {
  test('runs the victim of a deadlock again: both are done, once', async () => {
    await pool.query(`truncate counter; insert into counter values ('a', 0), ('b', 0)`)
    let runs = 0
    let holding = 0
    const both = Promise.withResolvers<void>()
    const inOrder = (first: string, second: string) =>
      withTransaction(pool, async (tx) => {
        runs++
        await add(tx, first)
        if (++holding === 2) both.resolve()
        await both.promise
        await add(tx, second)
        return first
      })
    expect(await Promise.all([inOrder('a', 'b'), inOrder('b', 'a')])).toEqual(['a', 'b'])
    expect(runs).toBe(3)
    expect(await counters()).toEqual([
      { name: 'a', n: 2 },
      { name: 'b', n: 2 },
    ])
  })

  test.each([
    ['40P01', 5],
    ['40001', 5],
    ['23505', 1],
  ])('an error %s that stays is thrown after %i runs, and leaves nothing', async (code, expected) => {
    await pool.query(`truncate counter; insert into counter values ('a', 0)`)
    let runs = 0
    const work = withTransaction(pool, async (tx) => {
      runs++
      await add(tx, 'a')
      await tx.query(`do $$ begin raise exception 'again' using errcode = '${code}'; end $$`)
    })
    await expect(work).rejects.toMatchObject({ code })
    expect(runs).toBe(expected)
    expect(await counters()).toEqual([{ name: 'a', n: 0 }])
  })
})
