import type { Context } from '../context.ts'
import type { Transaction } from '../database/pool.ts'
import { query } from '../database/query.ts'
import { withTransaction } from '../database/transaction.ts'
import { announceTopic } from '../samples/announce-later.ts'
import type { DataType } from '../samples/types/sample-types.ts'
import { emitEvent, wakeDeliveries, type WebhookUser } from '../webhooks/emit-event.ts'
import { UTC } from '../zones.ts'
import * as sql from './announce-changes.sql.ts'
import { listsSamples } from './answers.ts'
import { type ProviderDay, readProviderDays } from './provider-days.ts'
import type { DayOwner } from './recordings.ts'
import { type ShapeName, shapeNames } from './shapes.ts'
import { readRelatedDays } from './related-days.ts'
import { shapesOf, type Told, toShape } from './summarize.ts'

/** Days in one message: what a year's upload changed is told in several, each well below 256 kB without its samples. */
const DAYS_PER_MESSAGE = 30
/** A sample is 90 bytes or more, twice in a message: more than these cannot fit, and need not be read to find out. */
const SAMPLES_PER_MESSAGE = 1500

/** `from` and `to`, ms since 1970: between them lies what changed. */
type ChangedDay = { dataType: DataType; date: string; from: number; to: number; hasRemoved: boolean }

/**
 * Turns a user's changed days into one event, its message and its deliveries, in one transaction. Does nothing when
 * they were told of already.
 */
export async function announceChanges(context: Context, userId: string): Promise<void> {
  const now = context.now()
  const { isToTell, isFull } = await withTransaction(context.pool, async (tx) => {
    const [user] = await query<{ tenantId: string; timezone: string | null }>(tx, sql.selectTenantOfUser, [userId])
    const changed = await query<ChangedDay>(tx, sql.takeChangedDays, [userId, DAYS_PER_MESSAGE])
    if (user === undefined || changed.length === 0) return { isToTell: false, isFull: false }
    const owner = { tenantId: user.tenantId, userId }
    const data = { days: changed.map(({ dataType, date }) => ({ data_type: dataType, date })) }
    const event = { type: 'devices.health-data', ...owner, data, occurredAt: now }
    return {
      isToTell: await emitEvent(tx, context.secrets, event, () =>
        describeChanges(tx, owner, changed, user.timezone ?? UTC),
      ),
      isFull: changed.length === DAYS_PER_MESSAGE,
    }
  })
  if (isToTell) wakeDeliveries(context.queue)
  if (isFull) context.queue.wake(announceTopic, [{ ids: [userId] }])
}

async function describeChanges(
  tx: Transaction,
  owner: DayOwner,
  changed: ChangedDay[],
  zone: string,
): Promise<WebhookUser[]> {
  const related = await readRelatedDays(tx, owner, changed, zone)
  const own = changed.map(({ dataType, date }) => ({ date, shapes: shapesOf(dataType) }))
  const dates = [...Map.groupBy([...own, ...related], ({ date }) => date)]
    .map(([date, all]) => ({
      date,
      shapes: [...new Set(all.flatMap(({ shapes }) => shapes))],
      told: toldOf(changed.filter((day) => day.date === date)),
    }))
    .toSorted((a, b) => (a.date < b.date ? -1 : 1))
  const totals = await readDates(tx, owner, dates, zone, 'totals')
  const isTruncated = totals.reduce((count, { day }) => count + listedSamples(day), 0) > SAMPLES_PER_MESSAGE
  const read = isTruncated ? totals : await readDates(tx, owner, dates, zone, 'samples')
  const elements = shapeNames.map((shape) => {
    const shown = read.filter(({ shapes }) => shapes.includes(shape))
    return [shape, shown.flatMap(({ day, date, told }) => toShape(shape, day, date, told) ?? [])] as const
  })
  if (elements.every(([, ofShape]) => ofShape.length === 0)) return []
  return [{ userId: owner.userId, ...Object.fromEntries(elements), ...(isTruncated ? { truncated: true } : {}) }]
}

const toldOf = (changed: ChangedDay[]): Told => ({
  changed: new Set(changed.map(({ dataType }) => dataType)),
  removed: new Set(changed.filter(({ hasRemoved }) => hasRemoved).map(({ dataType }) => dataType)),
})

type ChangedDate = { date: string; shapes: ShapeName[]; told: Told }
type ReadDate = ChangedDate & { day: ProviderDay }

async function readDates(
  tx: Transaction,
  owner: DayOwner,
  dates: ChangedDate[],
  zone: string,
  wanted: 'samples' | 'totals',
): Promise<ReadDate[]> {
  const read: ReadDate[] = []
  for (const { date, shapes, told } of dates) {
    const days = await readProviderDays(tx, owner, { date, zone }, { shapes, with: wanted })
    read.push(...days.map((day) => ({ date, told, shapes, day })))
  }
  return read
}

const listedSamples = ({ figures }: ProviderDay): number =>
  [...figures].reduce((total, [type, { count }]) => total + (listsSamples(type) ? count : 0), 0)
