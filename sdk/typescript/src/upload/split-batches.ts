import type { SampleInput, SampleType } from './types.ts'

/** Samples of one type, and the places that they had in the input. */
export type Batch = { dataType: SampleType; samples: SampleInput[]; indexes: number[] }

/** What the published API for apps asks of a batch. */
export const MIN_BATCH = 3
/** Ten times what the server knows: a bound on what is held where the input's types are nonsense. */
const MAX_TYPES = 1000

/**
 * Splits samples by type into batches, in the order in which they become full; what is left at the end comes last. The
 * same input gives the same batches. None has fewer than 3 samples unless there are fewer of its type; for that, at most
 * `batchSize` + 2 samples of each type are held, and with a `batchSize` of 3 or 4 the last batch may have 2 more.
 */
export async function* splitBatches(
  samples: Iterable<SampleInput> | AsyncIterable<SampleInput>,
  batchSize: number,
): AsyncGenerator<Batch> {
  const held = new Map<SampleType, Batch>()
  let index = 0
  for await (const sample of samples) {
    const batch = batchOf(held, sample, index)
    batch.samples.push(sample)
    batch.indexes.push(index++)
    if (batch.samples.length === batchSize + MIN_BATCH) yield takeFirst(batch, batchSize)
  }
  for (const batch of held.values()) {
    const { length } = batch.samples
    const isOne = length <= batchSize || length < 2 * MIN_BATCH
    if (!isOne) yield takeFirst(batch, Math.ceil(length / 2))
    yield batch
  }
}

function batchOf(held: Map<SampleType, Batch>, sample: SampleInput, index: number): Batch {
  const dataType = (sample as Partial<SampleInput> | null | undefined)?.data_type
  if (typeof dataType !== 'string') throw new TypeError(`sample ${index}: data_type must be a string`)
  const known = held.get(dataType)
  if (known !== undefined) return known
  if (held.size === MAX_TYPES) throw new TypeError(`sample ${index}: data_type is the ${MAX_TYPES + 1}st of the input`)
  const batch = { dataType, samples: [], indexes: [] }
  held.set(dataType, batch)
  return batch
}

const takeFirst = ({ dataType, samples, indexes }: Batch, count: number): Batch => ({
  dataType,
  samples: samples.splice(0, count),
  indexes: indexes.splice(0, count),
})
