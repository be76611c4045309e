import type { Logger } from 'pino'
import { ProviderError } from '../providers/provider-error.ts'
import type { ProviderBatch, ProviderSample } from '../providers/provider.ts'
import { faultsOfTimes, MAX_SAMPLES, type StoredSample } from '../samples/batch-schemas.ts'
import { readBatch } from '../samples/read-batch.ts'
import { dailyNameOf } from '../samples/device-kinds.ts'
import { type DataType, sampleTypeOf } from '../samples/types/sample-types.ts'

/** More than twice one a second; a provider whose pages do not end must not fill the memory. */
const MOST_SAMPLES = 400_000
/** A total of a day may be more than one sample of a device can be. */
const TOTAL_FACTOR = 100

export type DaySamples = Map<DataType, StoredSample[]>

/**
 * A provider's day, judged by the rules of POST /api/v2/samples: what breaks one is left out, and counted in the log
 * without its values. Throws ProviderError `undocumented` when there is no end to it.
 */
export async function readSamplesOfDay(
  batches: AsyncIterable<ProviderBatch> | Iterable<ProviderBatch>,
  provider: string,
  log: Logger,
): Promise<DaySamples> {
  const read: DaySamples = new Map()
  let count = 0
  for await (const batch of batches) {
    count += batch.samples.length
    if (count > MOST_SAMPLES)
      throw new ProviderError('undocumented', `${provider} has more samples of a day than can be`)
    const { samples, refused } = judge(batch)
    const known = read.get(batch.dataType) ?? []
    read.set(batch.dataType, known)
    for (const sample of samples) known.push(sample)
    if (refused === undefined) continue
    log.warn({ provider, type: batch.dataType, ...refused }, 'samples of a provider were left out')
  }
  return read
}

type Refusal = { field: string; reason: string }
type Judged = { samples: StoredSample[]; refused?: Refusal & { count: number } }

function judge({ dataType, samples, totals }: ProviderBatch): Judged {
  if (totals === 'daily') return judgeTotals(dataType, samples)
  const stored: StoredSample[] = []
  const refused: Refusal[] = []
  for (let from = 0; from < samples.length; from += MAX_SAMPLES) {
    const json = { data_type: dataType, data: samples.slice(from, from + MAX_SAMPLES) }
    const batch = readBatch({ json }, true, 'v2')
    for (const sample of batch.samples) stored.push(sample)
    refused.push(...batch.rejected.map(({ field, reason }) => ({ field, reason })))
  }
  return withRefusals(stored, refused)
}

/** Apart from what the device of that name counted, and never added to it. */
function judgeTotals(dataType: DataType, samples: ProviderSample[]): Judged {
  const type = sampleTypeOf(dataType)
  const read = samples.map((sample): StoredSample | Refusal => {
    const unit = 'unit' in sample ? type.units[sample.unit] : undefined
    if (unit === undefined || !('value' in sample)) return { field: 'unit', reason: 'is not one of the type' }
    const most = unit.max * (type.kind === 'cumulative' ? TOTAL_FACTOR : 1)
    const isTaken = sample.value > 0 && sample.value >= (unit.min ?? 0) && sample.value <= most
    if (!isTaken) return { field: 'value', reason: `must be above ${unit.min ?? 0} and at most ${most}` }
    const start = Date.parse(sample.start_date)
    const [fault] = faultsOfTimes(start, 0)
    if (fault !== undefined) return fault
    const deviceName = dailyNameOf(sample.device_name)
    const value = sample.value * unit.factor + (unit.offset ?? 0)
    return { deviceName, deviceVersion: undefined, deviceKind: 'merged_daily', start, durationMs: 0, value }
  })
  return withRefusals(
    read.flatMap((each) => ('reason' in each ? [] : [each])),
    read.flatMap((each) => ('reason' in each ? [each] : [])),
  )
}

function withRefusals(samples: StoredSample[], refusals: Refusal[]): Judged {
  const [first] = refusals
  return first === undefined ? { samples } : { samples, refused: { ...first, count: refusals.length } }
}
