import type { Tenant } from '../accounts/schemas.ts'
import type { Context } from '../context.ts'
import type { Queryable, Transaction } from '../database/pool.ts'
import { query, type Statement } from '../database/query.ts'
import { raw, sql as sqlOf } from '../database/sql.ts'
import { type Unit, withTransaction } from '../database/transaction.ts'
import type { Page } from '../http/paging.ts'
import * as sql from './batteries.sql.ts'
import { batteryNumberOf, takeNumber } from './ids.ts'
import { readPage, type RowOf, type Source, toItem, within } from './read-page.ts'
import type { BatteriesQuery, Battery, BatteryChange, NewBattery } from './schemas.ts'
import { refuse } from './status-orders.ts'

const source: Source = {
  columns: raw(sql.batteryColumns),
  from: raw('study_battery'),
  key: raw('study_battery.id'),
  sorts: { id: raw('study_battery.id'), name: raw('name'), created_at: raw('created_at') },
}

export const listBatteries = (db: Queryable, tenant: Tenant, wanted: BatteriesQuery): Promise<Page<Battery>> =>
  readPage(db, source, [sqlOf`tenant_id = ${tenant.id}::uuid`, ...within(raw('created_at'), wanted)], wanted)

/** Throws `not_found`. */
export const readBattery = (db: Queryable, tenant: Tenant, id: string): Promise<Battery> =>
  findBattery(db, sql.selectBattery, tenant, id, 'id')

/** The battery, which stays there until the transaction ends. Throws `not_found`, naming `battery_id`. */
export const keepBattery = (tx: Transaction, tenant: Tenant, id: string): Promise<Battery> =>
  findBattery(tx, sql.keepBattery, tenant, id, 'battery_id')

async function findBattery(db: Queryable, statement: Statement, tenant: Tenant, id: string, field: string) {
  const [row] = await query<RowOf<Battery>>(db, statement, [tenant.id, batteryNumberOf(id)])
  if (row === undefined) throw refuse('not_found', field, 'There is no such battery.')
  return toItem<Battery>(row)
}

export async function createBattery(
  { now }: Context,
  { tx }: Unit,
  tenant: Tenant,
  { name, tasks }: NewBattery,
): Promise<Battery> {
  const number = await takeNumber(tx, tenant.id, 'battery')
  const [row] = await query<RowOf<Battery>>(tx, sql.insertBattery, [
    tenant.id,
    number,
    name,
    JSON.stringify(tasks),
    now(),
  ])
  return toItem<Battery>(row!)
}

/** Throws `not_found`. */
export async function changeBattery(
  { pool, now }: Context,
  tenant: Tenant,
  id: string,
  change: BatteryChange,
): Promise<Battery> {
  return withTransaction(pool, async (tx) => {
    const { name, tasks } = { ...(await findBattery(tx, sql.lockBattery, tenant, id, 'id')), ...change }
    const values = [tenant.id, batteryNumberOf(id), name, JSON.stringify(tasks), now()]
    const [row] = await query<RowOf<Battery>>(tx, sql.updateBattery, values)
    return toItem<Battery>(row!)
  })
}

/** Throws `not_found`, and `conflict` while there are sessions of it. */
export async function deleteBattery({ pool }: Context, tenant: Tenant, id: string): Promise<void> {
  await withTransaction(pool, async (tx) => {
    await findBattery(tx, sql.lockBattery, tenant, id, 'id')
    const values = [tenant.id, batteryNumberOf(id)]
    const [session] = await query(tx, sql.selectAnySession, values)
    if (session !== undefined) throw refuse('conflict', 'id', 'There are sessions of the battery: delete them first.')
    await query(tx, sql.deleteBattery, values)
  })
}
