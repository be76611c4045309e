import { v7 as uuidv7 } from 'uuid'
import type { UserGrant } from '../accounts/schemas.ts'
import type { Context } from '../context.ts'
import { gather } from '../database/gather.ts'
import type { Transaction } from '../database/pool.ts'
import { isRepeatable, withTransaction } from '../database/transaction.ts'
import { announceLater } from './announce-later.ts'
import type { StoredSample } from './batch-schemas.ts'
import {
  type DeviceDay,
  type DeviceFacts,
  ensureDevices,
  lockDays,
  readDays,
  requireFewDevices,
  saysNothingNew,
} from './day-store.ts'
import { DAY_MS, epochDayOf } from './days.ts'
import { mergeDays, type MergedDays } from './merge-days.ts'
import { emptyDay, type MergeCounts } from './merge-day.ts'
import { type MergeQuery, type MergeState, readForMerge } from './merge-state.ts'
import type { Batch } from './read-batch.ts'
import type { IngestResult } from './schemas.ts'
import { sampleTypeOf } from './types/sample-types.ts'
import { type DaysToWrite, type NewDevice, writeDays } from './write-days.ts'

type Owner = Pick<UserGrant, 'userId' | 'provider'>

/**
 * Stores a batch for the user that `grant` speaks for: committed to Postgres when it returns, or not at all.
 * Storing the same batch again changes nothing, and writes nothing.
 */
export async function ingestSamples(
  context: Context,
  grant: UserGrant,
  batch: Batch,
  days: SharedDays,
): Promise<IngestResult> {
  const { rejected } = batch
  if (batch.samples.length === 0) return { inserted: 0, updated: 0, unchanged: 0, rejected }
  const counts =
    (await storeAtOnce(days, grant, batch)) ??
    (await withTransaction(context.pool, (tx) => mergeBatch(tx, grant, batch, context.now())))
  noteStored(context, grant.userId, batch.dataType, counts)
  return { ...counts, rejected }
}

/** Batches that may share a query: what they hold together must not take long. */
const MOST_TOGETHER = 16

/** Reading and writing of days for batches that are stored at the same time, in as few queries as they allow. */
export type SharedDays = {
  read: (wanted: MergeQuery) => Promise<MergeState | undefined>
  write: (days: DaysToWrite) => Promise<void>
}

export const shareDays = ({ pool, hotPool, now }: Pick<Context, 'pool' | 'hotPool' | 'now'>): SharedDays => ({
  read: gather((queries: MergeQuery[]) => readForMerge(hotPool, queries), MOST_TOGETHER),
  write: gather(async (writes: DaysToWrite[]) => {
    await writeDays(pool, writes, now())
    return writes.map(() => undefined)
  }, MOST_TOGETHER),
})

/** To be called after the commit: webhooks will tell of it. */
export function noteStored(context: Context, userId: string, dataType: string, counts: MergeCounts): void {
  if (counts.inserted + counts.updated > 0) announceLater(context, userId)
  for (const outcome of ['inserted', 'updated', 'unchanged'] as const) {
    context.metrics.samples.inc({ data_type: dataType, outcome }, counts[outcome])
  }
}

/**
 * In two queries that it may share with others, without a transaction around them: reads, merges, and writes if nobody
 * else wrote meanwhile. Undefined when somebody did, or when there is more to it: news of a device that is known, a user
 * who is gone.
 */
async function storeAtOnce(shared: SharedDays, owner: Owner, batch: Batch): Promise<MergeCounts | undefined> {
  const facts = factsOf(batch.samples)
  const days = groupByDay(batch.samples)
  const { userId, provider } = owner
  const { dataType } = batch
  const wanted = { names: [...facts.keys()], days: [...new Set(days.map(({ day }) => day))] }
  const state = await shared.read({ userId, provider, dataType, ...wanted })
  if (state === undefined) return undefined
  const newDevices = newDevicesOf(facts, provider, state)
  if (newDevices === undefined) return undefined
  const idOf = (name: string) => (state.devices.get(name) ?? newDevices.find((device) => device.name === name))!.id
  const incoming = days.map((day) => ({ ...day, deviceId: idOf(day.deviceName) }))
  const type = sampleTypeOf(dataType)
  const { counts, changed, changes } = mergeDays(state.days, incoming, type)
  if (changed.length === 0) return counts
  try {
    await shared.write({ userId, type, zone: state.zone, days: changed, changes, newDevices })
    return counts
  } catch (error) {
    if (isRepeatable(error)) return undefined
    throw error
  }
}

/** Undefined where a batch says something new of a device that is known. Throws `too_many_devices`. */
function newDevicesOf(facts: Map<string, DeviceFacts>, provider: string, state: MergeState): NewDevice[] | undefined {
  const devices: NewDevice[] = []
  for (const [name, fact] of facts) {
    const known = state.devices.get(name)
    if (known === undefined) devices.push({ id: uuidv7(), provider, name, ...fact })
    else if (!saysNothingNew(fact, known)) return undefined
  }
  if (devices.length > 0) requireFewDevices(state.deviceCount + devices.length)
  return devices
}

/**
 * Stores samples of one type within `tx`, and marks the days that they changed. Batches that come here for the same user
 * and type follow one another. `isWhole` when it has all there is of each of its devices' days, see `mergeDays`.
 */
export async function mergeBatch(
  tx: Transaction,
  { userId, provider }: Owner,
  batch: Pick<Batch, 'dataType' | 'samples'> & { isWhole?: boolean },
  now: Date,
): Promise<MergeCounts> {
  const type = sampleTypeOf(batch.dataType)
  const zone = await lockDays(tx, userId, batch.dataType)
  const deviceIds = await ensureDevices(tx, userId, provider, factsOf(batch.samples))
  const incoming = groupByDay(batch.samples).map((day) => ({ ...day, deviceId: deviceIds.get(day.deviceName)! }))
  const stored = await readDays(tx, userId, batch.dataType, incoming)
  const { counts, changed, changes }: MergedDays = mergeDays(stored, incoming, type, batch.isWhole)
  if (changed.length > 0) await writeDays(tx, [{ userId, type, zone, days: changed, changes }], now)
  return counts
}

function factsOf(samples: StoredSample[]): Map<string, DeviceFacts> {
  const facts = new Map<string, DeviceFacts>()
  for (const { deviceName, deviceVersion, deviceKind } of samples) {
    const known = facts.get(deviceName)
    // Most samples of a batch say the same of the same device.
    if (known !== undefined && known.version === deviceVersion && known.kind === deviceKind) continue
    facts.set(deviceName, { version: deviceVersion ?? known?.version, kind: deviceKind ?? known?.kind })
  }
  return facts
}

type NamedDay = Omit<DeviceDay, 'deviceId'> & { deviceName: string }

/** Each device's samples by the UTC day they start on, in the order they were sent. */
function groupByDay(samples: StoredSample[]): NamedDay[] {
  const days = new Map<string, NamedDay>()
  let last: NamedDay | undefined
  for (const { deviceName, start, durationMs, value } of samples) {
    const day = epochDayOf(start)
    // Most samples are of the same device and day as the one before.
    if (last?.day !== day || last.deviceName !== deviceName) {
      const key = `${day} ${deviceName}`
      last = days.get(key) ?? { day, deviceName, samples: emptyDay() }
      days.set(key, last)
    }
    last.samples.starts.push(start - day * DAY_MS)
    last.samples.durations.push(durationMs)
    last.samples.values.push(value)
  }
  return [...days.values()]
}
