import { v7 as uuidv7 } from 'uuid'
import type { Transaction } from '../database/pool.ts'
import { query } from '../database/query.ts'
import { AppError } from '../errors.ts'
import { UTC } from '../zones.ts'
import * as sql from './day-store.sql.ts'
import type { EpochDay } from './days.ts'
import type { DaySamples } from './merge-day.ts'
import { type PackedRow, unpackRow } from './pack-day.ts'

/** A phone has a handful; more is somebody sending a new name each time. */
const MAX_DEVICES = 100

export type DayKey = { day: EpochDay; deviceId: string }

/** What one device recorded on one day. */
export type DeviceDay = DayKey & { samples: DaySamples }

/** With the revision of its row; 0 when there is none yet. */
export type StoredDay = DeviceDay & { revision: number }

export type Device = { id: string; version: string | null; kind: string | null }

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

/** Throws `too_many_devices`. */
export function requireFewDevices(count: number): void {
  if (count <= MAX_DEVICES) return
  throw new AppError('too_many_devices', `A user has at most ${MAX_DEVICES} devices of a provider.`)
}

export function saysNothingNew({ version, kind }: DeviceFacts, device: Device | undefined): boolean {
  const isKnown = (told: string | undefined, stored: string | null) => told === undefined || told === stored
  return device !== undefined && isKnown(version, device.version) && isKnown(kind, device.kind)
}

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
  type NamedDevice = Device & { name: string }
  const known = await query<NamedDevice>(tx, sql.selectDevices, [userId, provider])
  const byName = new Map(known.map((device) => [device.name, device]))
  const missing = [...facts].filter(([name, fact]) => !saysNothingNew(fact, byName.get(name)))
  if (missing.length > 0) {
    const added = missing.filter(([name]) => !byName.has(name)).length
    if (added > 0) requireFewDevices(known.length + added)
    const sorted = missing.toSorted(([a], [b]) => (a < b ? -1 : 1))
    const names = sorted.map(([name]) => name)
    const versions = sorted.map(([, { version }]) => version ?? null)
    const kinds = sorted.map(([, { kind }]) => kind ?? null)
    const values = [userId, provider, names.map(() => uuidv7()), names, versions, kinds]
    for (const device of await query<NamedDevice>(tx, sql.upsertDevices, values)) byName.set(device.name, device)
  }
  return new Map([...byName.values()].map((device) => [device.name, device.id]))
}

export type DayRow = DayKey & { revision: number } & PackedRow

/** What is stored of these days, kept from changing until `tx` ends; none for a day that has no row. */
export async function readDays(
  tx: Transaction,
  userId: string,
  dataType: string,
  keys: DayKey[],
): Promise<StoredDay[]> {
  const days = keys.map((key) => key.day)
  const devices = keys.map((key) => key.deviceId)
  return (await query<DayRow>(tx, sql.selectDays, [userId, dataType, days, devices])).map(toStoredDay)
}

/** Up to `limit` days of a provider's devices that have samples, after `after` and to `last`, in order. */
export async function readDaysAfter(
  tx: Transaction,
  owner: { userId: string; provider: string },
  wanted: { dataType: string; deviceName: string | undefined; after: DayKey; last: EpochDay },
  limit: number,
): Promise<StoredDay[]> {
  const { dataType, deviceName, after, last } = wanted
  const values = [owner.userId, dataType, owner.provider, deviceName ?? null, after.day, after.deviceId, last, limit]
  return (await query<DayRow>(tx, sql.selectDaysInRange, values)).map(toStoredDay)
}

export const toStoredDay = ({ day, deviceId, revision, ...packed }: DayRow): StoredDay => ({
  day,
  deviceId,
  revision,
  samples: unpackRow(packed),
})
