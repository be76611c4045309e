import pg from 'pg'
import { formatArray } from '../database/number-array.ts'
import type { Queryable } from '../database/pool.ts'
import { query } from '../database/query.ts'
import { Conflict } from '../database/transaction.ts'
import { datesBetween, UTC } from '../zones.ts'
import type { Change, DeviceFacts, StoredDay } from './day-store.ts'
import { totalDay } from './merge-day.ts'
import { packDay } from './pack-day.ts'
import type { SampleType } from './types/sample-type.ts'
import * as sql from './write-days.sql.ts'

/** Whole days of one user and type, and what of them is news. `zone` is the user's, as it was read. */
export type DaysToWrite = {
  userId: string
  type: SampleType
  zone: string
  days: StoredDay[]
  changes: Change[]
  hasRemoved?: boolean
  newDevices?: NewDevice[]
}

export type NewDevice = { id: string; provider: string; name: string } & DeviceFacts

/**
 * Writes days that are still at their revisions, and marks the dates that the changes lie in: all of it or, with a
 * `Conflict`, nothing. Outside of a transaction it is committed when it returns.
 */
export async function writeDays(db: Queryable, writes: DaysToWrite[], now: Date): Promise<void> {
  const rows = writes.flatMap(({ userId, type, days }) =>
    days.map(({ samples, ...day }) => ({
      userId,
      type: type.name,
      ...day,
      ...totalDay(samples, type),
      ...packDay(samples),
    })),
  )
  const marks = writes.flatMap(({ userId, type, zone, changes, hasRemoved = false }) =>
    [...datesOf(changes, zone)].map(([date, change]) => ({ userId, type: type.name, date, ...change, hasRemoved })),
  )
  const devices = writes.flatMap(({ userId, newDevices = [] }) => newDevices.map((device) => ({ userId, ...device })))
  const values = [
    now,
    writes.map(({ userId }) => userId),
    writes.map(({ zone }) => (zone === UTC ? null : zone)),
    rows.map(({ userId }) => userId),
    rows.map(({ type }) => type),
    rows.map(({ day }) => day),
    rows.map(({ deviceId }) => deviceId),
    rows.map(({ revision }) => revision),
    rows.map(({ count }) => count),
    rows.map(({ sum }) => sum),
    rows.map(({ min }) => min),
    rows.map(({ max }) => max),
    rows.map(({ spill }) => (spill === null ? null : formatArray(spill))),
    rows.map(({ packed }) => packed),
    rows.map((row) => (row.values === null ? null : formatArray(row.values))),
    marks.map(({ userId }) => userId),
    marks.map(({ type }) => type),
    marks.map(({ date }) => date),
    marks.map(({ from }) => new Date(from)),
    marks.map(({ to }) => new Date(to)),
    marks.map(({ hasRemoved }) => hasRemoved),
    devices.map(({ id }) => id),
    devices.map(({ userId }) => userId),
    devices.map(({ provider }) => provider),
    devices.map(({ name }) => name),
    devices.map(({ version }) => version ?? null),
    devices.map(({ kind }) => kind ?? null),
  ]
  try {
    await query(db, sql.writeDays, values)
  } catch (error) {
    if (error instanceof pg.DatabaseError && LOST_RACES.includes(error.code ?? '')) throw new Conflict(error)
    throw error
  }
}

/**
 * A row was no longer at its revision (said by a division), the user was deleted meanwhile, or two of what is written
 * together are of the same row.
 */
const LOST_RACES = ['22012', '23503', '21000']

/** The dates that changes lie in, each with the stretch of the changes that touch it. */
function datesOf(changes: Change[], zone: string): Map<string, Change> {
  const dates = new Map<string, Change>()
  for (const { from, to } of changes) {
    for (const date of datesBetween(from, to, zone)) {
      const known = dates.get(date) ?? { from, to }
      dates.set(date, { from: Math.min(known.from, from), to: Math.max(known.to, to) })
    }
  }
  return dates
}
