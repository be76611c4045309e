import type { Tenant } from '../accounts/schemas.ts'
import type { Context } from '../context.ts'
import type { Queryable } from '../database/pool.ts'
import { query } from '../database/query.ts'
import { raw, sql as sqlOf } from '../database/sql.ts'
import { type Unit, withUnit } from '../database/transaction.ts'
import type { Page } from '../http/paging.ts'
import { announce } from './announce.ts'
import { keepBattery } from './batteries.ts'
import { keepParticipant } from './find-participant.ts'
import { batteryNumberOf, sessionNumberOf, takeNumber } from './ids.ts'
import type { NewSession, Session, SessionChange, SessionsQuery } from './participant-schemas.ts'
import { equals, readPage, type RowOf, type Source, toItem, within } from './read-page.ts'
import * as sql from './sessions.sql.ts'
import { refuse, requireStep, sessionOrder } from './status-orders.ts'

const source: Source = {
  columns: raw(sql.sessionColumns),
  from: raw(sql.sessionSource),
  key: raw('s.id'),
  sorts: {
    session_id: raw('s.id'),
    status: raw('s.status'),
    scheduled_at: raw('s.scheduled_at'),
    started_at: raw('s.started_at'),
    completed_at: raw('s.completed_at'),
    created_at: raw('s.created_at'),
  },
}

export async function listSessions(db: Queryable, tenant: Tenant, wanted: SessionsQuery): Promise<Page<Session>> {
  const { study_id, participant_id, battery_id, status } = wanted
  const conditions = [
    sqlOf`s.tenant_id = ${tenant.id}::uuid`,
    ...equals(raw('p.study_id'), study_id),
    ...equals(raw('p.participant_id'), participant_id),
    ...equals(raw('s.battery_id'), battery_id === undefined ? undefined : batteryNumberOf(battery_id)),
    ...equals(raw('s.status'), status),
    ...within(raw('s.scheduled_at'), wanted),
  ]
  return readPage(db, source, conditions, wanted)
}

/** Throws `not_found`. */
export async function readSession(db: Queryable, tenant: Tenant, id: string): Promise<Session> {
  const [row] = await query<RowOf<Session>>(db, sql.selectSession, [tenant.id, sessionNumberOf(id)])
  if (row === undefined) throw sessionNotFound()
  return toItem<Session>(row)
}

/**
 * Throws `not_found` for the participant and the battery, and `conflict` where the participant has completed the study or
 * withdrawn from it, or is in several.
 */
export async function createSession(
  { now }: Context,
  { tx }: Unit,
  tenant: Tenant,
  wanted: NewSession,
): Promise<Session> {
  const { rowId, participant } = await keepParticipant(tx, tenant, wanted.participant_id, wanted.study_id)
  if (participant.status === 'completed' || participant.status === 'withdrawn') {
    throw refuse('conflict', 'participant_id', `The participant has ${participant.status}.`)
  }
  await keepBattery(tx, tenant, wanted.battery_id)
  const number = await takeNumber(tx, tenant.id, 'session')
  const { status, scheduled_at } = wanted
  const values = [tenant.id, number, rowId, batteryNumberOf(wanted.battery_id), status, scheduled_at, now()]
  await query(tx, sql.insertSession, values)
  return readSession(tx, tenant, `sess_${number}`)
}

type LockedSession = Session & { user_id: string }

/** Throws `not_found`, and `conflict` for a status out of its order and for what its status does not take. */
export async function changeSession(
  context: Context,
  tenant: Tenant,
  id: string,
  change: SessionChange,
): Promise<Session> {
  return withUnit(context.pool, async (unit) => {
    await query(unit.tx, sql.keepUserOfSession, [tenant.id, sessionNumberOf(id)])
    const [row] = await query<RowOf<LockedSession>>(unit.tx, sql.lockSession, [tenant.id, sessionNumberOf(id)])
    if (row === undefined) throw sessionNotFound()
    const { user_id, ...before } = toItem<LockedSession>(row)
    const now = context.now()
    const status = change.status ?? before.status
    requireAllowed(before, change, status)
    const after = { ...before, ...change, status }
    const startedAt = change.status === 'in_progress' ? now : before.started_at
    const completedAt = change.status === 'completed' ? now : before.completed_at
    const results = after.results === null ? null : JSON.stringify(after.results)
    const times = [after.scheduled_at, startedAt, completedAt]
    await query(unit.tx, sql.updateSession, [tenant.id, sessionNumberOf(id), after.status, ...times, results, now])
    const changed = await readSession(unit.tx, tenant, id)
    if (change.status === 'completed') {
      await announce(context, unit, tenant, 'session.completed', { ...changed, user_id }, changed)
    }
    return changed
  })
}

function requireAllowed(before: Session, change: SessionChange, status: Session['status']): void {
  if (change.status !== undefined) requireStep(sessionOrder, before.status, change.status)
  if (change.scheduled_at !== undefined && before.status !== 'scheduled') {
    throw refuse('conflict', 'scheduled_at', `The session is ${before.status}; only what is scheduled can be moved.`)
  }
  if (change.results !== undefined && status !== 'in_progress' && status !== 'completed') {
    throw refuse('conflict', 'results', `A session that is ${status} has no results.`)
  }
}

/** Throws `not_found`. */
export async function deleteSession({ pool }: Context, tenant: Tenant, id: string): Promise<void> {
  const [deleted] = await query(pool, sql.deleteSession, [tenant.id, sessionNumberOf(id)])
  if (deleted === undefined) throw sessionNotFound()
}

const sessionNotFound = () => refuse('not_found', 'session_id', 'There is no such session.')
