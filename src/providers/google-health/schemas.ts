import { z } from 'zod'

/*
 * What is read of the Google Health API's answers: the schemas of its discovery document
 * (https://health.googleapis.com/$discovery/rest?version=v4, revision 20260527), lenient to fields that are not read.
 */

/**
 * A number, or an int64, which travels as a string. Protobuf's JSON may leave a 0 out
 * (https://protobuf.dev/programming-guides/json/), so an absent one is 0.
 */
export const Quantity = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^-?\d+$/)
      .transform(Number),
  ])
  .default(0)

/** RFC 3339 with up to nine digits of a second; ISO 8601 with three afterwards. */
export const Timestamp = z.iso.datetime({ offset: true }).transform((time) => new Date(time).toISOString())

/** `ObservationTimeInterval` and `SessionTimeInterval`; `physical` ends, civil ones are derived from them. */
export const Interval = z.looseObject({ startTime: Timestamp, endTime: Timestamp })

/** `ObservationSampleTime`. */
export const SampleTime = z.looseObject({ physicalTime: Timestamp })

/** `Date` as `YYYY-MM-DD`; partial ones, which have a 0, are refused. */
export const CivilDate = z
  .looseObject({
    year: z.int().min(1).max(9999),
    month: z.int().min(1).max(12),
    day: z.int().min(1).max(31),
  })
  .transform(({ year, month, day }) => `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`)
  .pipe(z.iso.date())

const pad = (value: number, length: number) => String(value).padStart(length, '0')

/** `DataSource`. Enumerations grow: a value that is new here is none that means anything here. */
export const DataSource = z.looseObject({
  platform: z.string().optional(),
  device: z
    .looseObject({
      displayName: z.string().optional(),
      manufacturer: z.string().optional(),
      formFactor: z.string().optional(),
    })
    .optional(),
  application: z.looseObject({ packageName: z.string().optional() }).optional(),
})
export type DataSource = z.infer<typeof DataSource>

/** `ListDataPointsResponse` and `ReconcileDataPointsResponse`: an empty page may come with a token too. */
export const Page = z.looseObject({
  dataPoints: z.array(z.unknown()).default([]),
  nextPageToken: z.string().optional(),
})

/** The largest page, and the default, of exercises and sleeps; of other types a page may have 10,000 points. */
export const SESSION_PAGE_SIZE = 25

/** `Identity`. */
export const Identity = z.looseObject({ healthUserId: z.string().regex(/^[a-zA-Z0-9-]{1,63}$/) })
