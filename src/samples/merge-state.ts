import type { Queryable } from '../database/pool.ts'
import { query } from '../database/query.ts'
import { UTC } from '../zones.ts'
import { type DayRow, type Device, type StoredDay, toStoredDay } from './day-store.ts'
import type { EpochDay } from './days.ts'
import * as sql from './merge-state.sql.ts'

/** The devices of one provider, by their names, and the days of one type that a batch is of. */
export type MergeQuery = {
  userId: string
  provider: string
  dataType: string
  names: string[]
  days: EpochDay[]
}

/**
 * What a batch needs to know before it can be merged. `devices` are those of the batch that are known already,
 * `deviceCount` is of all that the user has of the provider: told where one of the batch's is new.
 */
export type MergeState = { zone: string; devices: Map<string, Device>; deviceCount: number; days: StoredDay[] }

type Row = { request: number; timezone: string | null; name: string | null; deviceCount: number | null } & Omit<
  Device,
  'id'
> &
  (DayRow | { [Column in keyof DayRow]: null })

/** What several batches need to know, in one query and locking nothing. Undefined where the user was deleted. */
export async function readForMerge(db: Queryable, queries: MergeQuery[]): Promise<(MergeState | undefined)[]> {
  const requestsOf = (list: (one: MergeQuery) => unknown[]) => queries.flatMap((one, at) => list(one).map(() => at + 1))
  const rows = await query<Row>(db, sql.selectForMerge, [
    queries.map(({ userId }) => userId),
    queries.map(({ provider }) => provider),
    queries.map(({ dataType }) => dataType),
    requestsOf(({ names }) => names),
    queries.flatMap(({ names }) => names),
    requestsOf(({ days }) => days),
    queries.flatMap(({ days }) => days),
  ])
  const states: (MergeState | undefined)[] = queries.map(() => undefined)
  for (const { request, timezone, name, version, kind, deviceCount, ...row } of rows) {
    const state: MergeState = states[request - 1] ?? {
      zone: timezone ?? UTC,
      devices: new Map(),
      deviceCount: 0,
      days: [],
    }
    states[request - 1] = state
    if (deviceCount !== null) state.deviceCount = deviceCount
    if (name === null) continue
    state.devices.set(name, { id: row.deviceId!, version, kind })
    if (row.day !== null) state.days.push(toStoredDay(row))
  }
  return states
}
