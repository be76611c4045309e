import { issueTokens, revokeProviderTokens, type TokenPair } from '../accounts/user-tokens.ts'
import type { Context } from '../context.ts'
import type { Queryable, Transaction } from '../database/pool.ts'
import { query } from '../database/query.ts'
import { withTransaction } from '../database/transaction.ts'
import { AppError } from '../errors.ts'
import type { ProviderName } from '../providers/providers.ts'
import type { SecretBox } from '../secret-box.ts'
import { userNotFound } from '../users/users.ts'
import { emitEvent, wakeDeliveries } from '../webhooks/emit-event.ts'
import * as sql from './connections.sql.ts'

export type Owner = { tenantId: string; userId: string }

/**
 * Mints tokens that speak for a user's provider, and connects the provider; the first time, webhooks tell of it.
 * Throws `user_not_found` when the user is not this tenant's.
 */
export async function mintUserTokens(context: Context, owner: Owner, provider: ProviderName): Promise<TokenPair> {
  const { pool, config, secrets } = context
  const now = context.now()
  const { tokens, isToTell } = await withTransaction(pool, async (tx) => {
    const isToBeTold = await connect(tx, secrets, owner, provider, now)
    return { tokens: await issueTokens(tx, config, { userId: owner.userId, provider }, now), isToTell: isToBeTold }
  })
  if (isToTell) wakeDeliveries(context.queue)
  return tokens
}

/** Connects a provider. The first time, webhooks tell of it. Throws `user_not_found`. */
export async function connectProvider(context: Context, owner: Owner, provider: ProviderName): Promise<void> {
  const isToTell = await withTransaction(context.pool, (tx) =>
    connect(tx, context.secrets, owner, provider, context.now()),
  )
  if (isToTell) wakeDeliveries(context.queue)
}

/**
 * For data that arrives without anybody asking to be connected: connects a provider that never was, and throws
 * `forbidden` for one that was disconnected. Throws `user_not_found`. Returns whether webhooks are to tell.
 */
export async function ensureConnected(
  tx: Transaction,
  secrets: SecretBox,
  owner: Owner,
  provider: ProviderName,
  now: Date,
): Promise<boolean> {
  await lockUser(tx, owner)
  const [disconnected] = await query(tx, sql.selectDisconnection, [owner.userId, provider])
  if (disconnected !== undefined) throw new AppError('forbidden', `The user has disconnected ${provider}.`)
  return connect(tx, secrets, owner, provider, now)
}

/** The contract's: a sandbox is for trying things out. */
const MOST_SANDBOX_USERS = 10

/** Returns whether webhooks are to tell. Throws `conflict` when a sandbox has as many connected users as it may. */
export async function connect(
  tx: Transaction,
  secrets: SecretBox,
  owner: Owner,
  provider: ProviderName,
  now: Date,
): Promise<boolean> {
  await lockUser(tx, owner)
  await query(tx, sql.deleteDisconnection, [owner.userId, provider])
  const [connected] = await query(tx, sql.insertConnection, [owner.userId, provider, now])
  if (connected === undefined) return false
  await requireRoomInSandbox(tx, owner.tenantId)
  return tell(tx, secrets, 'devices.provider-connected', owner, provider, now)
}

/**
 * What `connect` would say of a sandbox that is full, before a person is sent to a page of consent for nothing. Whether
 * there is room in the end is decided when it is connected.
 */
export async function requireLikelyRoom(db: Queryable, { tenantId, userId }: Owner): Promise<void> {
  if ((await listConnections(db, { tenantId, userId })).length > 0) return
  const [counted] = await query<{ users: number }>(db, sql.countConnectedUsers, [tenantId])
  if (counted!.users >= MOST_SANDBOX_USERS) throw noRoom()
}

async function requireRoomInSandbox(tx: Transaction, tenantId: string): Promise<void> {
  const [sandbox] = await query(tx, sql.lockSandbox, [tenantId])
  if (sandbox === undefined) return
  const [counted] = await query<{ users: number }>(tx, sql.countConnectedUsers, [tenantId])
  if (counted!.users > MOST_SANDBOX_USERS) throw noRoom()
}

const noRoom = () => {
  const advice = 'Disconnect or delete one, or use a live key.'
  return new AppError('conflict', `A sandbox has ${MOST_SANDBOX_USERS} connected users at most. ${advice}`)
}

/** Disconnects a provider: its tokens end at once, what it sent stays stored but is no longer answered by date. */
export async function disconnectProvider(context: Context, owner: Owner, provider: ProviderName): Promise<void> {
  const now = context.now()
  const isToTell = await withTransaction(context.pool, async (tx) => {
    await lockUser(tx, owner)
    return disconnect(tx, context.secrets, owner, provider, now)
  })
  if (isToTell) wakeDeliveries(context.queue)
}

/** Returns whether webhooks are to tell. The user is locked. Throws `not_found` when they are not connected. */
export async function disconnect(
  tx: Transaction,
  secrets: SecretBox,
  owner: Owner,
  provider: ProviderName,
  now: Date,
): Promise<boolean> {
  const [disconnected] = await query(tx, sql.deleteConnection, [owner.userId, provider])
  if (disconnected === undefined) throw new AppError('not_found', `The user is not connected to ${provider}.`)
  await query(tx, sql.insertDisconnection, [owner.userId, provider, now])
  await query(tx, sql.deleteRpmDevices, [owner.userId, provider])
  await revokeProviderTokens(tx, owner.userId, provider, now)
  return tell(tx, secrets, 'devices.provider-disconnected', owner, provider, now)
}

export async function lockUser(tx: Transaction, owner: Owner): Promise<void> {
  const [user] = await query(tx, sql.lockUser, [owner.userId, owner.tenantId])
  if (user === undefined) throw userNotFound()
}

/** The providers that a user is connected to, by name. */
export async function listConnections(db: Queryable, { userId }: Owner): Promise<string[]> {
  const rows = await query<{ provider: string }>(db, sql.selectConnections, [userId])
  return rows.map(({ provider }) => provider)
}

async function tell(
  tx: Transaction,
  secrets: SecretBox,
  type: string,
  owner: Owner,
  provider: ProviderName,
  now: Date,
): Promise<boolean> {
  const data = { providers: [provider], connectedProviders: await listConnections(tx, owner) }
  return emitEvent(tx, secrets, { type, ...owner, data, occurredAt: now }, () => [{ userId: owner.userId, ...data }])
}
