import type { Tenant } from '../accounts/schemas.ts'
import type { Context } from '../context.ts'
import type { Queryable, Transaction } from '../database/pool.ts'
import { query, type Statement } from '../database/query.ts'
import { raw, sql as sqlOf } from '../database/sql.ts'
import { type Unit, withTransaction } from '../database/transaction.ts'
import { inOrder } from '../http/list-query.ts'
import type { Page } from '../http/paging.ts'
import { takeNumber } from './ids.ts'
import { equals, readPage, type RowOf, type Source, toItem } from './read-page.ts'
import type { NewStudy, StudiesQuery, Study, StudyChange } from './schemas.ts'
import { refuse, requireStep, studyOrder } from './status-orders.ts'
import * as sql from './studies.sql.ts'

const source: Source = {
  columns: raw(sql.studyColumns),
  from: raw('study'),
  key: raw('id'),
  sorts: {
    id: raw('id'),
    name: raw('name'),
    status: raw('status'),
    // As in the columns' order; their texts would be sorted without the index.
    start_date: raw('study.start_date'),
    end_date: raw('study.end_date'),
    created_at: raw('created_at'),
  },
}

export async function listStudies(db: Queryable, tenant: Tenant, wanted: StudiesQuery): Promise<Page<Study>> {
  const { status, start_date, end_date } = wanted
  const conditions = [
    sqlOf`tenant_id = ${tenant.id}::uuid`,
    ...equals(raw('status'), status),
    // A window that is open on a side has every day there.
    ...(end_date === undefined ? [] : [sqlOf`(start_date is null or start_date <= ${end_date}::date)`]),
    ...(start_date === undefined ? [] : [sqlOf`(end_date is null or end_date >= ${start_date}::date)`]),
  ]
  return readPage(db, source, conditions, wanted)
}

/** Throws `not_found`. */
export const readStudy = (db: Queryable, tenant: Tenant, id: number): Promise<Study> =>
  findStudy(db, sql.selectStudy, tenant, id, 'id')

/** The study, which stays as it is until the transaction ends. Throws `not_found`, naming `study_id`. */
export const keepStudy = (tx: Transaction, tenant: Tenant, id: number): Promise<Study> =>
  findStudy(tx, sql.keepStudy, tenant, id, 'study_id')

async function findStudy(db: Queryable, statement: Statement, tenant: Tenant, id: number, field: string) {
  const [row] = await query<RowOf<Study>>(db, statement, [tenant.id, id])
  if (row === undefined) throw refuse('not_found', field, 'There is no such study.')
  return toItem<Study>(row)
}

export async function createStudy({ now }: Context, { tx }: Unit, tenant: Tenant, wanted: NewStudy): Promise<Study> {
  const id = await takeNumber(tx, tenant.id, 'study')
  const { name, status, start_date, end_date } = wanted
  const [row] = await query<RowOf<Study>>(tx, sql.insertStudy, [
    tenant.id,
    id,
    name,
    status,
    start_date,
    end_date,
    now(),
  ])
  return toItem<Study>(row!)
}

/** Throws `not_found`, `conflict` for a status out of its order, `validation_error` for days out of theirs. */
export async function changeStudy(
  { pool, now }: Context,
  tenant: Tenant,
  id: number,
  change: StudyChange,
): Promise<Study> {
  return withTransaction(pool, async (tx) => {
    const before = await findStudy(tx, sql.lockStudy, tenant, id, 'id')
    if (change.status !== undefined) requireStep(studyOrder, before.status, change.status)
    const after = { ...before, ...change }
    if (!inOrder(after)) throw refuse('validation_error', 'end_date', 'is before start_date')
    const { name, status, start_date, end_date } = after
    const [row] = await query<RowOf<Study>>(tx, sql.updateStudy, [
      tenant.id,
      id,
      name,
      status,
      start_date,
      end_date,
      now(),
    ])
    return toItem<Study>(row!)
  })
}

/** Throws `not_found`, and `conflict` while somebody is in it. */
export async function deleteStudy({ pool }: Context, tenant: Tenant, id: number): Promise<void> {
  await withTransaction(pool, async (tx) => {
    await findStudy(tx, sql.lockStudy, tenant, id, 'id')
    const [participant] = await query(tx, sql.selectAnyParticipant, [tenant.id, id])
    if (participant !== undefined) throw refuse('conflict', 'id', 'The study has participants: delete them first.')
    await query(tx, sql.deleteStudy, [tenant.id, id])
  })
}
