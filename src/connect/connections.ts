import { issueTokens, revokeProviderTokens, type TokenPair } from '../accounts/user-tokens.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../database/pool.ts'
import { query } from '../database/query.ts'
import { withTransaction } from '../database/transaction.ts'
import { AppError } from '../errors.ts'
import type { ProviderName } from '../providers/providers.ts'
import type { SecretBox } from '../secret-box.ts'
import { userNotFound } from '../users/users.ts'
import { emitEvent, wakeDeliveries } from '../webhooks/emit-event.ts'
import * as sql from './connections.sql.ts'

type Owner = { tenantId: string; userId: string }

/**
 * Mints tokens that speak for a user's provider, and connects the provider; the first time, webhooks tell of it.
 * Throws `user_not_found` when the user is not this tenant's.
 */
export async function mintUserTokens(context: Context, owner: Owner, provider: ProviderName): Promise<TokenPair> {
  const { pool, config, secrets } = context
  const now = context.now()
  const { tokens, isToTell } = await withTransaction(pool, async (tx) => {
    await lockUser(tx, owner)
    const [connected] = await query(tx, sql.insertConnection, [owner.userId, provider, now])
    return {
      tokens: await issueTokens(tx, config, { userId: owner.userId, provider }, now),
      isToTell:
        connected !== undefined && (await tell(tx, secrets, 'devices.provider-connected', owner, provider, now)),
    }
  })
  if (isToTell) wakeDeliveries(context.queue)
  return tokens
}

/** Disconnects a provider: its tokens end at once, what it sent stays stored but is no longer answered by date. */
export async function disconnectProvider(context: Context, owner: Owner, provider: ProviderName): Promise<void> {
  const now = context.now()
  const isToTell = await withTransaction(context.pool, async (tx) => {
    await lockUser(tx, owner)
    const [disconnected] = await query(tx, sql.deleteConnection, [owner.userId, provider])
    if (disconnected === undefined) throw new AppError('not_found', `The user is not connected to ${provider}.`)
    await revokeProviderTokens(tx, owner.userId, provider, now)
    return tell(tx, context.secrets, 'devices.provider-disconnected', owner, provider, now)
  })
  if (isToTell) wakeDeliveries(context.queue)
}

async function lockUser(tx: Transaction, owner: Owner): Promise<void> {
  const [user] = await query(tx, sql.lockUser, [owner.userId, owner.tenantId])
  if (user === undefined) throw userNotFound()
}

async function tell(
  tx: Transaction,
  secrets: SecretBox,
  type: string,
  owner: Owner,
  provider: ProviderName,
  now: Date,
): Promise<boolean> {
  const rows = await query<{ provider: string }>(tx, sql.selectConnections, [owner.userId])
  const data = { providers: [provider], connectedProviders: rows.map((row) => row.provider) }
  return emitEvent(tx, secrets, { type, ...owner, data, occurredAt: now }, () => [{ userId: owner.userId, ...data }])
}
