import type { UserGrant } from '../accounts/schemas.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../database/pool.ts'
import { withTransaction } from '../database/transaction.ts'
import { AppError } from '../errors.ts'
import { type DeviceDay, ensureDevices, lockDays, readDays, writeDays } from './day-store.ts'
import { DAY_MS, epochDayOf } from './days.ts'
import { emptyDay, type MergeCounts, mergeDay } from './merge-day.ts'
import type { Batch } from './read-batch.ts'
import type { IngestResult, StoredSample } from './schemas.ts'
import { announceLater } from './announce-later.ts'
import { sampleTypeOf } from './types/sample-types.ts'

/** Twice one a second, all day. A day is merged in memory: one without bound would stall everybody. */
const MAX_DAY_SAMPLES = 200_000

/**
 * Stores a batch for the user that `grant` speaks for: committed to Postgres when it returns, or not at all.
 * Storing the same batch again changes nothing. Batches for the same user and type follow one another.
 */
export async function ingestSamples(context: Context, grant: UserGrant, batch: Batch): Promise<IngestResult> {
  const { rejected } = batch
  if (batch.samples.length === 0) return { inserted: 0, updated: 0, unchanged: 0, rejected }
  const counts = await withTransaction(context.pool, (tx) => mergeBatch(tx, grant, batch, context.now()))
  if (counts.inserted + counts.updated > 0) {
    announceLater(context, grant.userId)
  }
  for (const outcome of ['inserted', 'updated', 'unchanged'] as const) {
    context.metrics.samples.inc({ data_type: batch.dataType, outcome }, counts[outcome])
  }
  return { ...counts, rejected }
}

async function mergeBatch(tx: Transaction, grant: UserGrant, batch: Batch, now: Date): Promise<MergeCounts> {
  const { userId, provider } = grant
  await lockDays(tx, userId, batch.dataType)
  const deviceIds = await ensureDevices(tx, userId, provider, versionsOf(batch.samples))
  const incoming = groupByDay(batch.samples, deviceIds)
  const stored = await readDays(tx, userId, batch.dataType, incoming)
  const storedByKey = new Map(stored.map((deviceDay) => [keyOf(deviceDay), deviceDay.samples]))

  const changed: DeviceDay[] = []
  const total: MergeCounts = { inserted: 0, updated: 0, unchanged: 0 }
  for (const deviceDay of incoming) {
    const before = storedByKey.get(keyOf(deviceDay)) ?? emptyDay()
    const { merged, inserted, updated, unchanged } = mergeDay(before, deviceDay.samples)
    total.inserted += inserted
    total.updated += updated
    total.unchanged += unchanged
    if (merged.starts.length > MAX_DAY_SAMPLES) {
      throw new AppError('too_many_samples', `A device has at most ${MAX_DAY_SAMPLES} samples of a type on a day.`)
    }
    if (inserted + updated > 0) changed.push({ ...deviceDay, samples: merged })
  }
  if (changed.length > 0) await writeDays(tx, userId, sampleTypeOf(batch.dataType), changed, now)
  return total
}

function versionsOf(samples: StoredSample[]): Map<string, string | undefined> {
  const versions = new Map<string, string | undefined>()
  for (const { deviceName, deviceVersion } of samples) {
    if (deviceVersion !== undefined || !versions.has(deviceName)) versions.set(deviceName, deviceVersion)
  }
  return versions
}

/** Each device's samples by the UTC day they start on, in the order they were sent. */
function groupByDay(samples: StoredSample[], deviceIds: Map<string, string>): DeviceDay[] {
  const days = new Map<string, DeviceDay>()
  for (const { deviceName, start, durationMs, value } of samples) {
    const deviceId = deviceIds.get(deviceName)
    if (deviceId === undefined) throw new Error('a device of the batch has no id')
    const day = epochDayOf(start)
    const key = keyOf({ day, deviceId })
    const deviceDay = days.get(key) ?? { day, deviceId, spillDays: 0, samples: emptyDay() }
    days.set(key, deviceDay)
    deviceDay.samples.starts.push(start - day * DAY_MS)
    deviceDay.samples.durations.push(durationMs)
    deviceDay.samples.values.push(value)
  }
  return [...days.values()]
}

const keyOf = ({ day, deviceId }: { day: number; deviceId: string }) => `${deviceId} ${day}`
