import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { Tenant } from '../accounts/schemas.ts'
import type { Context } from '../context.ts'
import { query } from '../database/query.ts'
import { withTransaction } from '../database/transaction.ts'
import { checkUrl, MAX_URL_LENGTH } from './check-url.ts'
import { emitPing, wakeDeliveries } from './emit-event.ts'
import { cancelPings } from './endpoints.sql.ts'
import { holdWaiting, releaseHeld } from './settle-endpoints.ts'
import * as sql from './settings.sql.ts'
import { newWebhookSecret } from './sign-message.ts'

export const Settings = z
  .object({ id: z.uuid(), webhookUrl: z.string().nullable(), webhookKey: z.string().nullable() })
  .meta({ id: 'Settings' })
export type Settings = z.infer<typeof Settings>

export const NewSettings = z
  .strictObject({ webhookUrl: z.string().max(MAX_URL_LENGTH).describe('Where webhooks go; empty to send none.') })
  .meta({ id: 'NewSettings' })

type Endpoint = { id: string; url: string | null; secret: Buffer }

export async function readSettings({ pool, secrets }: Context, tenant: Tenant): Promise<Settings> {
  const [endpoint] = await query<Endpoint>(pool, sql.selectSettingsEndpoint, [tenant.id])
  if (endpoint === undefined || endpoint.url === null) return { id: tenant.id, webhookUrl: null, webhookKey: null }
  return { id: tenant.id, webhookUrl: endpoint.url, webhookKey: secrets.open(endpoint.secret) }
}

/**
 * Sets where webhooks go, with a new key, sends a ping there, and lets go what was held. An empty URL stops sending:
 * what waits is held. Throws `validation_error` for a URL that would not be called.
 */
export async function writeSettings(context: Context, tenant: Tenant, webhookUrl: string): Promise<Settings> {
  if (webhookUrl === '') return clearSettings(context, tenant)
  const { pool, secrets, queue } = context
  const url = checkUrl(context.config, 'webhookUrl', webhookUrl)
  const webhookKey = newWebhookSecret()
  const now = context.now()
  const secret = secrets.seal(webhookKey)
  await withTransaction(pool, async (tx) => {
    const values = [uuidv7(), tenant.id, url, secret, now]
    const [endpoint] = await query<{ id: string }>(tx, sql.upsertSettingsEndpoint, values)
    if (endpoint === undefined) throw new Error('an upsert answered no row')
    await query(tx, cancelPings, [endpoint.id, now])
    await releaseHeld(tx, endpoint.id, now)
    await emitPing(tx, secrets, { id: endpoint.id, tenantId: tenant.id, format: 'devices', secret }, now)
  })
  wakeDeliveries(queue)
  return { id: tenant.id, webhookUrl: url, webhookKey }
}

async function clearSettings(context: Context, tenant: Tenant): Promise<Settings> {
  const now = context.now()
  await withTransaction(context.pool, async (tx) => {
    const [endpoint] = await query<{ id: string }>(tx, sql.clearSettingsEndpoint, [tenant.id, now])
    if (endpoint !== undefined) await holdWaiting(tx, endpoint.id, now)
  })
  return { id: tenant.id, webhookUrl: null, webhookKey: null }
}
