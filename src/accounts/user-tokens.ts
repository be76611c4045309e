import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { Config } from '../config.ts'
import type { Context } from '../context.ts'
import type { Pool, Transaction } from '../database/pool.ts'
import { query } from '../database/query.ts'
import { withTransaction } from '../database/transaction.ts'
import { AppError } from '../errors.ts'
import { hashCredential, randomToken } from './credential.ts'
import type { UserGrant } from './schemas.ts'
import * as sql from './user-tokens.sql.ts'

/** `expires_in` in seconds. */
export const TokenPair = z
  .object({
    access_token: z.string(),
    refresh_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.number().int(),
  })
  .meta({ id: 'TokenPair' })
export type TokenPair = z.infer<typeof TokenPair>

/** Starts a family of tokens that speak for a user's provider. */
export async function issueTokens(
  tx: Transaction,
  config: Config,
  grant: { userId: string; provider: string },
  now: Date,
): Promise<TokenPair> {
  const familyId = uuidv7()
  await query(tx, sql.insertFamily, [grant.userId, grant.provider, familyId, now])
  return addTokens(tx, config, familyId, now)
}

/** Whom access tokens speak for; undefined for one that is unknown, expired or revoked. */
export async function findUserGrants(pool: Pool, tokens: string[], now: Date): Promise<(UserGrant | undefined)[]> {
  const hashes = tokens.map(hashCredential)
  const rows = await query<UserGrant & { hash: Buffer }>(pool, sql.selectGrants, [hashes, now])
  const grants = new Map(rows.map(({ hash, ...grant }) => [hash.toString('hex'), grant]))
  return hashes.map((hash) => grants.get(Buffer.from(hash).toString('hex')))
}

/**
 * Swaps a refresh token for a new pair. Each works once: a second use means that somebody else has it, and ends
 * every token of its family (RFC 9700 §4.14.2). Throws `invalid_grant`.
 */
export async function rotateTokens({ pool, config, now }: Context, refreshToken: string): Promise<TokenPair> {
  const hash = hashCredential(refreshToken)
  const at = now()
  const pair = await withTransaction(pool, async (tx) => {
    const [token] = await query<RefreshToken>(tx, sql.lockRefreshToken, [hash])
    if (token === undefined || token.revokedAt !== null || token.expiresAt <= at) return undefined
    if (token.usedAt !== null) {
      await query(tx, sql.revokeFamily, [token.familyId, at])
      return undefined
    }
    await query(tx, sql.markRefreshTokenUsed, [hash, at])
    return addTokens(tx, config, token.familyId, at)
  })
  // Outside: the revocation must be committed, not rolled back with the refusal.
  if (pair === undefined) throw new AppError('invalid_grant', 'The refresh token is unknown, expired, used or revoked.')
  return pair
}

type RefreshToken = { familyId: string; expiresAt: Date; usedAt: Date | null; revokedAt: Date | null }

/** Ends every token that speaks for this provider of a user. */
export async function revokeProviderTokens(
  tx: Transaction,
  userId: string,
  provider: string,
  now: Date,
): Promise<void> {
  await query(tx, sql.revokeProviderFamilies, [userId, provider, now])
}

/** Removes tokens that have expired, in bounded batches, until there are none or `signal` aborts. */
export async function removeExpiredTokens(pool: Pool, now: Date, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const removed = await query(pool, sql.deleteExpiredTokens, [now, EXPIRED_BATCH])
    if (removed.length < EXPIRED_BATCH) return
  }
}

const EXPIRED_BATCH = 1000

async function addTokens(tx: Transaction, { tokens }: Config, familyId: string, now: Date): Promise<TokenPair> {
  const [access, refresh] = [randomToken(), randomToken()]
  const after = (seconds: number) => new Date(now.getTime() + seconds * 1000)
  await query(tx, sql.insertTokens, [
    familyId,
    hashCredential(access),
    after(tokens.accessSeconds),
    hashCredential(refresh),
    after(tokens.refreshSeconds),
  ])
  return { access_token: access, refresh_token: refresh, token_type: 'Bearer', expires_in: tokens.accessSeconds }
}
