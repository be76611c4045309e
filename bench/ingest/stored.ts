import { withClient } from '../../src/database/open-database.ts'

/** Users and, by their foreign keys, all that is theirs: each measurement begins with empty tables. */
export async function emptyTables(databaseUrl: string): Promise<void> {
  await withClient(databaseUrl, (client) => client.query('truncate app_user cascade'))
}

/** Throws unless exactly `samples` are stored. Returns the bytes that they take. */
export function requireStored(databaseUrl: string, samples: number): Promise<number> {
  return withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ count: number; bytes: number }>(
      `select coalesce(sum(count), 0)::int as count, pg_total_relation_size('sample_day')::float8 as bytes from sample_day`,
    )
    const { count, bytes } = rows[0]!
    if (count !== samples) throw new Error(`${count} samples are stored; it should be ${samples}`)
    return bytes
  })
}

/** What the stored samples take, indexes and TOAST included. */
export function storedBytes(databaseUrl: string): Promise<number> {
  return withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ bytes: number }>(
      `select pg_total_relation_size('sample_day')::float8 as bytes`,
    )
    return rows[0]!.bytes
  })
}

/** What `work` had Postgres write ahead, everything else on the server included. */
export async function measureWal<T extends object>(databaseUrl: string, work: () => Promise<T>) {
  const position = () =>
    withClient(databaseUrl, async (client) => {
      const { rows } = await client.query<{ bytes: number }>(
        `select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 as bytes`,
      )
      return rows[0]!.bytes
    })
  const before = await position()
  const result = await work()
  return { ...result, walBytes: (await position()) - before }
}
