import { v7 as uuidv7 } from 'uuid'
import { findConfigured } from '../connect/live-providers.ts'
import type { Context } from '../context.ts'
import { query } from '../database/query.ts'
import { withTransaction } from '../database/transaction.ts'
import type { ProviderName } from '../providers/providers.ts'
import * as sql from './backfills.sql.ts'

/** Over all processes; a provider's own bound is on requests, and these share it. */
const MOST_OF_AN_APPLICATION = 8
/** A process that dies is made up for after this. */
export const LEASE_MS = 30_000

/** One day of one backfill, to be read. */
export type Claim = {
  id: string
  lease: string
  userId: string
  tenantId: string
  provider: ProviderName
  grantId: string
  application: string
  /** `YYYY-MM-DD`, of UTC. */
  day: string
  failures: number
  createdAt: Date
}

/** What has waited longest, of an application that has room. */
export async function claimBackfill({ pool, now }: Context): Promise<Claim | undefined> {
  const at = now()
  const lease = uuidv7()
  const values = [at, lease, new Date(at.getTime() + LEASE_MS), MOST_OF_AN_APPLICATION]
  const [claimed] = await withTransaction(pool, async (tx) => {
    await query(tx, sql.lockClaims, [])
    return query<Omit<Claim, 'lease'>>(tx, sql.claimBackfill, values)
  })
  return claimed === undefined ? undefined : { ...claimed, lease }
}

/** Keeps a claim until what it returns is called. `onLost` is, when somebody else has it, or its connection is gone. */
export function keepLease({ pool, now }: Context, { id, lease }: Claim, onLost: () => void): () => void {
  const extend = async () => {
    const [held] = await query(pool, sql.extendLease, [id, lease, new Date(now().getTime() + LEASE_MS)])
    if (held === undefined) onLost()
  }
  // One that fails is followed by another before the lease has run out.
  const timer = setInterval(() => void extend().catch(() => undefined), LEASE_MS / 3)
  return () => clearInterval(timer)
}

export const configuredOf = ({ config }: Context, { provider }: Claim) => findConfigured(config, provider)
