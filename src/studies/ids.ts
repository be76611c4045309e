import type { Transaction } from '../database/pool.ts'
import { query } from '../database/query.ts'
import * as sql from './ids.sql.ts'

/**
 * The next number of a tenant's own: one that was taken and not used leaves a gap. It locks the tenant's counter, so take
 * it last of what a transaction locks.
 */
export async function takeNumber(tx: Transaction, tenantId: string, kind: 'study' | 'battery' | 'session') {
  const [row] = await query<{ last: number }>(tx, sql.takeNumber, [tenantId, kind])
  return row!.last
}

/** `given`, or one that no participant of the tenant has: what the server gives is never ambiguous when it is given. */
export async function takeParticipantId(tx: Transaction, tenantId: string, given: string | undefined): Promise<string> {
  await query(tx, sql.lockParticipantNumbers, [tenantId])
  if (given !== undefined) return given
  const [row] = await query<{ id: string }>(tx, sql.takeParticipantId, [tenantId])
  return row!.id
}

const numberIn = (id: string) => Number(id.slice(id.lastIndexOf('_') + 1))

/** `battery_1` → 1. The schema has checked its form. */
export const batteryNumberOf = numberIn
/** `sess_123` → 123. */
export const sessionNumberOf = numberIn
