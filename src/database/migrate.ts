import { createHash, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import { OperatorError } from '../errors.ts'

const MIGRATIONS = join(import.meta.dirname, '../../prisma/migrations')
/** The number that Prisma's own migrate takes, so that the two exclude each other. */
const ADVISORY_LOCK = 72_707_369
const OLDEST_POSTGRES = 140_000

/** Prisma's own table, in its form, so that `prisma migrate status` and `deploy` agree with what is here. */
const LEDGER = `
  create table if not exists _prisma_migrations (
    id                  varchar(36) primary key not null,
    checksum            varchar(64) not null,
    finished_at         timestamptz,
    migration_name      varchar(255) not null,
    logs                text,
    rolled_back_at      timestamptz,
    started_at          timestamptz not null default now(),
    applied_steps_count integer not null default 0
  )`

/**
 * Applies what is missing of prisma/migrations, each in a transaction of its own, one process at a time.
 * Returns the names applied. Throws OperatorError when an applied migration was edited since,
 * the server is older than Postgres 14, or the database's encoding is not UTF8.
 */
export async function migrate(client: pg.Client | pg.PoolClient): Promise<string[]> {
  await refuseOldServer(client)
  await refuseOtherEncoding(client)
  await client.query('select pg_advisory_lock($1)', [ADVISORY_LOCK])
  try {
    await client.query(LEDGER)
    const done = await readLedger(client)
    const applied: string[] = []
    for (const migration of await readMigrations()) {
      const checksum = done.get(migration.name)
      if (checksum === undefined) {
        await apply(client, migration)
        applied.push(migration.name)
      } else if (checksum !== migration.checksum) {
        throw new OperatorError(`Migration ${migration.name} was changed after this database applied it.`)
      }
    }
    return applied
  } finally {
    await client.query('select pg_advisory_unlock($1)', [ADVISORY_LOCK])
  }
}

type Migration = { name: string; sql: string; checksum: string }

async function readMigrations(): Promise<Migration[]> {
  const entries = await readdir(MIGRATIONS, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  return Promise.all(
    names.toSorted().map(async (name) => {
      const sql = await readFile(join(MIGRATIONS, name, 'migration.sql'), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

async function readLedger(client: pg.Client | pg.PoolClient): Promise<Map<string, string>> {
  const { rows } = await client.query<{ migration_name: string; checksum: string }>(
    'select migration_name, checksum from _prisma_migrations where finished_at is not null and rolled_back_at is null',
  )
  return new Map(rows.map((row) => [row.migration_name, row.checksum]))
}

async function apply(client: pg.Client | pg.PoolClient, migration: Migration): Promise<void> {
  await client.query('begin')
  try {
    await client.query(migration.sql)
    await client.query(
      `insert into _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       values ($1, $2, $3, now(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    )
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

/** Names and messages are of any script; a database that cannot store one would refuse it when it comes. */
async function refuseOtherEncoding(client: pg.Client | pg.PoolClient): Promise<void> {
  const { rows } = await client.query<{ encoding: string }>(`select current_setting('server_encoding') as encoding`)
  const encoding = rows[0]?.encoding
  if (encoding !== 'UTF8') throw new OperatorError(`The database's encoding is ${encoding}; it must be UTF8.`)
}

async function refuseOldServer(client: pg.Client | pg.PoolClient): Promise<void> {
  const { rows } = await client.query<{ number: number; version: string }>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as version`,
  )
  const server = rows[0]
  if (server !== undefined && server.number < OLDEST_POSTGRES) {
    throw new OperatorError(`Postgres ${server.version} is too old; Pulsewell needs 14 or later.`)
  }
}
