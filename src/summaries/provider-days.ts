import { parseArray } from '../database/number-array.ts'
import type { Queryable } from '../database/pool.ts'
import { query } from '../database/query.ts'
import * as sql from './provider-days.sql.ts'
import type { HeartRate, TimedSample } from './schemas.ts'

/**
 * What one provider recorded for a user on one day. A part is undefined when the provider has no row of that type,
 * and empty (0 steps, no heart rate) when all that it had was deleted.
 */
export type ProviderDay = {
  provider: string
  /** Raw samples behind the heart rate. */
  sampleCount: number
  steps?: number
  heartRate?: HeartRate | undefined
}

export type DayOwner = { tenantId: string; userId: string }

type DeviceTotal = {
  provider: string
  dataType: string
  total: number | null
  count: number
  sum: number | null
  min: number | null
  max: number | null
}

/**
 * Per connected provider, what it recorded on `date` (a UTC day, `YYYY-MM-DD`). `with: 'totals'` leaves the raw samples
 * out, and reads none.
 */
export async function readProviderDays(
  db: Queryable,
  owner: DayOwner,
  date: string,
  { with: wanted }: { with: 'samples' | 'totals' },
): Promise<ProviderDay[]> {
  const values = [owner.userId, owner.tenantId, date, ['steps', 'bpm']]
  const totals = await query<DeviceTotal>(db, sql.selectDeviceTotals, values)
  const hasHeartRate = totals.some(({ dataType, count }) => dataType === 'bpm' && count > 0)
  const samples = hasHeartRate && wanted === 'samples' ? await readHeartRateSamples(db, owner, date) : undefined
  return [...Map.groupBy(totals, ({ provider }) => provider)].map(([provider, devices]) => {
    const heartRates = devices.filter(({ dataType }) => dataType === 'bpm')
    return {
      provider,
      sampleCount: heartRates.reduce((count, device) => count + device.count, 0),
      ...stepsOf(devices.filter(({ dataType }) => dataType === 'steps')),
      ...heartRateOf(heartRates, samples?.get(provider)),
    }
  })
}

/** Devices may have counted the same steps: until they are merged, the one that counted most speaks for all. */
function stepsOf(devices: DeviceTotal[]): { steps?: number } {
  return devices.length === 0 ? {} : { steps: Math.max(...devices.map(({ total }) => total ?? 0)) }
}

function heartRateOf(
  devices: DeviceTotal[],
  samples: TimedSample[] | undefined,
): { heartRate?: HeartRate | undefined } {
  if (devices.length === 0) return {}
  const used = devices.filter(({ count }) => count > 0)
  if (used.length === 0) return { heartRate: undefined }
  const count = used.reduce((total, device) => total + device.count, 0)
  const sum = used.reduce((total, device) => total + (device.sum ?? 0), 0)
  return {
    heartRate: {
      min_bpm: Math.min(...used.map(({ min }) => min ?? Infinity)),
      max_bpm: Math.max(...used.map(({ max }) => max ?? -Infinity)),
      // What summing adds beyond a millionth is noise.
      avg_bpm: Math.round((sum / count) * 1e6) / 1e6,
      ...(samples === undefined ? {} : { samples_bpm: samples }),
    },
  }
}

type SampleRow = { provider: string; deviceName: string; starts: string; values: string }

async function readHeartRateSamples(
  db: Queryable,
  { userId, tenantId }: DayOwner,
  date: string,
): Promise<Map<string, TimedSample[]>> {
  const rows = await query<SampleRow>(db, sql.selectDeviceSamples, [userId, tenantId, date, 'bpm'])
  const midnight = Date.parse(date)
  const byProvider = new Map<string, TimedSample[]>()
  for (const { provider, deviceName, starts, values } of rows) {
    const data_source = { source_type: 'DEVICE' as const, name: deviceName }
    const bpms = parseArray(values)
    const samples = parseArray(starts).map((offset, index) => ({
      time: new Date(midnight + offset).toISOString(),
      value: bpms[index]!,
      data_source,
    }))
    byProvider.set(provider, (byProvider.get(provider) ?? []).concat(samples))
  }
  for (const samples of byProvider.values()) samples.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
  return byProvider
}
