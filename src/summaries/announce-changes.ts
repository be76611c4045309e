import type { Context } from '../context.ts'
import type { Transaction } from '../database/pool.ts'
import { query } from '../database/query.ts'
import { withTransaction } from '../database/transaction.ts'
import { announceTopic } from '../samples/announce-later.ts'
import { emitEvent, wakeDeliveries, type WebhookUser } from '../webhooks/emit-event.ts'
import * as sql from './announce-changes.sql.ts'
import { type DayOwner, readProviderDays } from './provider-days.ts'
import { toActivity, toBiometrics } from './summarize.ts'

/** Days in one message: what a year's upload changed is told in several, each well below 256 kB without its samples. */
const DAYS_PER_MESSAGE = 30
/** A sample is 90 bytes or more, twice in a message: more than these cannot fit, and need not be read to find out. */
const SAMPLES_PER_MESSAGE = 1500

type ChangedDay = { dataType: string; date: string }

/**
 * Turns a user's changed days into one event, its message and its deliveries, in one transaction. Does nothing when
 * they were told of already.
 */
export async function announceChanges(context: Context, userId: string): Promise<void> {
  const now = context.now()
  const { isToTell, isFull } = await withTransaction(context.pool, async (tx) => {
    const [user] = await query<{ tenantId: string }>(tx, sql.selectTenantOfUser, [userId])
    const changed = await query<ChangedDay>(tx, sql.takeChangedDays, [userId, DAYS_PER_MESSAGE])
    if (user === undefined || changed.length === 0) return { isToTell: false, isFull: false }
    const owner = { tenantId: user.tenantId, userId }
    const data = { days: changed.map(({ dataType, date }) => ({ data_type: dataType, date })) }
    const event = { type: 'devices.health-data', ...owner, data, occurredAt: now }
    return {
      isToTell: await emitEvent(tx, context.secrets, event, () => describeChanges(tx, owner, changed)),
      isFull: changed.length === DAYS_PER_MESSAGE,
    }
  })
  if (isToTell) wakeDeliveries(context.queue)
  if (isFull) context.queue.wake(announceTopic, [{ userId }])
}

async function describeChanges(tx: Transaction, owner: DayOwner, changed: ChangedDay[]): Promise<WebhookUser[]> {
  const dates = [...new Set(changed.map(({ date }) => date))].toSorted()
  const totals = await readDates(tx, owner, dates, 'totals')
  const isTruncated = totals.reduce((count, { day }) => count + day.sampleCount, 0) > SAMPLES_PER_MESSAGE
  const days = isTruncated ? totals : await readDates(tx, owner, dates, 'samples')
  if (days.length === 0) return []

  const withHeartRate = new Set(changed.filter(({ dataType }) => dataType === 'bpm').map(({ date }) => date))
  const beating = days.filter(({ date }) => withHeartRate.has(date))
  return [
    {
      userId: owner.userId,
      activity: days.map(({ day, date }) => toActivity(day, date)).filter(isPresent),
      biometrics: beating.map(({ day, date }) => toBiometrics(day, date)).filter(isPresent),
      ...(isTruncated ? { truncated: true } : {}),
    },
  ]
}

async function readDates(tx: Transaction, owner: DayOwner, dates: string[], wanted: 'samples' | 'totals') {
  const read = []
  for (const date of dates) {
    for (const day of await readProviderDays(tx, owner, date, { with: wanted })) read.push({ date, day })
  }
  return read
}

const isPresent = <T>(value: T | undefined): value is T => value !== undefined
