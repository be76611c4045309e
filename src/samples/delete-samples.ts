import { NIL } from 'uuid'
import type { UserGrant } from '../accounts/schemas.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../database/pool.ts'
import { withTransaction } from '../database/transaction.ts'
import { type Change, type DayKey, type DeviceDay, lockDays, readDaysAfter, type StoredDay } from './day-store.ts'
import { DAY_MS, epochDayOf } from './days.ts'
import { type DaySamples, emptyDay } from './merge-day.ts'
import type { SampleRange } from './schemas.ts'
import { announceLater } from './announce-later.ts'
import { changeOf } from './merge-days.ts'
import { sampleTypeOf } from './types/sample-types.ts'
import { writeDays } from './write-days.ts'

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
  const zone = await lockDays(tx, grant.userId, range.data_type)
  const last = epochDayOf(range.end.getTime() - 1)
  const wanted = { dataType: range.data_type, deviceName: range.device_name, after, last }
  const found = await readDaysAfter(tx, grant, wanted, DAYS_AT_ONCE)
  const changed: StoredDay[] = []
  const changes: Change[] = []
  let deleted = 0
  for (const deviceDay of found) {
    const { kept, removed } = splitAt(deviceDay, range)
    if (removed.starts.length === 0) continue
    changed.push({ ...deviceDay, samples: kept })
    changes.push(changeOf({ day: deviceDay.day, samples: removed }))
    deleted += removed.starts.length
  }
  if (changed.length > 0) {
    const type = sampleTypeOf(range.data_type)
    await writeDays(tx, [{ userId: grant.userId, type, zone, days: changed, changes, hasRemoved: true }], now)
  }
  return { deleted, next: found.length < DAYS_AT_ONCE ? undefined : found.at(-1) }
}

/** What starts outside the range, and what starts in it. */
function splitAt({ day, samples }: DeviceDay, { start, end }: SampleRange): { kept: DaySamples; removed: DaySamples } {
  const from = start.getTime() - day * DAY_MS
  const to = end.getTime() - day * DAY_MS
  const [kept, removed] = [emptyDay(), emptyDay()]
  for (const [index, offset] of samples.starts.entries()) {
    const part = offset >= from && offset < to ? removed : kept
    part.starts.push(offset)
    part.durations.push(samples.durations[index]!)
    part.values.push(samples.values[index]!)
  }
  return { kept, removed }
}
