import { z } from 'zod'
import type { sleep as sleepType } from '../../samples/types/sleep.ts'
import { dateAfter } from '../../zones.ts'
import { type DataTypeRow, filterBetween, payloadOf, type Reading, startOf } from './record-types.ts'
import { Interval, SESSION_PAGE_SIZE, Timestamp } from './schemas.ts'

/**
 * `SleepStage.type`. RESTLESS, of sleeps without stages, counts neither as asleep nor as awake in Google's own summary: it
 * is time in bed, which the session covers already.
 */
const kindOfStage: Record<string, keyof typeof sleepType.kinds> = {
  AWAKE: 'awake',
  LIGHT: 'light',
  DEEP: 'deep',
  REM: 'rem',
  ASLEEP: 'asleep',
}

const Sleep = z.looseObject({
  interval: Interval,
  stages: z.array(z.looseObject({ startTime: Timestamp, endTime: Timestamp, type: z.string() })).default([]),
})

/**
 * Sleeps can be selected by their end alone. One that ends on the next day may have begun on this one; none is taken to
 * last for longer than a day.
 */
export const sleep: DataTypeRow = {
  id: 'sleep',
  scope: 'sleep',
  dataTypes: ['sleep'],
  operation: 'list',
  pageSize: SESSION_PAGE_SIZE,
  filterOf: (day) => filterBetween('sleep.interval.end_time', startOf(day), startOf(dateAfter(day, 2))),
  read: (point) => {
    const { interval, stages } = Sleep.parse(payloadOf('sleep', point))
    const session = { dataType: 'sleep', start: interval.startTime, end: interval.endTime } as const
    // Without stages it is not known how long it took to fall asleep: with a time in bed too, it would be none.
    if (stages.length === 0) return [{ ...session, kind: 'asleep' }].filter(lasts)
    return [{ ...session, kind: 'in_bed' }, ...stages.flatMap(readStage)].filter(lasts)
  },
}

function readStage({ type, startTime: start, endTime: end }: z.output<typeof Sleep>['stages'][number]): Reading[] {
  const kind = kindOfStage[type]
  return kind === undefined ? [] : [{ dataType: 'sleep', start, end, kind }]
}

/** Intervals without length are no samples. */
const lasts = ({ start, end }: Reading) => end !== undefined && end > start
