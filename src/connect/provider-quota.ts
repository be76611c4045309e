import type { Context } from '../context.ts'
import { query } from '../database/query.ts'
import { ProviderError } from '../providers/provider-error.ts'
import type { ConfiguredProvider } from './live-providers.ts'
import * as sql from './provider-quota.sql.ts'

/**
 * Counts a request against what the application may ask for, over all processes. Throws ProviderError `rate_limited`
 * where nothing is left: whoever asked waits, and holds nothing.
 */
export async function takeQuota(
  { pool, now }: Pick<Context, 'pool' | 'now'>,
  { configuration, name, rate }: ConfiguredProvider,
): Promise<void> {
  const at = now()
  const taken = await query(pool, sql.takeQuota, [configuration, at, rate.requests, rate.perSeconds])
  if (taken.length > 0) return
  const [quota] = await query<{ windowFrom: Date }>(pool, sql.selectQuota, [configuration])
  const endsAt = (quota?.windowFrom ?? at).getTime() + rate.perSeconds * 1000
  const retryAfterSeconds = Math.max(1, Math.ceil((endsAt - at.getTime()) / 1000))
  throw new ProviderError('rate_limited', `the requests to ${name} are used up for the moment`, { retryAfterSeconds })
}
