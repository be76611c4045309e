import type { Context } from '../context.ts'
import { query } from '../database/query.ts'
import { ProviderError } from '../providers/provider-error.ts'
import type { ProviderName } from '../providers/providers.ts'
import { findConfigured } from './live-providers.ts'
import { revokeToken } from './oauth-client.ts'
import * as sql from './revoke-consents.sql.ts'

const RETRY_MS = 10 * 60_000
const MOST_FAILURES = 5

type Revocation = { id: string; provider: ProviderName; token: Buffer; failures: number; isUsed: boolean }

/** Gives back at the provider what users do not consent to any longer. What it does not take is forgotten in an hour. */
export async function revokeConsents(context: Context, signal: AbortSignal): Promise<void> {
  const { pool, now } = context
  while (!signal.aborted) {
    const at = now()
    const next = new Date(at.getTime() + RETRY_MS)
    const [taken] = await query<Revocation>(pool, sql.takeRevocation, [at, next])
    if (taken === undefined) return
    if (await isOver(context, taken)) await query(pool, sql.deleteRevocation, [taken.id])
  }
}

async function isOver(context: Context, { id, provider, token, failures, isUsed }: Revocation): Promise<boolean> {
  const { pool, secrets } = context
  const configured = isUsed ? undefined : findConfigured(context.config, provider)
  if (configured === undefined) return true
  try {
    const keep = (fresh: string) => query(pool, sql.replaceToken, [id, secrets.seal(fresh)])
    await revokeToken(configured, secrets.open(token), context.now(), keep)
    return true
  } catch (err) {
    // Taken back there already, or used up by a try that broke off after it.
    if (err instanceof ProviderError && err.kind === 'revoked') return true
    context.log.warn({ err, provider, failures }, 'a consent could not be given back')
    return failures >= MOST_FAILURES
  }
}
