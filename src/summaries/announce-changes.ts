import type { Context } from '../context.ts'
import type { Transaction } from '../database/pool.ts'
import { query } from '../database/query.ts'
import { withTransaction } from '../database/transaction.ts'
import { announceTopic } from '../samples/announce-later.ts'
import { emitEvents, wakeDeliveries } from '../webhooks/emit-event.ts'
import { UTC } from '../zones.ts'
import * as sql from './announce-changes.sql.ts'
import { type ChangedDay, type Changes, describeChanges } from './describe-changes.ts'

/** Days in one message: what a year's upload changed is told in several, each well below 256 kB without its samples. */
const DAYS_PER_MESSAGE = 30
/**
 * In one transaction, which holds the marks until it commits, and whose users' next batches wait for that. A statement
 * for several users costs little more than for one.
 */
const DAYS_TOGETHER = 32

/**
 * Tells of what changed for each of the users; nothing where it was told already. Those for whom it failed keep their
 * marks: returns why, an error a user. Stops between transactions when `signal` aborts.
 */
export async function announceAll(context: Context, userIds: string[], signal: AbortSignal): Promise<unknown[]> {
  const failures: unknown[] = []
  for (const together of await inPortions(context, userIds)) {
    if (signal.aborted) break
    await announceChanges(context, together).catch(async (error: unknown) => {
      if (together.length === 1) failures.push(error)
      // One user whose changes cannot be told must not keep the others' from it.
      else for (const id of together) failures.push(...(await announceAll(context, [id], signal)))
    })
  }
  return failures
}

async function inPortions({ pool }: Context, userIds: string[]): Promise<string[][]> {
  type Count = { userId: string; count: number }
  const counts = await query<Count>(pool, sql.countChangedDays, [[...new Set(userIds)], DAYS_PER_MESSAGE])
  const portions: string[][] = []
  let days = Infinity
  for (const { userId, count } of counts) {
    days += count
    if (days > DAYS_TOGETHER) {
      portions.push([])
      days = count
    }
    portions.at(-1)!.push(userId)
  }
  return portions
}

/**
 * Turns the users' changed days into one event each, its message and its deliveries, in one transaction for all of them.
 * Does nothing for those who were told of already.
 */
export async function announceChanges(context: Context, userIds: string[]): Promise<void> {
  const { isToTell, unfinished } = await withTransaction(context.pool, async (tx) => {
    const changes = await takeChanges(tx, userIds, context.now())
    return {
      isToTell:
        changes.length > 0 && (await emitEvents(tx, context.secrets, changes, (told) => describeChanges(tx, told))),
      unfinished: unfinishedOf(userIds, changes),
    }
  })
  if (isToTell) wakeDeliveries(context.queue)
  if (unfinished.length > 0) context.queue.wake(announceTopic, [{ ids: unfinished }])
}

/** Of whom there may be more to tell. All of them where more was marked since they were counted than is taken at once. */
function unfinishedOf(userIds: string[], changes: Changes[]): string[] {
  const days = changes.reduce((total, { changed }) => total + changed.length, 0)
  if (days > DAYS_TOGETHER) return userIds
  return changes.filter(({ changed }) => changed.length === DAYS_PER_MESSAGE).map(({ userId }) => userId)
}

async function takeChanges(tx: Transaction, userIds: string[], now: Date): Promise<Changes[]> {
  type User = { userId: string; tenantId: string; timezone: string | null }
  const users = await query<User>(tx, sql.selectTenantsOfUsers, [userIds])
  const ids = users.map(({ userId }) => userId)
  type Taken = ChangedDay & { userId: string }
  const taken =
    users.length > 0 ? await query<Taken>(tx, sql.takeChangedDays, [ids, DAYS_PER_MESSAGE, DAYS_TOGETHER + 1]) : []
  const byUser = Map.groupBy(taken, ({ userId }) => userId)
  return users.flatMap(({ userId, tenantId, timezone }) => {
    const changed = byUser.get(userId)
    if (changed === undefined) return []
    const data = { days: changed.map(({ dataType, date }) => ({ data_type: dataType, date })) }
    return [{ type: 'devices.health-data', tenantId, userId, data, occurredAt: now, changed, zone: timezone ?? UTC }]
  })
}
