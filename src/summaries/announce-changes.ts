import type { Context } from '../context.ts'
import type { Transaction } from '../database/pool.ts'
import { query } from '../database/query.ts'
import { withTransaction } from '../database/transaction.ts'
import { announceTopic } from '../samples/announce-later.ts'
import { emitEvent, wakeDeliveries, type WebhookUser } from '../webhooks/emit-event.ts'
import * as sql from './announce-changes.sql.ts'
import { type DayOwner, readProviderDays } from './provider-days.ts'
import { toActivity, toBiometrics } from './summarize.ts'

/** Days in one message: what a year's upload changed is told in several. */
const DAYS_PER_MESSAGE = 100

type ChangedDay = { dataType: string; date: string }

/**
 * Turns a user's changed days into one event, its message and its deliveries, in one transaction. Does nothing when
 * they were told of already.
 */
export async function announceChanges(context: Context, userId: string): Promise<void> {
  const now = context.now()
  const { deliveries, isFull } = await withTransaction(context.pool, async (tx) => {
    const [user] = await query<{ tenantId: string }>(tx, sql.selectTenantOfUser, [userId])
    const changed = await query<ChangedDay>(tx, sql.takeChangedDays, [userId, DAYS_PER_MESSAGE])
    if (user === undefined || changed.length === 0) return { deliveries: [], isFull: false }
    const owner = { tenantId: user.tenantId, userId }
    const data = { days: changed.map(({ dataType, date }) => ({ data_type: dataType, date })) }
    const event = { type: 'devices.health-data', ...owner, data, occurredAt: now }
    return {
      deliveries: await emitEvent(tx, event, () => describeChanges(tx, owner, changed)),
      isFull: changed.length === DAYS_PER_MESSAGE,
    }
  })
  wakeDeliveries(context.queue, deliveries)
  if (isFull) context.queue.wake(announceTopic, [{ userId }])
}

async function describeChanges(tx: Transaction, owner: DayOwner, changed: ChangedDay[]): Promise<WebhookUser[]> {
  const dates = [...new Set(changed.map(({ date }) => date))].toSorted()
  const withHeartRate = new Set(changed.filter(({ dataType }) => dataType === 'bpm').map(({ date }) => date))
  const activity = []
  const biometrics = []
  for (const date of dates) {
    for (const day of await readProviderDays(tx, owner, date)) {
      activity.push(toActivity(day, date))
      if (withHeartRate.has(date)) biometrics.push(toBiometrics(day, date))
    }
  }
  const user = { userId: owner.userId, activity: activity.filter(isPresent), biometrics: biometrics.filter(isPresent) }
  return user.activity.length + user.biometrics.length > 0 ? [user] : []
}

const isPresent = <T>(value: T | undefined): value is T => value !== undefined
