import { z } from 'zod'
import { Instant, text, UserId, wholeNumber } from '../http/schemas.ts'
import { AnyDataTypeName, DataTypeName } from './batch-schemas.ts'
import type { DataType } from './types/sample-types.ts'

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

const samplesQueryOf = <Name extends DataType>(data_type: z.ZodType<Name>) =>
  z.strictObject({
    userId: UserId,
    data_type,
    start: Instant.optional(),
    end: Instant.optional(),
    limit: wholeNumber(1, 1000).prefault(100),
    cursor: z.string().max(200).optional(),
  })
export const SamplesQuery = samplesQueryOf(DataTypeName)
export const AnySamplesQuery = samplesQueryOf(AnyDataTypeName)
export type SamplesQuery = z.infer<typeof AnySamplesQuery>

export const ReadSample = z
  .object({
    data_type: z.string(),
    device_name: z.string(),
    start_date: z.string(),
    end_date: z.string(),
    value: z.number().optional(),
    unit: z.string().optional(),
    kind: z.string().optional().describe('Of intervals, in place of value and unit.'),
  })
  .meta({ id: 'ReadSample' })

export const SamplePage = z
  .object({ data: z.array(ReadSample), next_cursor: z.string().nullable() })
  .meta({ id: 'SamplePage' })
export type SamplePage = z.infer<typeof SamplePage>

const sampleRangeOf = <Name extends DataType>(data_type: z.ZodType<Name>) =>
  z
    .strictObject({ data_type, device_name: text(200).optional(), start: Instant, end: Instant })
    .refine(({ start, end }) => start < end, { path: ['end'], message: 'must be later than start' })
export const SampleRange = sampleRangeOf(DataTypeName).meta({ id: 'SampleRange' })
export const AnySampleRange = sampleRangeOf(AnyDataTypeName).meta({ id: 'AnySampleRange' })
export type SampleRange = { data_type: DataType; device_name?: string | undefined; start: Date; end: Date }

export const DeletedSamples = z.object({ deleted: z.number().int() }).meta({ id: 'DeletedSamples' })
