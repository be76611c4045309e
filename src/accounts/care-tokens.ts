import { v7 as uuidv7 } from 'uuid'
import type { Config } from '../config.ts'
import type { Context } from '../context.ts'
import type { Pool, Queryable } from '../database/pool.ts'
import { query } from '../database/query.ts'
import { withTransaction } from '../database/transaction.ts'
import * as sql from './care-tokens.sql.ts'
import { hashCredential, randomToken } from './credential.ts'

/** What a token of the Care API may see: all of an organization (a tenant), or some of its groups. */
export type CareGrant = { tokenId: string; clientId: string; organizationId: string; groupIds: string[] | null }

/** Of a token that was just made, with what it may see; its secrets cannot be read again. */
export type CareTokens = { grant: CareGrant; accessToken: string; refreshToken: string; expiresInSeconds: number }

/** An hour, as care.md says; the published API says no other. */
const ACCESS_SECONDS = 3600

/** Starts a family of tokens. Undefined where the client is unknown or revoked, or has another secret. */
export async function grantClientTokens(
  { pool, config, now }: Context,
  clientId: string,
  secret: string,
): Promise<CareTokens | undefined> {
  const [client] = await query(pool, sql.selectClient, [clientId, hashCredential(secret)])
  return client === undefined ? undefined : addTokens(pool, config, clientId, uuidv7(), now())
}

/**
 * Swaps a refresh token for new tokens. Each works once: a second use means that somebody else has it, and ends every
 * token of its family (RFC 9700 §4.14.2). Undefined where it is unknown, expired, used or revoked, or where a secret is
 * given that is not the client's.
 */
export async function refreshClientTokens(
  { pool, config, now }: Context,
  clientId: string,
  refreshToken: string,
  secret?: string,
): Promise<CareTokens | undefined> {
  type Token = { id: string; familyId: string; expiresAt: Date; refreshedAt: Date | null; revokedAt: Date | null }
  const at = now()
  if (secret !== undefined) {
    const [client] = await query(pool, sql.selectClient, [clientId, hashCredential(secret)])
    if (client === undefined) return undefined
  }
  // Returned, not thrown: the revocation must be committed, not rolled back with the refusal.
  return withTransaction(pool, async (tx) => {
    const [token] = await query<Token>(tx, sql.lockRefreshToken, [clientId, hashCredential(refreshToken)])
    if (token === undefined || token.revokedAt !== null || token.expiresAt <= at) return undefined
    if (token.refreshedAt !== null) {
      await query(tx, sql.revokeFamily, [token.familyId, at])
      return undefined
    }
    await query(tx, sql.markRefreshed, [token.id, at])
    return addTokens(tx, config, clientId, token.familyId, at)
  })
}

async function addTokens(
  db: Queryable,
  { tokens }: Config,
  clientId: string,
  familyId: string,
  now: Date,
): Promise<CareTokens | undefined> {
  const [tokenId, accessToken, refreshToken] = [uuidv7(), randomToken(), randomToken()]
  const after = (seconds: number) => new Date(now.getTime() + seconds * 1000)
  const hashes = [hashCredential(accessToken), hashCredential(refreshToken)]
  const expiry = [after(ACCESS_SECONDS), after(tokens.refreshSeconds)]
  await query(db, sql.insertToken, [tokenId, clientId, familyId, ...hashes, now, ...expiry])
  const [grant] = await findCareGrants(db, [accessToken], now)
  // The client was revoked at the same moment.
  return grant && { grant, accessToken, refreshToken, expiresInSeconds: ACCESS_SECONDS }
}

/** What access tokens may see; undefined for one that is unknown, expired or revoked. */
export async function findCareGrants(db: Queryable, tokens: string[], now: Date): Promise<(CareGrant | undefined)[]> {
  const hashes = tokens.map((token) => Buffer.from(hashCredential(token)))
  const rows = await query<CareGrant & { hash: Buffer }>(db, sql.selectGrants, [hashes, now])
  const grants = new Map(rows.map(({ hash, ...grant }) => [hash.toString('hex'), grant]))
  return hashes.map((hash) => grants.get(hash.toString('hex')))
}

/** Whether a token, in force or not, is one of the organization's. */
export const isTokenOf = async (pool: Pool, organizationId: string, tokenId: string): Promise<boolean> =>
  (await query(pool, sql.selectToken, [tokenId, organizationId])).length > 0

const EXPIRED_BATCH = 1000

/** Removes tokens that have expired, in bounded batches, until there are none or `signal` aborts. */
export async function removeExpiredCareTokens(pool: Pool, now: Date, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const removed = await query(pool, sql.deleteExpired, [now, EXPIRED_BATCH])
    if (removed.length < EXPIRED_BATCH) return
  }
}
