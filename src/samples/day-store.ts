import { v7 as uuidv7 } from 'uuid'
import type { Transaction } from '../database/pool.ts'
import { formatArray, parseArray } from '../database/number-array.ts'
import { query } from '../database/query.ts'
import { AppError } from '../errors.ts'
import { datesBetween, UTC } from '../zones.ts'
import * as sql from './day-store.sql.ts'
import type { EpochDay } from './days.ts'
import { type DaySamples, totalDay } from './merge-day.ts'
import type { SampleType } from './types/sample-type.ts'

/** A phone has a handful; more is somebody sending a new name each time. */
const MAX_DEVICES = 100

export type DayKey = { day: EpochDay; deviceId: string }

/** What one device recorded on one day. */
export type DeviceDay = DayKey & { samples: DaySamples }

/** Instants in ms since 1970: what was added, changed or removed lies in `[from, to]`. */
export type Change = { from: number; to: number }

/**
 * Until `tx` ends, nobody else writes days of this user and type. Returns the zone whose days the user's changes are
 * told by. Throws `unauthorized` when the user was deleted.
 */
export async function lockDays(tx: Transaction, userId: string, dataType: string): Promise<string> {
  const [locked] = await query<{ timezone: string | null }>(tx, sql.lockDays, [userId, dataType])
  if (locked === undefined) throw new AppError('unauthorized', 'A valid user token is required.')
  return locked.timezone ?? UTC
}

/** What a batch says of a device; what it leaves out stays as it was. */
export type DeviceFacts = { version: string | undefined; kind: string | undefined }

/**
 * The ids of a provider's devices by name, made where they are new; `facts` has what each name came with.
 * Throws `too_many_devices`.
 */
export async function ensureDevices(
  tx: Transaction,
  userId: string,
  provider: string,
  facts: Map<string, DeviceFacts>,
): Promise<Map<string, string>> {
  type Device = { id: string; name: string; version: string | null; kind: string | null }
  const known = await query<Device>(tx, sql.selectDevices, [userId, provider])
  const byName = new Map(known.map((device) => [device.name, device]))
  const isKnown = (told: string | undefined, stored: string | null) => told === undefined || told === stored
  const missing = [...facts].filter(([name, { version, kind }]) => {
    const device = byName.get(name)
    return device === undefined || !isKnown(version, device.version) || !isKnown(kind, device.kind)
  })
  if (missing.length > 0) {
    const added = missing.filter(([name]) => !byName.has(name)).length
    if (added > 0 && known.length + added > MAX_DEVICES) {
      throw new AppError('too_many_devices', `A user has at most ${MAX_DEVICES} devices of a provider.`)
    }
    const sorted = missing.toSorted(([a], [b]) => (a < b ? -1 : 1))
    const names = sorted.map(([name]) => name)
    const versions = sorted.map(([, { version }]) => version ?? null)
    const kinds = sorted.map(([, { kind }]) => kind ?? null)
    const values = [userId, provider, names.map(() => uuidv7()), names, versions, kinds]
    for (const device of await query<Device>(tx, sql.upsertDevices, values)) byName.set(device.name, device)
  }
  return new Map([...byName.values()].map((device) => [device.name, device.id]))
}

type DayRow = DayKey & { starts: string; durations: string; values: string }

/** What is stored of these days; none for a day that has no row. */
export async function readDays(
  tx: Transaction,
  userId: string,
  dataType: string,
  keys: DayKey[],
): Promise<DeviceDay[]> {
  const days = keys.map((key) => key.day)
  const devices = keys.map((key) => key.deviceId)
  return toDeviceDays(await query<DayRow>(tx, sql.selectDays, [userId, dataType, days, devices]))
}

/** Up to `limit` days of a provider's devices that have samples, after `after` and to `last`, in order. */
export async function readDaysAfter(
  tx: Transaction,
  owner: { userId: string; provider: string },
  wanted: { dataType: string; deviceName: string | undefined; after: DayKey; last: EpochDay },
  limit: number,
): Promise<DeviceDay[]> {
  const { dataType, deviceName, after, last } = wanted
  const values = [owner.userId, dataType, owner.provider, deviceName ?? null, after.day, after.deviceId, last, limit]
  return toDeviceDays(await query<DayRow>(tx, sql.selectDaysInRange, values))
}

function toDeviceDays(rows: DayRow[]): DeviceDay[] {
  return rows.map(({ day, deviceId, starts, durations, values }) => ({
    day,
    deviceId,
    samples: { starts: parseArray(starts), durations: parseArray(durations), values: parseArray(values) },
  }))
}

/** Writes whole days, and marks the dates of `zone` that the changes lie in as changed. */
export async function writeDays(
  tx: Transaction,
  userId: string,
  type: SampleType,
  days: DeviceDay[],
  { changes, zone, now }: { changes: Change[]; zone: string; now: Date },
): Promise<void> {
  const totals = days.map(({ samples }) => totalDay(samples, type))
  await query(tx, sql.upsertDays, [
    userId,
    type.name,
    days.map(({ day }) => day),
    days.map(({ deviceId }) => deviceId),
    totals.map(({ count }) => count),
    totals.map(({ sum }) => sum),
    totals.map(({ min }) => min),
    totals.map(({ max }) => max),
    totals.map(({ spill }) => (spill === null ? null : formatArray(spill))),
    days.map(({ samples }) => formatArray(samples.starts)),
    days.map(({ samples }) => formatArray(samples.durations)),
    days.map(({ samples }) => formatArray(samples.values)),
  ])
  const dates = new Set(changes.flatMap(({ from, to }) => datesBetween(from, to, zone)))
  await query(tx, sql.markChangedDays, [userId, type.name, [...dates], now])
}
