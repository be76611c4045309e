import { z } from 'zod'
import type { DataType } from '../../samples/types/sample-types.ts'
import { dateAfter } from '../../zones.ts'
import { CivilDate, Interval, SampleTime } from './schemas.ts'

/** The scopes that are asked for; https://developers.google.com/health/scopes. */
export const scopes = {
  activity: 'https://www.googleapis.com/auth/googlehealth.activity_and_fitness.readonly',
  metrics: 'https://www.googleapis.com/auth/googlehealth.health_metrics_and_measurements.readonly',
  sleep: 'https://www.googleapis.com/auth/googlehealth.sleep.readonly',
} as const
export type ScopeName = keyof typeof scopes

/** What a point says, in our words: a sample without its device. Instants are ISO 8601 in UTC, with milliseconds. */
export type Reading = { dataType: DataType; start: string; end?: string } & (
  { value: number; unit: string } | { kind: string }
)
type Measure = { dataType: DataType; value: number; unit: string }

/** A data type of the Google Health API, and how its points are read. */
export type DataTypeRow = {
  /** As in paths, in kebab-case; filters write it in snake_case, points in camelCase. */
  id: string
  scope: ScopeName
  /** Ours, that it is read as. */
  dataTypes: DataType[]
  /** `list` gives every source's points, each with its data source; `reconcile` one stream, with none. */
  operation: 'list' | 'reconcile'
  pageSize: number
  /** Selects at least the points of a UTC day, by https://developers.google.com/health/filters. */
  filterOf: (day: string) => string
  /** Throws a ZodError when the point is not as documented. */
  read: (point: unknown) => Reading[]
}

/** Half of the most that may be asked for: 5000 points are about 2 MB. */
const PAGE_SIZE = 5000

/** How the points of a record type carry their time, and are selected by it. */
type RecordType = {
  times: z.ZodType<{ start: string; end?: string }>
  filterOf: (field: string, day: string) => string
}

const intervals: RecordType = {
  times: z
    .looseObject({ interval: Interval })
    .transform(({ interval }) => ({ start: interval.startTime, end: interval.endTime })),
  filterOf: (field, day) => filterBetween(`${field}.interval.start_time`, startOf(day), startOf(dateAfter(day))),
}

const instants: RecordType = {
  times: z.looseObject({ sampleTime: SampleTime }).transform(({ sampleTime }) => ({ start: sampleTime.physicalTime })),
  filterOf: (field, day) => filterBetween(`${field}.sample_time.physical_time`, startOf(day), startOf(dateAfter(day))),
}

/**
 * Of a date in the person's own zone, which the point does not name. It is put at noon UTC, which is on that date from
 * UTC-12 to UTC+11.
 */
const dates: RecordType = {
  times: z.looseObject({ date: CivilDate }).transform(({ date }) => ({ start: `${date}T12:00:00.000Z` })),
  filterOf: (field, day) => filterBetween(`${field}.date`, day, dateAfter(day)),
}

const rowOf =
  (record: RecordType) =>
  /** `measure` gets the fields that `shape` reads; what comes to 0 was not measured, or is nothing to add. */
  <Shape extends z.ZodRawShape>(
    id: string,
    scope: ScopeName,
    types: DataType[],
    shape: Shape,
    measure: (values: z.output<z.ZodObject<Shape>>) => Measure[],
  ): DataTypeRow => {
    const values = z.object(shape)
    return {
      id,
      scope,
      dataTypes: types,
      operation: 'list',
      pageSize: PAGE_SIZE,
      filterOf: (day) => record.filterOf(id.replaceAll('-', '_'), day),
      read: (point) => {
        const payload = payloadOf(id, point)
        const times = record.times.parse(payload)
        return measure(values.parse(payload))
          .filter(({ value }) => value > 0)
          .map((each) => ({ ...each, ...times }))
      },
    }
  }

export const interval = rowOf(intervals)
export const sample = rowOf(instants)
export const daily = rowOf(dates)

/** Only `>=`, `<` and AND may be used, with double quotes around the literals. */
export const filterBetween = (field: string, from: string, to: string): string =>
  `${field} >= "${from}" AND ${field} < "${to}"`

export const startOf = (day: string): string => `${day}T00:00:00Z`

/** A point's own data: the member that is named like its type. */
export function payloadOf(id: string, point: unknown): unknown {
  const name = id.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
  return z.looseObject({ [name]: z.looseObject({}) }).parse(point)[name]
}
