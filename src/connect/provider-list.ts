import { z } from 'zod'
import { type Environment, environments } from '../accounts/schemas.ts'
import type { Context } from '../context.ts'
import { query } from '../database/query.ts'
import { ProviderName, providers } from '../providers/providers.ts'
import * as sql from './connections.sql.ts'
import { findConfigured, isLive, providerOf } from './live-providers.ts'

const ListedProvider = z.object({
  name: ProviderName,
  label: z.string(),
  connected: z.boolean(),
  connected_at: z.iso.datetime().optional(),
  available: z.boolean().describe('Whether it can be connected here.'),
  how: z.enum(['redirect', 'app']).describe('In a browser, or from the app on the phone.'),
  reason: z.string().optional().describe('For the person, where it is not available.'),
})
type ListedProvider = z.infer<typeof ListedProvider>

export const ProviderList = z
  .object({
    environment: z.enum(environments),
    expires_at: z.iso.datetime().describe('When the connect token ends.'),
    providers: z.array(ListedProvider),
  })
  .meta({ id: 'ProviderList' })

type TokenOwner = { userId: string; environment: Environment; expiresAt: Date }

/** Every provider, by name, and how a person is connected to it. */
export async function listProviders(context: Context, owner: TokenOwner): Promise<z.infer<typeof ProviderList>> {
  const { userId, environment, expiresAt } = owner
  type Row = { provider: string; connectedAt: Date }
  const rows = await query<Row>(context.pool, sql.selectConnectionTimes, [userId])
  const connectedAt = new Map(rows.map((row) => [row.provider, row.connectedAt.toISOString()]))
  return {
    environment,
    expires_at: expiresAt.toISOString(),
    providers: providers.map(({ name, label }) => {
      const since = connectedAt.get(name)
      const state = since === undefined ? { connected: false } : { connected: true, connected_at: since }
      return { name, label, ...state, ...availabilityOf(context, environment, name) }
    }),
  }
}

function availabilityOf(
  { config }: Context,
  environment: Environment,
  name: ProviderName,
): Pick<ListedProvider, 'available' | 'how' | 'reason'> {
  const { label, live } = providerOf(name)
  if (environment === 'sandbox' || findConfigured(config, name) !== undefined)
    return { available: true, how: 'redirect' }
  const hint = isLive(live) ? undefined : live.hint
  const how = !isLive(live) && live.isInApp === true ? 'app' : 'redirect'
  return { available: false, how, reason: hint ?? `${label} cannot be connected here yet.` }
}
