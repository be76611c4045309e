import { createHash } from 'node:crypto'
import { run, sql } from '../../database/sql.ts'
import type { WriteRequest } from './resource.ts'

/**
 * Nobody else in the organization holds any of these keys until the transaction ends: whoever asks for one waits until
 * this is committed. All that a request will need at once: two that took them one by one, as they came, would end as a
 * deadlock, which costs a second.
 *
 * A lock is for a 256th of the keys: a bulk may have 12,000 of them, and Postgres has room for 6,400 locks of everybody.
 */
export async function lockKeys({ tx, grant }: WriteRequest, keys: unknown[][]): Promise<void> {
  if (keys.length === 0) return
  const locks = new Set(keys.map((key) => `care ${grant.organizationId} ${shareOf(JSON.stringify(key))}`))
  const sorted = [...locks].toSorted((a, b) => (a < b ? -1 : 1))
  await run(tx, sql`select pg_advisory_xact_lock(hashtextextended(name, 0)) from unnest(${sorted}::text[]) as name`)
}

const shareOf = (key: string): number => createHash('sha256').update(key).digest()[0]!
