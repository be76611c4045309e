import { v7 as uuidv7 } from 'uuid'
import { askForDays } from '../backfills/ask-for-days.ts'
import type { Transaction } from '../database/pool.ts'
import { query } from '../database/query.ts'
import type { ProviderName } from '../providers/providers.ts'
import type { SecretBox } from '../secret-box.ts'
import { dateAfter, dateOf, UTC } from '../zones.ts'
import type { Owner } from './connections.ts'
import * as sql from './grants.sql.ts'
import type { Tokens } from './oauth-client.ts'

/** What a new connection is read back to. */
const BACKFILL_DAYS = 30

/** A consent that is in force. */
export type Grant = { id: string; userId: string; provider: ProviderName }

export type NewGrant = { application: string; externalUserId: string | undefined; tokens: Tokens | undefined }

/** Keeps a consent, in place of any before, and asks for the days until now. Of a connection that was made in `tx`. */
export async function keepGrant(
  tx: Transaction,
  secrets: SecretBox,
  { userId }: Owner,
  provider: ProviderName,
  { application, externalUserId, tokens }: NewGrant,
  now: Date,
): Promise<void> {
  const id = uuidv7()
  await query(tx, sql.deleteGrant, [userId, provider])
  const sealed = (token: string | undefined) => (token === undefined ? null : secrets.seal(token))
  await query(tx, sql.insertGrant, [
    userId,
    provider,
    id,
    application,
    externalUserId ?? null,
    sealed(tokens?.accessToken),
    sealed(tokens?.refreshToken),
    tokens?.expiresAt ?? null,
    tokens?.scopes ?? [],
    // The chore that looks at it says when the next time is.
    new Date(now.getTime() + 3_600_000),
    now,
  ])
  const to = dateOf(now.getTime(), UTC)
  await askForDays(
    tx,
    { id, userId, provider },
    { reason: 'connected', from: dateAfter(to, 1 - BACKFILL_DAYS), to },
    now,
  )
}
