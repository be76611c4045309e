import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { withClient } from '../../src/database/open-database.ts'
import type { Figures } from './figures.ts'
import type { Workload } from './workload.ts'

export const COPY_CONNECTIONS = 4
const CREATE = `
  create schema bench_copy;
  create table bench_copy.sample (
    user_id    uuid not null,
    data_type  text not null,
    device_id  uuid not null,
    start_date timestamptz not null,
    end_date   timestamptz not null,
    value      double precision not null,
    unique (user_id, data_type, device_id, start_date, end_date)
  )`
const COUNT = `
  select count(*)::int as count, pg_total_relation_size('bench_copy.sample')::float8 as bytes from bench_copy.sample`

/**
 * The baseline of a row per sample: one COPY a connection into an indexed table that is made for it and dropped.
 * Nothing is parsed, nobody is authenticated, and a sample sent twice would end it.
 */
export function copyRows(databaseUrl: string, workload: Workload): Promise<Figures> {
  return withClient(databaseUrl, async (client) => {
    await client.query(CREATE)
    try {
      const seconds = await timeCopies(databaseUrl, workload)
      const { rows } = await client.query<{ count: number; bytes: number }>(COUNT)
      const stored = rows[0]!
      if (stored.count !== workload.samples)
        throw new Error(`COPY stored ${stored.count} of ${workload.samples} samples`)
      return { samplesPerSecond: workload.samples / seconds, storedBytes: stored.bytes }
    } finally {
      await client.query('drop schema bench_copy cascade')
    }
  })
}

async function timeCopies(databaseUrl: string, { copies }: Workload): Promise<number> {
  const clients = Array.from({ length: COPY_CONNECTIONS }, () => new pg.Client({ connectionString: databaseUrl }))
  try {
    await Promise.all(clients.map((client) => client.connect()))
    const shares = clients.map((_, share) => copies.filter((_copy, index) => index % COPY_CONNECTIONS === share))
    const begin = performance.now()
    await Promise.all(
      clients.map((client, share) =>
        pipeline(Readable.from(shares[share]!), client.query(copyFrom('copy bench_copy.sample from stdin'))),
      ),
    )
    return (performance.now() - begin) / 1000
  } finally {
    await Promise.all(clients.map((client) => client.end()))
  }
}
