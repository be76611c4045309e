import type { PulsewellClient, UploadOptions, UploadResult } from '@pulsewell/sdk'
import { UploadError } from '@pulsewell/sdk'
import type { UserSamples } from '../fitbit/read-csv.ts'
import type { Sample } from '../sample.ts'

type Provider = NonNullable<UploadOptions['provider']>

/** What of an upload may be known in the end: of batches that were sent before, only how many they are. */
export type Uploaded = Omit<UploadResult, 'rejected'> & {
  /** How often the server refused a sample, by the reason; of the first thousand of each upload. */
  refusals: Map<string, number>
}

export const newUploaded = (): Uploaded => ({
  samples: 0,
  batches: 0,
  skipped: 0,
  inserted: 0,
  updated: 0,
  unchanged: 0,
  rejectedCount: 0,
  refusals: new Map(),
})

export type UploadPlan = {
  client: PulsewellClient
  provider: Provider
  concurrency: number
  record: NonNullable<UploadOptions['record']>
  signal: AbortSignal
  /** The server's id of whom the file calls `user`. */
  userIdOf: (user: string | undefined) => Promise<string>
  /** So many samples are done, over all users. */
  onSamples: (samples: number) => void
}

/**
 * Sends lists of samples, each of one person; lists of the same person that follow each other are one upload. What is
 * done is added to `done`, also when it throws: an `UploadError`, or what the input threw.
 */
export async function uploadUsers(lists: AsyncIterable<UserSamples>, plan: UploadPlan, done: Uploaded): Promise<void> {
  const iterator = lists[Symbol.asyncIterator]()
  let next = await iterator.next()
  async function* samplesOf(user: string | undefined): AsyncGenerator<Sample> {
    while (next.done !== true && next.value.user === user) {
      yield* next.value.samples
      next = await iterator.next()
    }
  }
  try {
    while (next.done !== true) {
      const { user } = next.value
      await uploadOne(samplesOf(user), await plan.userIdOf(user), plan, done)
    }
  } finally {
    await iterator.return?.()
  }
}

async function uploadOne(
  samples: AsyncIterable<Sample>,
  userId: string,
  { client, provider, concurrency, record, signal, onSamples }: UploadPlan,
  done: Uploaded,
): Promise<void> {
  const before = done.samples
  const onProgress = (progress: { samples: number }) => onSamples(before + progress.samples)
  const options = { userId, provider, concurrency, record, signal, onProgress, lenient: true }
  try {
    add(done, await client.samples.upload(samples, options))
  } catch (error) {
    if (error instanceof UploadError) add(done, error.result)
    throw error
  }
}

function add(done: Uploaded, result: UploadResult): void {
  done.samples += result.samples
  done.batches += result.batches
  done.skipped += result.skipped
  done.inserted += result.inserted
  done.updated += result.updated
  done.unchanged += result.unchanged
  done.rejectedCount += result.rejectedCount
  for (const { field, reason } of result.rejected) {
    const why = `${field} ${reason}`
    done.refusals.set(why, (done.refusals.get(why) ?? 0) + 1)
  }
}
