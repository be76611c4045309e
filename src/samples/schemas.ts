import { z } from 'zod'
import { Instant, text, UserId } from '../http/schemas.ts'
import { DAY_MS } from './days.ts'
import type { SampleType } from './types/sample-type.ts'
import { type DataType, sampleTypes } from './types/sample-types.ts'

const MIN_SAMPLES = 3
const MAX_SAMPLES = 1000
const MAX_DURATION_DAYS = 7
/** Before the first, clocks were not set; Postgres and JavaScript agree on all between. */
const FIRST_INSTANT = Date.parse('1970-01-01T00:00:00Z')
const LAST_INSTANT = Date.parse('2100-01-01T00:00:00Z')

export const DataTypeName = z.enum(sampleTypes.map((type) => type.name)).meta({ id: 'DataType' })

const allUnits = [...new Set(sampleTypes.flatMap((type) => Object.keys(type.units)))]

/** One sample as apps send it. What the unit and the other fields must agree on is checked by its type's schema. */
export const Sample = z
  .strictObject({
    device_name: text(200).describe('A unique device name, such as iPhone or Apple Watch.'),
    device_version: text(100).optional(),
    start_date: z.iso.datetime({ offset: true }).describe('ISO 8601 with an offset or Z.'),
    end_date: z.iso
      .datetime({ offset: true })
      .optional()
      .describe(
        `Not earlier than start_date, and at most ${MAX_DURATION_DAYS} days after it; start_date where absent.`,
      ),
    value: z.number().positive(),
    unit: z.enum(allUnits as [string, ...string[]]),
  })
  .meta({ id: 'Sample' })

/** The body of POST /api/v1.1/samples. */
export const SampleBatch = z
  .strictObject({ data_type: DataTypeName, data: z.array(Sample).min(MIN_SAMPLES).max(MAX_SAMPLES) })
  .meta({ id: 'SampleBatch' })

/** The batch around its samples: these are judged one by one, for some may be bad and the others stored. */
export const BatchEnvelope = z.strictObject({
  data_type: DataTypeName,
  data: z.array(z.unknown()).min(MIN_SAMPLES).max(MAX_SAMPLES),
})

/** A sample as it is stored: instants in ms since 1970, value in the type's own unit. */
export type StoredSample = {
  deviceName: string
  deviceVersion: string | undefined
  start: number
  durationMs: number
  value: number
}

/** Reads samples of one type, by the rules that its declaration gives. */
export function sampleSchemaOf(type: SampleType) {
  return Sample.extend({ unit: z.enum(Object.keys(type.units), { error: unitRule(type) }) }).transform(
    (sample, context): StoredSample => {
      const start = Date.parse(sample.start_date)
      const end = sample.end_date ?? sample.start_date
      // Most heart rates end when they start: that needs no second parse.
      const durationMs = end === sample.start_date ? 0 : Date.parse(end) - start
      const unit = type.units[sample.unit]
      const broken = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message })
      if (unit !== undefined && sample.value > unit.max) broken('value', `must be at most ${unit.max} ${sample.unit}`)
      if (durationMs < 0) broken('end_date', 'must not be earlier than start_date')
      if (durationMs > MAX_DURATION_DAYS * DAY_MS) {
        broken('end_date', `must be at most ${MAX_DURATION_DAYS} days after start_date`)
      }
      if (start < FIRST_INSTANT || start >= LAST_INSTANT) broken('start_date', 'must be from 1970 to 2099')
      return {
        deviceName: sample.device_name,
        deviceVersion: sample.device_version,
        start,
        durationMs,
        value: convert(sample.value, unit?.factor ?? 1),
      }
    },
  )
}

/** 4.1 beats a second are 246 a minute, not 245.99999999999997: noise far below what any sensor tells is rounded off. */
const convert = (value: number, factor: number) => (factor === 1 ? value : Math.round(value * factor * 1e6) / 1e6)

const unitRule = (type: SampleType) => `must be ${Object.keys(type.units).join(' or ')} for ${type.name}`

export const RejectedSample = z.object({ index: z.number().int(), field: z.string(), reason: z.string() })

/** What became of each sample; the numbers and the length of `rejected` add up to the batch. */
export const IngestResult = z
  .object({
    inserted: z.number().int(),
    updated: z.number().int(),
    unchanged: z.number().int(),
    rejected: z.array(RejectedSample),
  })
  .meta({ id: 'IngestResult' })
export type IngestResult = z.infer<typeof IngestResult>

export const SamplesQuery = z.strictObject({
  userId: UserId,
  data_type: DataTypeName,
  start: Instant.optional(),
  end: Instant.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.string().max(200).optional(),
})
export type SamplesQuery = z.infer<typeof SamplesQuery>

export const ReadSample = z
  .object({
    data_type: z.string(),
    device_name: z.string(),
    start_date: z.string(),
    end_date: z.string(),
    value: z.number(),
    unit: z.string(),
  })
  .meta({ id: 'ReadSample' })

export const SamplePage = z
  .object({ data: z.array(ReadSample), next_cursor: z.string().nullable() })
  .meta({ id: 'SamplePage' })
export type SamplePage = z.infer<typeof SamplePage>

export const SampleRange = z
  .strictObject({ data_type: DataTypeName, device_name: text(200).optional(), start: Instant, end: Instant })
  .refine(({ start, end }) => start < end, { path: ['end'], message: 'must be later than start' })
  .meta({ id: 'SampleRange' })
export type SampleRange = { data_type: DataType; device_name?: string | undefined; start: Date; end: Date }

export const DeletedSamples = z.object({ deleted: z.number().int() }).meta({ id: 'DeletedSamples' })
