import { v7 as uuidv7 } from 'uuid'
import type { Tenant } from '../accounts/schemas.ts'
import type { Context } from '../context.ts'
import { query } from '../database/query.ts'
import { type Unit, withTransaction } from '../database/transaction.ts'
import { AppError } from '../errors.ts'
import { checkUrl } from './check-url.ts'
import { emitPing, wakeDeliveries } from './emit-event.ts'
import type { Endpoint, EndpointChange, EndpointWithSecret, NewEndpoint } from './endpoint-schemas.ts'
import { cancelPings } from './endpoints.sql.ts'
import * as sql from './manage-endpoints.sql.ts'
import { type EndpointRow, lockEndpoint, lockOwnEndpoint, requireEnabled, toEndpoint } from './read-endpoints.ts'
import { holdWaiting, releaseHeld } from './settle-endpoints.ts'
import { newWebhookSecret } from './sign-message.ts'

/** Besides that of the settings. Each gets a row of every event that it asks for, in the event's own transaction. */
const MAX_ENDPOINTS = 50

/** Throws `validation_error` for a URL that would not be called, `too_many_endpoints` over the limit. */
export async function createEndpoint(
  { config, secrets, now }: Context,
  { tx }: Unit,
  tenant: Tenant,
  wanted: NewEndpoint,
): Promise<EndpointWithSecret> {
  const url = checkUrl(config, 'url', wanted.url)
  const secret = wanted.secret ?? newWebhookSecret()
  const { events, format, description = null, enabled } = wanted
  const values = [uuidv7(), tenant.id, url, events, format, secrets.seal(secret), description, enabled, now()]
  await query(tx, sql.lockTenant, [tenant.id])
  const [row] = await query<EndpointRow>(tx, sql.insertEndpoint, [...values, MAX_ENDPOINTS])
  if (row === undefined) {
    throw new AppError('too_many_endpoints', `There are ${MAX_ENDPOINTS} endpoints already, and no more are allowed.`)
  }
  return { ...toEndpoint(row), secret }
}

/**
 * Changes what is given. Enabling lets go what was held, disabling holds what waits, and a new URL is not asked what
 * the one before was. Throws `not_found`, `conflict` and, for the URL, `validation_error`.
 */
export async function changeEndpoint(
  context: Context,
  tenant: Tenant,
  id: string,
  change: EndpointChange,
): Promise<Endpoint> {
  if (change.url !== undefined) checkUrl(context.config, 'url', change.url)
  const now = context.now()
  const changed = await withTransaction(context.pool, async (tx) => {
    const before = await lockOwnEndpoint(tx, tenant, id)
    const { url, events, format, description, enabled } = { ...before, ...change }
    const values = [tenant.id, id, url, events, format, description, enabled, now]
    const [after] = await query<EndpointRow>(tx, sql.updateEndpoint, values)
    if (after === undefined) throw new Error('an endpoint that is locked is gone')
    if (url !== before.url) await query(tx, cancelPings, [id, now])
    if (enabled && !before.enabled) await releaseHeld(tx, id, now)
    if (!enabled && before.enabled) await holdWaiting(tx, id, now)
    return after
  })
  if (changed.enabled) wakeDeliveries(context.queue)
  return toEndpoint(changed)
}

/** At once nobody sees it any more; a chore removes its rows. Throws `not_found` and `conflict`. */
export async function deleteEndpoint({ pool, now }: Context, tenant: Tenant, id: string): Promise<void> {
  await withTransaction(pool, async (tx) => {
    await lockOwnEndpoint(tx, tenant, id)
    await query(tx, sql.markDeleted, [tenant.id, id, now()])
  })
}

/** Sends a ping. Returns the message's id. Throws `not_found`, and `conflict` when the endpoint is disabled. */
export async function testEndpoint(
  { secrets, queue, now }: Context,
  { tx, afterCommit }: Unit,
  tenant: Tenant,
  id: string,
): Promise<{ message_id: string }> {
  const endpoint = await lockEndpoint(tx, tenant, id)
  requireEnabled(endpoint)
  const message_id = await emitPing(tx, secrets, { ...endpoint, tenantId: tenant.id }, now())
  afterCommit(() => wakeDeliveries(queue))
  return { message_id }
}
