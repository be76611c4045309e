import { AppError } from '../errors.ts'
import type { Change, DayKey, DeviceDay, StoredDay } from './day-store.ts'
import { DAY_MS } from './days.ts'
import { emptyDay, keepSame, type MergeCounts, mergeDay } from './merge-day.ts'
import type { SampleType } from './types/sample-type.ts'

/** Twice one a second, all day. A day is merged in memory: one without bound would stall everybody. */
const MAX_DAY_SAMPLES = 200_000

/** What is to be written, and what of it is news. */
export type MergedDays = { counts: MergeCounts; changed: StoredDay[]; changes: Change[] }

/**
 * Merges days of a batch into what is stored of them. `areWhole` when each has all there is of its device's day: what is
 * stored besides is removed, and counted as updated. Throws `too_many_samples`.
 */
export function mergeDays(stored: StoredDay[], incoming: DeviceDay[], type: SampleType, areWhole = false): MergedDays {
  const storedByKey = new Map(stored.map((day) => [keyOf(day), day]))
  const result: MergedDays = { counts: { inserted: 0, updated: 0, unchanged: 0 }, changed: [], changes: [] }
  const { counts } = result
  for (const deviceDay of incoming) {
    const before = storedByKey.get(keyOf(deviceDay))
    const known = before?.samples ?? emptyDay()
    const kept = areWhole ? keepSame(known, deviceDay.samples) : known
    const removed = known.starts.length - kept.starts.length
    const { merged, inserted, updated, unchanged } = mergeDay(kept, deviceDay.samples)
    counts.inserted += inserted
    counts.updated += updated + removed
    counts.unchanged += unchanged
    const most = type.maxPerDay ?? MAX_DAY_SAMPLES
    if (merged.starts.length > most) {
      throw new AppError('too_many_samples', `A device has at most ${most} samples of ${type.name} on a day.`)
    }
    if (inserted + updated + removed === 0) continue
    const { day, deviceId } = deviceDay
    result.changed.push({ day, deviceId, revision: before?.revision ?? 0, samples: merged })
    result.changes.push(changeOf(deviceDay))
    if (removed > 0) result.changes.push(changeOf({ day, samples: known }))
  }
  return result
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

const keyOf = ({ day, deviceId }: DayKey) => `${deviceId} ${day}`
