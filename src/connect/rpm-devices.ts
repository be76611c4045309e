import type { Context } from '../context.ts'
import { query } from '../database/query.ts'
import { withTransaction } from '../database/transaction.ts'
import { AppError } from '../errors.ts'
import type { ProviderName } from '../providers/providers.ts'
import { wakeDeliveries } from '../webhooks/emit-event.ts'
import { connect, disconnect, lockUser, type Owner } from './connections.ts'
import * as sql from './connections.sql.ts'

/**
 * Ties devices for remote patient monitoring to a user, and connects their provider. `deviceUserId` is whom the provider
 * knows the wearer as. Throws `user_not_found`; and `conflict` when a device is another user's: then nothing is changed.
 */
export async function connectRpmDevices(
  context: Context,
  owner: Owner,
  provider: ProviderName,
  { deviceIds, deviceUserId }: { deviceIds: string[]; deviceUserId: string },
): Promise<void> {
  const now = context.now()
  const isToTell = await withTransaction(context.pool, async (tx) => {
    const isToBeTold = await connect(tx, context.secrets, owner, provider, now)
    const values = [owner.tenantId, provider, deviceIds, owner.userId, deviceUserId, now]
    const connected = await query(tx, sql.upsertRpmDevices, values)
    if (connected.length < deviceIds.length) {
      throw new AppError('conflict', 'A device is connected to another user; disconnect it there first.')
    }
    return isToBeTold
  })
  if (isToTell) wakeDeliveries(context.queue)
}

/** Takes a device from its user; with the last one the provider is disconnected. Throws `user_not_found`, `not_found`. */
export async function disconnectRpmDevice(
  context: Context,
  owner: Owner,
  provider: ProviderName,
  deviceId: string,
): Promise<void> {
  const isToTell = await withTransaction(context.pool, async (tx) => {
    await lockUser(tx, owner)
    const [removed] = await query(tx, sql.deleteRpmDevice, [owner.userId, provider, deviceId])
    if (removed === undefined) throw new AppError('not_found', 'The user has no such device.')
    const [left] = await query(tx, sql.selectRpmDevice, [owner.userId, provider])
    return left === undefined && disconnect(tx, context.secrets, owner, provider, context.now())
  })
  if (isToTell) wakeDeliveries(context.queue)
}
