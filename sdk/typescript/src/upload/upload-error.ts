import { isRecord, PulsewellError } from '../errors.ts'
import type { Batch } from './split-batches.ts'
import type { RejectedSample, UploadResult } from './types.ts'

/** An upload that did not come to its end. `cause` is why; what `result` tells of is stored, and stays. */
export class UploadError extends PulsewellError {
  override readonly name = 'UploadError'
  /** What was done until then. */
  readonly result: UploadResult
  /** The samples that the server refused with the batch that failed (its first 100 reasons), by their place in the input. */
  readonly refused: RejectedSample[]

  constructor(cause: unknown, result: UploadResult) {
    const refused = cause instanceof RefusedBatch ? cause.refused : []
    const error = cause instanceof RefusedBatch ? cause.error : cause
    const reason = error instanceof Error ? error.message : String(error)
    const first =
      refused[0] === undefined ? '' : ` Sample ${refused[0].index}: ${refused[0].field} ${refused[0].reason}.`
    super(`The upload stopped after ${result.batches} batches (${result.samples} samples): ${reason}${first}`, {
      ...(error instanceof PulsewellError ? fieldsOf(error) : { code: 'UPLOAD_STOPPED' }),
      ...(refused.length === 0 ? {} : { details: refused }),
      cause: error,
    })
    this.result = result
    this.refused = refused
  }
}

const fieldsOf = ({ status, code, details, requestId }: PulsewellError) => ({ status, code, details, requestId })

/** A refusal of a batch that names samples, by their places in the input. */
export class RefusedBatch extends Error {
  readonly error: PulsewellError
  readonly refused: RejectedSample[]

  constructor(error: PulsewellError, refused: RejectedSample[]) {
    super(error.message)
    this.error = error
    this.refused = refused
  }
}

/** What went wrong with a batch, with samples named by their places in the input where the server names any. */
export function locateRefusal(error: unknown, batch: Batch): unknown {
  if (!(error instanceof PulsewellError) || !Array.isArray(error.details)) return error
  const refused = error.details.filter(isRejected).map((sample) => toInputIndex(sample, batch))
  return refused.length === 0 ? error : new RefusedBatch(error, refused)
}

/** `index` of the batch → that of the input. */
export const toInputIndex = ({ index, field, reason }: RejectedSample, { indexes }: Batch): RejectedSample => ({
  index: indexes[index] ?? index,
  field,
  reason,
})

const isRejected = (detail: unknown): detail is RejectedSample =>
  isRecord(detail) && typeof detail['index'] === 'number' && typeof detail['field'] === 'string'
