import { z } from 'zod'
import { AppError, type FieldError } from '../errors.ts'
import { batchEnvelopeOf, type BatchVersion, batchVersions, sampleReaders, type StoredSample } from './batch-schemas.ts'
import { readColumns } from './read-columns.ts'
import { readQuickly } from './read-quickly.ts'
import type { DataType } from './types/sample-types.ts'

const MAX_DETAILS = 100

export type Batch = {
  dataType: DataType
  /** In the order they were sent. */
  samples: StoredSample[]
  /** What `lenient` left out: the first broken rule of each bad sample. */
  rejected: Fault[]
}

const envelopes = { 'v1.1': batchEnvelopeOf(batchVersions['v1.1']), v2: batchEnvelopeOf(batchVersions.v2) }

/** The body of an ingest request as it came: read already, or still to be judged. */
export type BatchBody = { read: Batch } | { json: unknown } | { columns: unknown }

/** What can be read quickly is; undefined for the rest. */
export function readGoodBatch(text: string, version: BatchVersion): BatchBody | undefined {
  const batch = readQuickly(text, version)
  return batch === undefined ? undefined : { read: { ...batch, rejected: [] } }
}

/**
 * The body of an ingest request → samples to store. Throws `malformed_body` where there is none, and `validation_error`, naming every bad sample (the first 100
 * broken rules), unless `lenient`: then bad samples are left out and listed. A bad batch is refused either way.
 */
export function readBatch(body: BatchBody | null | undefined, lenient: boolean, version: BatchVersion): Batch {
  // Without a body there is no type of content either, by which it would have been read.
  if (body == null) throw new AppError('malformed_body', 'The body is empty; JSON is expected.')
  if ('read' in body) return body.read
  const read = 'columns' in body ? readColumns(body.columns, version) : readSamplesOf(body.json, version)
  if (read instanceof z.ZodError) throw invalid(read.issues.flatMap(toFieldErrors))
  const { faults, ...batch } = read
  if (faults.length > 0 && !lenient) throw invalid(faults)
  // The first broken rule of each bad sample.
  const rejected = [...Map.groupBy(faults, ({ index }) => index).values()].map(([first]) => first!)
  return { ...batch, rejected }
}

/** One broken rule of a sample. */
export type Fault = { index: number; field: string; reason: string }

function readSamplesOf(body: unknown, version: BatchVersion): (Batch & { faults: Fault[] }) | z.ZodError {
  const envelope = envelopes[version].safeParse(body)
  if (!envelope.success) return envelope.error
  const { data } = envelope.data
  const dataType = envelope.data.data_type as DataType
  const schema = sampleReaders[version].get(dataType)?.schema
  if (schema === undefined) throw new Error(`no schema for ${dataType}`)
  const batch = { dataType, samples: [] as StoredSample[], rejected: [], faults: [] as Fault[] }
  for (const [index, item] of data.entries()) {
    const result = schema.safeParse(item)
    if (result.success) batch.samples.push(result.data)
    else batch.faults.push(...result.error.issues.flatMap(toFieldErrors).map((error) => ({ ...error, index })))
  }
  return batch
}

function toFieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ field: [...issue.path, key].join('.'), reason: 'is not known here' }))
  }
  return [{ field: issue.path.join('.') || 'data', reason: issue.message }]
}

function invalid(broken: FieldError[]): AppError {
  const indexes = new Set(broken.flatMap(({ index }) => (index === undefined ? [] : [index])))
  const message = indexes.size === 0 ? 'The batch is invalid.' : `${indexes.size} of the samples are invalid.`
  return new AppError('validation_error', `${message} Nothing was stored.`, { details: broken.slice(0, MAX_DETAILS) })
}
