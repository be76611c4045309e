import { setTimeout } from 'node:timers/promises'
import { v7 as uuidv7 } from 'uuid'
import type { Context } from '../context.ts'
import { query } from '../database/query.ts'
import { ProviderError } from '../providers/provider-error.ts'
import type { Grant } from './grants.ts'
import * as sql from './grants.sql.ts'
import type { ConfiguredProvider } from './live-providers.ts'
import { refreshTokens, type Tokens } from './oauth-client.ts'

/** Refreshed this long before it ends: a day of pages is then read with one token. */
const EARLY_MS = 5 * 60_000
/** Longer than the request for tokens and their storing can take: a lease that has run out means a dead process. */
const LEASE_MS = 60_000
const POLL_MS = 200
const STORE_ATTEMPTS = 5

type Stored = { accessToken: Buffer; refreshToken: Buffer | null; expiresAt: Date }

/**
 * An access token that is good for some minutes; another than `refused`, which the provider did not take.
 *
 * One process refreshes at a time, by a lease on the grant's row: others go on with the token there is, or wait for the
 * new one, until `signal` aborts. A lock held meanwhile would keep a transaction open for as long as the provider takes,
 * and with it the change feed. A process that dies between the provider's answer and our commit loses tokens that nobody
 * else has: when its lease has run out, the refresh token before is tried again, which some providers take and others
 * answer with `invalid_grant`; then the person has to connect again.
 *
 * Throws ProviderError: `revoked` when the grant is gone, here or at the provider.
 */
export async function readAccessToken(
  context: Context,
  provider: ConfiguredProvider,
  grant: Grant,
  { refused, signal }: { refused?: string; signal?: AbortSignal } = {},
): Promise<string> {
  const giveUpAt = Date.now() + LEASE_MS
  for (;;) {
    const [stored] = await query<Stored>(context.pool, sql.selectTokens, keyOf(grant))
    if (stored === undefined) throw new ProviderError('revoked', `the connection to ${provider.name} is gone`)
    const token = context.secrets.open(stored.accessToken)
    const leftMs = token === refused ? 0 : stored.expiresAt.getTime() - context.now().getTime()
    if (leftMs > EARLY_MS) return token
    const refreshed = await refresh(context, provider, grant, stored, leftMs > 0)
    if (refreshed !== undefined) return refreshed
    if (leftMs > 0) return token
    if (Date.now() > giveUpAt)
      throw new ProviderError('unavailable', `nobody could refresh a token of ${provider.name}`)
    await setTimeout(POLL_MS, undefined, signal === undefined ? {} : { signal })
  }
}

const keyOf = ({ id, userId, provider }: Grant) => [id, userId, provider]

/** Undefined when somebody else is at it or has done it, or when it failed and the old token is still good. */
async function refresh(
  context: Context,
  provider: ConfiguredProvider,
  grant: Grant,
  stored: Stored,
  isStillGood: boolean,
): Promise<string | undefined> {
  const { pool, secrets } = context
  const now = context.now()
  const lease = uuidv7()
  const values = [...keyOf(grant), stored.accessToken, lease, new Date(now.getTime() + LEASE_MS), now]
  const [leased] = await query<{ refreshToken: Buffer | null }>(pool, sql.leaseRefresh, values)
  if (leased === undefined) return undefined
  try {
    if (leased.refreshToken === null) throw new ProviderError('revoked', `${provider.name} gave no refresh token`)
    const tokens = await refreshTokens(provider, secrets.open(leased.refreshToken), now)
    const isStored = await storeTokens(context, grant, { lease, replaced: stored.accessToken }, tokens)
    return isStored ? tokens.accessToken : undefined
  } catch (error) {
    await query(pool, sql.releaseRefresh, [...keyOf(grant), lease]).catch(() => undefined)
    if (isStillGood && error instanceof ProviderError) {
      context.log.warn({ err: error, provider: provider.name }, 'a token could not be refreshed before its end')
      return undefined
    }
    // Somebody whose lease had run out was not dead, but slow: the refresh token was theirs.
    if (error instanceof ProviderError && (await isReplaced(pool, grant, stored))) return undefined
    throw error
  }
}

async function isReplaced(pool: Context['pool'], grant: Grant, { accessToken }: Stored): Promise<boolean> {
  const [now] = await query<Stored>(pool, sql.selectTokens, keyOf(grant))
  return now !== undefined && !now.accessToken.equals(accessToken)
}

/**
 * Nobody else has these: a database that is away for a moment must not lose them. Returns whether they are stored; they
 * are not when the connection is gone, or others took their place.
 */
async function storeTokens(
  context: Context,
  grant: Grant,
  { lease, replaced }: { lease: string; replaced: Buffer },
  tokens: Tokens,
): Promise<boolean> {
  const { pool, secrets } = context
  const refreshToken = tokens.refreshToken === undefined ? null : secrets.seal(tokens.refreshToken)
  const values = [...keyOf(grant), lease, secrets.seal(tokens.accessToken), refreshToken, tokens.expiresAt, replaced]
  for (let attempt = 1; ; attempt++) {
    try {
      return (await query(pool, sql.storeTokens, values)).length > 0
    } catch (error) {
      if (attempt === STORE_ATTEMPTS) throw error
      await setTimeout(attempt * 500)
    }
  }
}
