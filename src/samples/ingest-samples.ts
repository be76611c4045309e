import type { UserGrant } from '../accounts/schemas.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../database/pool.ts'
import { withTransaction } from '../database/transaction.ts'
import { AppError } from '../errors.ts'
import {
  type Change,
  type DeviceDay,
  type DeviceFacts,
  ensureDevices,
  lockDays,
  readDays,
  writeDays,
} from './day-store.ts'
import { DAY_MS, epochDayOf } from './days.ts'
import { emptyDay, type MergeCounts, mergeDay } from './merge-day.ts'
import type { StoredSample } from './batch-schemas.ts'
import type { Batch } from './read-batch.ts'
import type { IngestResult } from './schemas.ts'
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
  noteStored(context, grant.userId, batch.dataType, counts)
  return { ...counts, rejected }
}

/** To be called after the commit: webhooks will tell of it. */
export function noteStored(context: Context, userId: string, dataType: string, counts: MergeCounts): void {
  if (counts.inserted + counts.updated > 0) announceLater(context, userId)
  for (const outcome of ['inserted', 'updated', 'unchanged'] as const) {
    context.metrics.samples.inc({ data_type: dataType, outcome }, counts[outcome])
  }
}

/** Stores samples of one type within `tx`, and marks the days that they changed. */
export async function mergeBatch(
  tx: Transaction,
  grant: Pick<UserGrant, 'userId' | 'provider'>,
  batch: Pick<Batch, 'dataType' | 'samples'>,
  now: Date,
): Promise<MergeCounts> {
  const { userId, provider } = grant
  const type = sampleTypeOf(batch.dataType)
  const zone = await lockDays(tx, userId, batch.dataType)
  const deviceIds = await ensureDevices(tx, userId, provider, factsOf(batch.samples))
  const incoming = groupByDay(batch.samples, deviceIds)
  const stored = await readDays(tx, userId, batch.dataType, incoming)
  const storedByKey = new Map(stored.map((deviceDay) => [keyOf(deviceDay), deviceDay.samples]))

  const changed: DeviceDay[] = []
  const changes: Change[] = []
  const total: MergeCounts = { inserted: 0, updated: 0, unchanged: 0 }
  for (const deviceDay of incoming) {
    const before = storedByKey.get(keyOf(deviceDay)) ?? emptyDay()
    const { merged, inserted, updated, unchanged } = mergeDay(before, deviceDay.samples)
    total.inserted += inserted
    total.updated += updated
    total.unchanged += unchanged
    const most = type.maxPerDay ?? MAX_DAY_SAMPLES
    if (merged.starts.length > most) {
      throw new AppError('too_many_samples', `A device has at most ${most} samples of ${type.name} on a day.`)
    }
    if (inserted + updated === 0) continue
    changed.push({ ...deviceDay, samples: merged })
    changes.push(changeOf(deviceDay))
  }
  if (changed.length > 0) await writeDays(tx, userId, type, changed, { changes, zone, now })
  return total
}

function factsOf(samples: StoredSample[]): Map<string, DeviceFacts> {
  const facts = new Map<string, DeviceFacts>()
  for (const { deviceName, deviceVersion, deviceKind } of samples) {
    const known = facts.get(deviceName)
    // Most samples of a batch say the same of the same device.
    if (known !== undefined && known.version === deviceVersion && known.kind === deviceKind) continue
    facts.set(deviceName, { version: deviceVersion ?? known?.version, kind: deviceKind ?? known?.kind })
  }
  return facts
}

/** All that a device's samples cover; one without duration covers its own millisecond. */
export function changeOf({ day, samples }: Pick<DeviceDay, 'day' | 'samples'>): Change {
  let [from, to] = [Infinity, -Infinity]
  for (const [index, start] of samples.starts.entries()) {
    from = Math.min(from, start)
    to = Math.max(to, start + Math.max(1, samples.durations[index]!))
  }
  return { from: from + day * DAY_MS, to: to + day * DAY_MS }
}

/** Each device's samples by the UTC day they start on, in the order they were sent. */
function groupByDay(samples: StoredSample[], deviceIds: Map<string, string>): DeviceDay[] {
  const days = new Map<string, DeviceDay>()
  for (const { deviceName, start, durationMs, value } of samples) {
    const deviceId = deviceIds.get(deviceName)
    if (deviceId === undefined) throw new Error('a device of the batch has no id')
    const day = epochDayOf(start)
    const key = keyOf({ day, deviceId })
    const deviceDay = days.get(key) ?? { day, deviceId, samples: emptyDay() }
    days.set(key, deviceDay)
    deviceDay.samples.starts.push(start - day * DAY_MS)
    deviceDay.samples.durations.push(durationMs)
    deviceDay.samples.values.push(value)
  }
  return [...days.values()]
}

const keyOf = ({ day, deviceId }: { day: number; deviceId: string }) => `${deviceId} ${day}`
