import type { z } from 'zod'
import { AppError, type FieldError } from '../errors.ts'
import {
  batchEnvelopeOf,
  type BatchVersion,
  batchVersions,
  sampleSchemaOf,
  type StoredSample,
} from './batch-schemas.ts'
import type { DataType } from './types/sample-types.ts'

const MAX_DETAILS = 100

export type Batch = {
  dataType: DataType
  /** In the order they were sent. */
  samples: StoredSample[]
  /** What `lenient` left out: the first broken rule of each bad sample. */
  rejected: { index: number; field: string; reason: string }[]
}

const readers = { 'v1.1': readerOf('v1.1'), v2: readerOf('v2') }

function readerOf(version: BatchVersion) {
  const rules = batchVersions[version]
  return {
    envelope: batchEnvelopeOf(rules),
    samples: new Map(rules.types.map((type) => [type.name, sampleSchemaOf(type, version)])),
  }
}

/**
 * The body of an ingest request → samples to store. Throws `validation_error`, naming every bad sample (the first 100
 * broken rules), unless `lenient`: then bad samples are left out and listed. A bad batch is refused either way.
 */
export function readBatch(body: unknown, lenient: boolean, version: BatchVersion): Batch {
  const reader = readers[version]
  const envelope = reader.envelope.safeParse(body)
  if (!envelope.success) throw invalid(envelope.error.issues.flatMap(toFieldErrors))
  const { data } = envelope.data
  const dataType = envelope.data.data_type as DataType
  const schema = reader.samples.get(dataType)
  if (schema === undefined) throw new Error(`no schema for ${dataType}`)
  const batch: Batch = { dataType, samples: [], rejected: [] }
  const broken: FieldError[] = []
  for (const [index, item] of data.entries()) {
    const result = schema.safeParse(item)
    if (result.success) {
      batch.samples.push(result.data)
      continue
    }
    const errors = result.error.issues.flatMap(toFieldErrors)
    broken.push(...errors.map((error) => ({ ...error, index })))
    const [first] = errors
    if (first !== undefined) batch.rejected.push({ index, field: first.field, reason: first.reason })
  }
  if (broken.length > 0 && !lenient) throw invalid(broken)
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
