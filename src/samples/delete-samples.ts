import { NIL } from 'uuid'
import type { UserGrant } from '../accounts/schemas.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../database/pool.ts'
import { withTransaction } from '../database/transaction.ts'
import { type DayKey, type DeviceDay, lockDays, readDaysAfter, writeDays } from './day-store.ts'
import { DAY_MS, epochDayOf } from './days.ts'
import { type DaySamples, emptyDay } from './merge-day.ts'
import type { SampleRange } from './schemas.ts'
import { announceLater } from './announce-later.ts'
import { sampleTypeOf } from './types/sample-types.ts'

/** Days rewritten in one transaction: a range of years must neither hold its lock for long nor fill the memory. */
const DAYS_AT_ONCE = 50

/**
 * Removes what the token's provider recorded and what starts in `[start, end)`. Days are kept when they become empty:
 * their revision goes on rising. A long range is removed in several transactions; asking again finishes what was cut off.
 */
export async function deleteSamples(
  context: Context,
  grant: UserGrant,
  range: SampleRange,
): Promise<{ deleted: number }> {
  const { pool } = context
  let deleted = 0
  let after: DayKey | undefined = { day: epochDayOf(range.start.getTime()), deviceId: NIL }
  while (after !== undefined) {
    const from: DayKey = after
    const chunk = await withTransaction(pool, (tx) => deleteChunk(tx, grant, range, from, context.now()))
    deleted += chunk.deleted
    after = chunk.next
  }
  if (deleted > 0) announceLater(context, grant.userId)
  return { deleted }
}

async function deleteChunk(
  tx: Transaction,
  grant: UserGrant,
  range: SampleRange,
  after: DayKey,
  now: Date,
): Promise<{ deleted: number; next: DayKey | undefined }> {
  await lockDays(tx, grant.userId, range.data_type)
  const last = epochDayOf(range.end.getTime() - 1)
  const wanted = { dataType: range.data_type, deviceName: range.device_name, after, last }
  const found = await readDaysAfter(tx, grant, wanted, DAYS_AT_ONCE)
  const changed: DeviceDay[] = []
  let deleted = 0
  for (const deviceDay of found) {
    const kept = keepOutside(deviceDay, range)
    const removed = deviceDay.samples.starts.length - kept.starts.length
    if (removed > 0) changed.push({ ...deviceDay, samples: kept })
    deleted += removed
  }
  if (changed.length > 0) await writeDays(tx, grant.userId, sampleTypeOf(range.data_type), changed, now)
  return { deleted, next: found.length < DAYS_AT_ONCE ? undefined : found.at(-1) }
}

function keepOutside({ day, samples }: DeviceDay, { start, end }: SampleRange): DaySamples {
  const from = start.getTime() - day * DAY_MS
  const to = end.getTime() - day * DAY_MS
  const kept = emptyDay()
  for (const [index, offset] of samples.starts.entries()) {
    if (offset >= from && offset < to) continue
    kept.starts.push(offset)
    kept.durations.push(samples.durations[index]!)
    kept.values.push(samples.values[index]!)
  }
  return kept
}
