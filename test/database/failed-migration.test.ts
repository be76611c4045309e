import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { migrate } from '../../src/database/migrate.ts'
import { withClient } from '../../src/database/open-database.ts'

let client: Client

beforeAll(async () => {
  const url = new URL(inject('postgresUrl'))
  const name = `failed_${Math.random().toString(36).slice(2)}`
  await withClient(url.href, (admin) => admin.query(`create database ${name}`))
  url.pathname = `/${name}`
  client = new Client({ connectionString: url.href })
  await client.connect()
})
afterAll(() => client.end())

/** The ledger's insert comes last: what the migration itself did must be undone by then. */
test.each([
  ['in the middle', 'create table changed_day (id int)', 'drop table changed_day', '42P07', ['changed_day']],
  [
    'at its end',
    `alter table _prisma_migrations add constraint refuse check (applied_steps_count = 0)`,
    'alter table _prisma_migrations drop constraint refuse',
    '23514',
    [],
  ],
])('a migration that fails %s leaves nothing behind, no lock either', async (_, obstruct, mend, code, before) => {
  await client.query(obstruct)
  await expect(migrate(client)).rejects.toMatchObject({ code })
  const tables = await client.query(
    `select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`,
  )
  expect(tables.rows.map(({ relname }) => relname).toSorted()).toEqual(['_prisma_migrations', ...before])
  expect((await client.query('select from _prisma_migrations')).rowCount).toBe(0)
  const locks = await client.query(`select from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()`)
  expect(locks.rowCount).toBe(0)
  await client.query(mend)
})

test('and can be run again', async () => {
  const folders = await readdir(join(import.meta.dirname, '../../prisma/migrations'), { withFileTypes: true })
  const names = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  expect(await migrate(client)).toEqual(names.toSorted())
  expect(await migrate(client)).toEqual([])
})
