import type { Context } from '../context.ts'
import type { Transaction } from '../database/pool.ts'
import { AppError } from '../errors.ts'
import { emptyDayOf } from '../samples/empty-day.ts'
import { mergeBatch } from '../samples/ingest-samples.ts'
import type { MergeCounts } from '../samples/merge-day.ts'
import type { DataType } from '../samples/types/sample-types.ts'
import type { DaySamples } from './read-samples-of-day.ts'

type Merged = [DataType, MergeCounts][]

/**
 * Of a provider's day, all there is of each device: what was taken back or scored anew does not stay beside the new. Of a
 * type that the provider says there is nothing of on `day`, nothing stays of the devices that the rest of the day names.
 */
export async function mergeAll(
  context: Context,
  tx: Transaction,
  owner: { userId: string; provider: string; day?: string },
  samples: DaySamples,
): Promise<Merged> {
  const merged: Merged = []
  const devices = new Set([...samples.values()].flatMap((each) => each.map(({ deviceName }) => deviceName)))
  // In one order, so that two of them do not wait for each other's types.
  for (const [dataType, batch] of [...samples].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (batch.length === 0) {
      const { day } = owner
      if (day !== undefined)
        merged.push([dataType, await emptyDayOf(tx, owner, { dataType, devices, day }, context.now())])
      continue
    }
    await tx.query('savepoint type')
    try {
      merged.push([dataType, await mergeBatch(tx, owner, { dataType, samples: batch, isWhole: true }, context.now())])
      await tx.query('release savepoint type')
    } catch (err) {
      if (!(err instanceof AppError) || !['too_many_samples', 'too_many_devices'].includes(err.code)) throw err
      // The next time there would be too many again.
      await tx.query('rollback to savepoint type')
      context.log.warn({ err, provider: owner.provider, type: dataType }, 'samples of a provider were left out')
    }
  }
  return merged
}
