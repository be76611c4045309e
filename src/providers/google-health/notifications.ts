import { z } from 'zod'
import { dateAfter, dateOf, UTC } from '../../zones.ts'
import type { PushResult } from '../provider.ts'
import { CivilDate, Timestamp } from './schemas.ts'

/** Local times by a clock ahead of UTC by up to 14 hours, or behind by up to 12. */
const HOUR_MS = 3_600_000
const MOST_AHEAD_MS = 14 * HOUR_MS
const MOST_BEHIND_MS = 12 * HOUR_MS
/** Farther back than anybody reads days; an interval without bounds must not make work without bounds. */
const MAX_AGE_DAYS = 366

type Days = { from: string; to: string }

/** Instants: the UTC days of both ends. */
const Physical = z
  .looseObject({ startTime: Timestamp, endTime: Timestamp.optional() })
  .transform(({ startTime, endTime }): Days => daysBetween(Date.parse(startTime), Date.parse(endTime ?? startTime)))

/** Local times of no zone: every UTC day that they may be on. */
const LocalTime = z.iso.datetime({ local: true }).transform((time) => (time.endsWith('Z') ? time : `${time}Z`))
const CivilIso = z
  .looseObject({ startTime: LocalTime, endTime: LocalTime.optional() })
  .transform(({ startTime, endTime }) => anywhere(startTime, endTime ?? startTime))

const CivilDateTime = z.looseObject({ date: CivilDate })
const Civil = z
  .looseObject({ startDateTime: CivilDateTime, endDateTime: CivilDateTime.optional() })
  .transform(({ startDateTime: { date }, endDateTime }) =>
    anywhere(`${date}T00:00:00Z`, `${endDateTime?.date ?? date}T23:59:59Z`),
  )

/** The same stretch of time, told in up to three ways: the most exact that is there, whatever the others look like. */
const ChangedInterval = z.union([
  z.looseObject({ physicalTimeInterval: Physical }).transform((told) => told.physicalTimeInterval),
  z.looseObject({ civilIso8601TimeInterval: CivilIso }).transform((told) => told.civilIso8601TimeInterval),
  z.looseObject({ civilDateTimeInterval: Civil }).transform((told) => told.civilDateTimeInterval),
])

const Notification = z.looseObject({
  data: z.looseObject({
    healthUserId: z.string().min(1).max(63),
    operation: z.string(),
    dataType: z.string(),
    intervals: z.array(ChangedInterval).min(1).max(1000),
  }),
})
type Notification = z.output<typeof Notification>

/** One notification, or as many as a request brings: Google puts up to 99 together. */
export const Notifications = z
  .union([z.array(Notification).max(1000), Notification])
  .transform((read) => (Array.isArray(read) ? read : [read]))

/** The days that a notification is about, without those that nobody reads. */
export function daysOf({ data }: Notification, now: Date): PushResult['changed'] {
  const today = dateOf(now.getTime(), UTC)
  const [first, last] = [dateAfter(today, -MAX_AGE_DAYS), dateAfter(today)]
  return data.intervals
    .map(({ from, to }) => ({ from: from < first ? first : from, to: to > last ? last : to }))
    .filter(({ from, to }) => from <= to)
    .map((days) => ({ externalUserId: data.healthUserId, ...days, deleted: data.operation === 'DELETE' }))
}

const anywhere = (start: string, end: string): Days =>
  daysBetween(Date.parse(start) - MOST_AHEAD_MS, Date.parse(end) + MOST_BEHIND_MS)

const daysBetween = (start: number, end: number): Days => ({ from: dateOf(start, UTC), to: dateOf(end, UTC) })
