import { run, sql } from '../../database/sql.ts'
import type { WriteRequest } from './resource.ts'

/**
 * Nobody else in the organization holds any of these keys until the transaction ends: whoever asks for one waits until
 * this is committed. All that a request will need at once: two that took them one by one, as they came, would end as a
 * deadlock, which costs a second.
 */
export async function lockKeys({ tx, grant }: WriteRequest, keys: unknown[][]): Promise<void> {
  if (keys.length === 0) return
  const named = new Set(keys.map((key) => JSON.stringify([grant.organizationId, ...key])))
  const sorted = [...named].toSorted((a, b) => (a < b ? -1 : 1))
  await run(tx, sql`select pg_advisory_xact_lock(hashtextextended(key, 0)) from unnest(${sorted}::text[]) as key`)
}
