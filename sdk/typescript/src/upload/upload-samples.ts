import type { IngestResult } from '../generated/schemas.ts'
import type { Transport } from '../http/transport.ts'
import { encodeBatch } from './encode-batch.ts'
import { readUploadOptions, type UploadPlan } from './read-options.ts'
import { sendBatch } from './send-batch.ts'
import { type Batch, splitBatches } from './split-batches.ts'
import type { SampleInput, UploadOptions, UploadResult } from './types.ts'
import { locateRefusal, toInputIndex, UploadError } from './upload-error.ts'

/** Bad samples that a result lists; a file of nothing else must not fill the memory. */
const MAX_REJECTED = 1000

/**
 * Sends samples of any types, in any order and number: taken as requests get through, so that what is held does not grow
 * with the input. Throws `UploadError` when a batch, the input or `record` fails, or the signal aborts: nothing more is
 * taken then, and what is under way is waited for.
 */
export async function uploadSamples(
  transport: Transport,
  samples: Iterable<SampleInput> | AsyncIterable<SampleInput>,
  options: UploadOptions,
): Promise<UploadResult> {
  const plan = readUploadOptions(transport, options)
  const result = {
    samples: 0,
    batches: 0,
    skipped: 0,
    inserted: 0,
    updated: 0,
    unchanged: 0,
    rejected: [],
    rejectedCount: 0,
  }
  const failures: unknown[] = []
  const stopped = new AbortController()
  const fail = (error: unknown) => {
    failures.push(error)
    stopped.abort()
  }
  const stop = () => fail(plan.signal?.reason)
  if (plan.signal?.aborted === true) stop()
  plan.signal?.addEventListener('abort', stop, { once: true })
  const underWay = new Set<Promise<void>>()
  try {
    for await (const batch of untilAborted(splitBatches(samples, plan.batchSize), stopped.signal)) {
      const done = uploadBatch(transport, plan, batch, result)
        .catch(fail)
        .finally(() => underWay.delete(done))
      underWay.add(done)
      if (underWay.size >= plan.concurrency) await Promise.race(underWay)
    }
  } catch (error) {
    fail(error)
  }
  await Promise.all(underWay)
  plan.signal?.removeEventListener('abort', stop)
  if (failures.length > 0) throw new UploadError(failures[0], result)
  return result
}

async function uploadBatch(transport: Transport, plan: UploadPlan, batch: Batch, result: UploadResult): Promise<void> {
  const { record, lenient, signal } = plan
  const body = encodeBatch(batch)
  const id = record === undefined ? undefined : await plan.identify(body)
  if (id !== undefined && record?.has(id) === true) {
    result.skipped++
  } else {
    const sent = sendBatch(transport, plan.tokens, body, { lenient, signal })
    const answer = await sent.catch((error: unknown) => Promise.reject(locateRefusal(error, batch)))
    if (id !== undefined) await record?.add(id)
    addAnswer(result, answer, batch)
  }
  result.samples += batch.samples.length
  result.batches++
  plan.onProgress?.({ samples: result.samples, batches: result.batches, skipped: result.skipped })
}

function addAnswer(result: UploadResult, answer: IngestResult, batch: Batch): void {
  result.inserted += answer.inserted
  result.updated += answer.updated
  result.unchanged += answer.unchanged
  result.rejectedCount += answer.rejected.length
  const room = MAX_REJECTED - result.rejected.length
  result.rejected.push(...answer.rejected.slice(0, room).map((sample) => toInputIndex(sample, batch)))
}

/** What an iterator gives until the signal aborts: also while it makes its consumer wait. */
async function* untilAborted<Item>(iterator: AsyncGenerator<Item>, signal: AbortSignal): AsyncGenerator<Item> {
  try {
    while (!signal.aborted) {
      const next = await nextUnlessAborted(iterator, signal)
      if (next.done === true || signal.aborted) return
      yield next.value
    }
  } finally {
    // Not waited for: an input that hangs would hang the upload. What it throws on the way out is of no interest.
    iterator.return(undefined).catch(() => undefined)
  }
}

/** Not a race with one promise of the abortion: that would hold on to every item that ever won. */
function nextUnlessAborted<Item>(iterator: AsyncGenerator<Item>, signal: AbortSignal) {
  return new Promise<IteratorResult<Item, unknown>>((resolve, reject) => {
    const stop = () => resolve({ done: true, value: undefined })
    signal.addEventListener('abort', stop, { once: true })
    iterator
      .next()
      .finally(() => signal.removeEventListener('abort', stop))
      .then(resolve, reject)
  })
}
