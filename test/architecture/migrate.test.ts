import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { describe, expect, inject, test } from 'vitest'
import { withClient } from '../../src/database/open-database.ts'
import { packDay } from '../../src/samples/pack-day.ts'
import { migrateDatabase } from '../../src/serve.ts'

const MIGRATIONS = readdirSync(join(import.meta.dirname, '../../prisma/migrations'))
  .filter((name) => /^\d{14}_/.test(name))
  .toSorted()

async function emptyDatabase(): Promise<string> {
  const url = new URL(inject('postgresUrl'))
  const name = `empty_${Math.random().toString(36).slice(2)}`
  await withClient(url.href, (client) => client.query(`create database ${name}`))
  url.pathname = `/${name}`
  return url.href
}

describe('migrations', () => {
  test('ten processes that start at once apply each once', async () => {
    const url = await emptyDatabase()
    const applied = await Promise.all(Array.from({ length: 10 }, () => migrateDatabase(url)))
    expect(applied.flat()).toEqual(MIGRATIONS)
    const ledger = await withClient(url, (client) =>
      client.query('select * from _prisma_migrations order by migration_name'),
    )
    expect(ledger.rows).toEqual(
      MIGRATIONS.map((migration_name) =>
        expect.objectContaining({
          migration_name,
          checksum: expect.stringMatching(/^[\da-f]{64}$/),
          finished_at: expect.any(Date),
          rolled_back_at: null,
          applied_steps_count: 1,
        }),
      ),
    )
  })

  test('a migration that was edited after it was applied is refused', async () => {
    const url = await emptyDatabase()
    await migrateDatabase(url)
    await withClient(url, (client) =>
      client.query(`update _prisma_migrations set checksum = 'other' where migration_name = '20261120000000_init'`),
    )
    await expect(migrateDatabase(url)).rejects.toThrow(/20261120000000_init was changed/)
    await withClient(url, async (client) => {
      const { rows } = await client.query(`select 1 from pg_locks l join pg_database d on d.oid = l.database
        where l.locktype = 'advisory' and d.datname = current_database()`)
      expect(rows).toEqual([])
    })
  })

  test('the view `samples` unfolds days into samples', async () => {
    const url = await emptyDatabase()
    await migrateDatabase(url)
    const client = new Client({ connectionString: url })
    await client.connect()
    const id = (n: number) => `'00000000-0000-4000-8000-00000000000${n}'`
    const { packed } = packDay({ starts: [0, 86_399_999], durations: [1000, 604_800_000], values: [1, 2] })
    await client.query(`
      insert into account (id, name) values (${id(1)}, 'a');
      insert into tenant values (${id(2)}, ${id(1)}, 'live');
      insert into app_user (id, tenant_id, app_user_id) values (${id(3)}, ${id(2)}, 'u');
      insert into device (id, user_id, provider, name) values (${id(4)}, ${id(3)}, 'apple', 'iPhone');
      insert into sample_day (user_id, data_type, day, device_id, count, sum, packed)
      values (${id(3)}, 'steps', '2024-01-05', ${id(4)}, 2, 3, '\\x${packed.toString('hex')}')`)
    await client.query(`set time zone 'Asia/Tokyo'`)
    const { rows } = await client.query(
      'select device_name, start_date, end_date, value from samples order by start_date',
    )
    expect(rows).toEqual([
      {
        device_name: 'iPhone',
        start_date: new Date('2024-01-05T00:00:00Z'),
        end_date: new Date('2024-01-05T00:00:01Z'),
        value: 1,
      },
      {
        device_name: 'iPhone',
        start_date: new Date('2024-01-05T23:59:59.999Z'),
        end_date: new Date('2024-01-12T23:59:59.999Z'),
        value: 2,
      },
    ])
    await client.end()
  })
})
