import { NIL } from 'uuid'
import type { Transaction } from '../database/pool.ts'
import { lockDays, readDaysAfter } from './day-store.ts'
import { epochDayOf } from './days.ts'
import { emptyDay, type MergeCounts } from './merge-day.ts'
import { changeOf } from './merge-days.ts'
import { type DataType, sampleTypeOf } from './types/sample-types.ts'
import { writeDays } from './write-days.ts'

/**
 * Removes all that these devices of a provider have of a type on a UTC day (`YYYY-MM-DD`), within `tx`, and marks the day
 * as changed. What is removed counts as updated.
 */
export async function emptyDayOf(
  tx: Transaction,
  { userId, provider }: { userId: string; provider: string },
  { dataType, devices, day }: { dataType: DataType; devices: Iterable<string>; day: string },
  now: Date,
): Promise<MergeCounts> {
  const zone = await lockDays(tx, userId, dataType)
  const epochDay = epochDayOf(Date.parse(day))
  const counts: MergeCounts = { inserted: 0, updated: 0, unchanged: 0 }
  for (const deviceName of devices) {
    const wanted = { dataType, deviceName, after: { day: epochDay, deviceId: NIL }, last: epochDay }
    const [found] = await readDaysAfter(tx, { userId, provider }, wanted, 1)
    if (found === undefined) continue
    const days = [{ ...found, samples: emptyDay() }]
    const changes = [changeOf({ day: found.day, samples: found.samples })]
    await writeDays(tx, [{ userId, type: sampleTypeOf(dataType), zone, days, changes, hasRemoved: true }], now)
    counts.updated += found.samples.starts.length
  }
  return counts
}
