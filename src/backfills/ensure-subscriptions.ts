import { findConfigured } from '../connect/live-providers.ts'
import { applicationOf } from '../connect/provider-application.ts'
import type { Context } from '../context.ts'
import { query } from '../database/query.ts'
import { providers } from '../providers/providers.ts'

const INTERVAL_MS = 12 * 3_600_000
const RETRY_MS = 15 * 60_000

/** $1 provider, $2 now, $3 when others may try → a row when it is this process's turn */
const takeTurn = {
  name: 'take_subscription_turn',
  text: `
    insert into provider_subscription as s (provider, next_at) values ($1, $3)
    on conflict (provider) do update set next_at = excluded.next_at where s.next_at <= $2
    returning provider`,
}

/** $1 provider, $2 when next */
const setNext = {
  name: 'set_subscription_turn',
  text: `update provider_subscription set next_at = $2 where provider = $1`,
}

/** Keeps the providers' subscriptions in order, one process at a time; where a provider can reach this server. */
export async function ensureSubscriptions(context: Context): Promise<void> {
  const { config, pool, now, log } = context
  if (config.publicUrl === undefined) return
  for (const { name } of providers) {
    const configured = findConfigured(config, name)
    const ensure = configured?.push?.ensureSubscriptions
    if (configured === undefined || ensure === undefined) continue
    const at = now().getTime()
    const [turn] = await query(pool, takeTurn, [name, new Date(at), new Date(at + RETRY_MS)])
    if (turn === undefined) continue
    try {
      await ensure(applicationOf(context, configured, config.publicUrl))
      await query(pool, setNext, [name, new Date(at + INTERVAL_MS)])
    } catch (err) {
      log.warn({ err, provider: name }, 'subscriptions are not in order; it is tried again')
    }
  }
}
