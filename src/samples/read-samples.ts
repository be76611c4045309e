import { NIL } from 'uuid'
import { z } from 'zod'
import type { Tenant } from '../accounts/schemas.ts'
import type { Pool } from '../database/pool.ts'
import { query } from '../database/query.ts'
import { AppError } from '../errors.ts'
import { userNotFound } from '../users/users.ts'
import * as sql from './read-samples.sql.ts'
import type { SamplePage, SamplesQuery } from './schemas.ts'
import { DAY_MS } from './days.ts'
import { type PackedRow, unpackRow } from './pack-day.ts'
import type { SampleType } from './types/sample-type.ts'
import { sampleTypeOf } from './types/sample-types.ts'

const END_OF_TIME = Date.parse('2100-01-01T00:00:00Z')

/** Where a page ended: a place in time order, which no sample that arrives later can move. */
const Position = z.tuple([z.number().int().min(0).max(END_OF_TIME), z.int32().min(0), z.uuid()])
type Position = z.infer<typeof Position>

type Found = { start: number; durationMs: number; deviceId: string; deviceName: string; value: number }

/** The raw samples that start in `[start, end)`, in time order. Throws `user_not_found`. */
export async function readSamples(pool: Pool, tenant: Tenant, wanted: SamplesQuery): Promise<SamplePage> {
  const [user] = await query(pool, sql.selectUserOfTenant, [wanted.userId, tenant.id])
  if (user === undefined) throw userNotFound()
  const start = Math.max(0, wanted.start?.getTime() ?? 0)
  const end = Math.min(END_OF_TIME, wanted.end?.getTime() ?? END_OF_TIME)
  const after: Position = wanted.cursor === undefined ? [-1, 0, NIL] : readCursor(wanted.cursor)
  // One more than asked for tells whether there is a next page.
  const values = [wanted.userId, wanted.data_type, start, end, wanted.limit + 1, after[0]]
  const days = await query<DayRow>(pool, sql.selectDaysOfPage, values)
  const found = days
    .flatMap((day) => samplesOf(day, { start, end, after }))
    .toSorted((a, b) => a.start - b.start || a.durationMs - b.durationMs || compare(a.deviceId, b.deviceId))
  const page = found.slice(0, wanted.limit)
  const last = page.at(-1)
  const type = sampleTypeOf(wanted.data_type)
  return {
    data: page.map((row) => ({
      data_type: type.name,
      device_name: row.deviceName,
      start_date: new Date(row.start).toISOString(),
      end_date: new Date(row.start + row.durationMs).toISOString(),
      ...describeValue(type, row.value),
    })),
    next_cursor: found.length > page.length && last !== undefined ? writeCursor(last) : null,
  }
}

const describeValue = ({ kinds = {}, unit }: SampleType, value: number) =>
  unit === null ? { kind: Object.keys(kinds).find((kind) => kinds[kind] === value) } : { value, unit }

type DayRow = { day: number; deviceId: string; deviceName: string } & PackedRow
type Wanted = { start: number; end: number; after: Position }

/** The samples of a day that start in `[start, end)`, and come after where the page before ended. */
function samplesOf({ day, deviceId, deviceName, ...packed }: DayRow, { start: from, end, after }: Wanted): Found[] {
  const [lastStart, lastDuration, lastDevice] = after
  const { starts, durations, values } = unpackRow(packed)
  const found: Found[] = []
  for (const [index, offset] of starts.entries()) {
    const [start, durationMs] = [day * DAY_MS + offset, durations[index]!]
    if (start < from || start >= end || start < lastStart) continue
    const isAfter = start - lastStart || durationMs - lastDuration || compare(deviceId, lastDevice)
    if (isAfter > 0) found.push({ start, durationMs, deviceId, deviceName, value: values[index]! })
  }
  return found
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

const writeCursor = ({ start, durationMs, deviceId }: Found): string =>
  Buffer.from(JSON.stringify([start, durationMs, deviceId] satisfies Position)).toString('base64url')

function readCursor(cursor: string): Position {
  try {
    return Position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
  } catch (cause) {
    const details = [{ field: 'cursor', reason: 'is not a cursor that this endpoint gave' }]
    throw new AppError('validation_error', 'Invalid input: cursor', { details, cause })
  }
}
