import type { Queryable } from '../database/pool.ts'
import { type DataType, sampleTypeOf, sampleTypes } from '../samples/types/sample-types.ts'
import { windowOf } from '../zones.ts'
import { answersOf, typesOf } from './answers.ts'
import { type MergedTotal, mergeSeries, round } from './figures.ts'
import { isMerged, kindOf, rankDevices } from './rank-devices.ts'
import { type DayOwner, readSeries, type Series } from './recordings.ts'
import type { ActivitySources } from './schemas.ts'

const shown = typesOf(answersOf('activity'))
const counted = sampleTypes
  .filter((type) => type.kind === 'cumulative' && shown.includes(type.name))
  .map(({ name }) => name)

/** Per connected provider, how the totals of a day's activity came about: what each device counted, and what was used. */
export async function readActivitySources(
  db: Queryable,
  owner: DayOwner,
  { date, zone }: { date: string; zone: string },
): Promise<ActivitySources[]> {
  const window = windowOf(date, zone)
  const [found] = await readSeries(db, [{ owner, ranges: [{ types: counted, window }] }])
  const { series, priority } = found!
  return [...Map.groupBy(series, ({ provider }) => provider)].flatMap(([source, all]) => {
    const types = [...Map.groupBy(all, ({ dataType }) => dataType)].flatMap(([type, devices]) => {
      const merged = mergeSeries(devices, window, priority)
      return merged.count === 0 ? [] : [explain(type, devices, merged, priority)]
    })
    return types.length === 0 ? [] : [{ metadata: { date, source }, types }]
  })
}

function explain(type: DataType, devices: Series[], merged: MergedTotal, priority: readonly string[]) {
  const nameOf = new Map(devices.map(({ deviceId, deviceName }) => [deviceId, deviceName]))
  const shares = new Map(merged.shares.map((share) => [share.deviceId, share]))
  const apart = new Map(merged.apart.map((each) => [each.deviceId, each.counted]))
  const total = round(merged.total)
  const measured = rankDevices(
    devices.filter((device) => !isMerged(device)),
    priority,
  ).map((device) => {
    const { counted: own = 0, used = 0, lost = [] } = shares.get(device.deviceId) ?? {}
    return {
      device_name: device.deviceName,
      kind: kindOf(device),
      counted: round(own),
      used: round(used),
      lost: lost.map(({ deviceId, value }) => ({ device_name: nameOf.get(deviceId) ?? '', value: round(value) })),
    }
  })
  const isFromDevices = merged.shares.reduce((sum, { used }) => sum + used, 0) >= merged.total
  const kept = rankDevices(devices.filter(isMerged), []).map((device) => {
    const own = round(apart.get(device.deviceId) ?? 0)
    return { device_name: device.deviceName, kind: 'merged' as const, counted: own, used: 0, lost: [] }
  })
  // The total is either the devices' or one that the platform merged: never a sum of the two.
  const answered = isFromDevices ? undefined : kept.find((each) => each.counted === total)
  return {
    data_type: type,
    unit: sampleTypeOf(type).unit ?? '',
    total,
    devices: [
      ...(answered === undefined ? measured : measured.map((device) => ({ ...device, used: 0 }))),
      ...kept.map((device) => (device === answered ? { ...device, used: total } : device)),
    ],
  }
}
