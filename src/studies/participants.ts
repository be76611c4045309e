import { v7 as uuidv7 } from 'uuid'
import type { Tenant } from '../accounts/schemas.ts'
import type { Context } from '../context.ts'
import type { Queryable, Transaction } from '../database/pool.ts'
import { query } from '../database/query.ts'
import { raw, sql as sqlOf } from '../database/sql.ts'
import { type Unit, withUnit } from '../database/transaction.ts'
import type { Page } from '../http/paging.ts'
import { insertUser, keepUser, setEmailAddress } from '../users/users.ts'
import { announce } from './announce.ts'
import { findParticipant, lockParticipant } from './find-participant.ts'
import { takeParticipantId } from './ids.ts'
import type { NewParticipant, Participant, ParticipantChange, ParticipantsQuery } from './participant-schemas.ts'
import * as sql from './participants.sql.ts'
import { equals, readPage, type Source, within } from './read-page.ts'
import { participantOrder, refuse, requireStep } from './status-orders.ts'
import { keepStudy } from './studies.ts'

const source: Source = {
  columns: raw(sql.participantColumns),
  // Everybody has a user; of a left join Postgres counts the one side alone.
  from: raw('study_participant p left join app_user u on u.id = p.user_id'),
  key: raw('p.id'),
  sorts: {
    created_at: raw('p.created_at'),
    participant_id: raw('p.participant_id'),
    study_id: raw('p.study_id'),
    status: raw('p.status'),
    enrolled_at: raw('p.enrolled_at'),
  },
}

/** Their ids where several studies have the same: with `study_id` there is one. */
type InStudy = { study_id?: number | undefined }

export async function listParticipants(
  db: Queryable,
  tenant: Tenant,
  wanted: ParticipantsQuery,
): Promise<Page<Participant>> {
  const conditions = [
    sqlOf`p.tenant_id = ${tenant.id}::uuid`,
    ...equals(raw('p.study_id'), wanted.study_id),
    ...equals(raw('p.status'), wanted.status),
    ...(wanted.user_id === undefined ? [] : [sqlOf`p.user_id = ${wanted.user_id}::uuid`]),
    ...within(raw('p.enrolled_at'), wanted),
  ]
  return readPage(db, source, conditions, wanted)
}

/** Throws `not_found`, and `conflict` where several studies have such a participant. */
export const readParticipant = async (db: Queryable, tenant: Tenant, id: string, { study_id }: InStudy) =>
  (await findParticipant(db, tenant, id, study_id)).participant

/**
 * Adds a user to a study that is not closed: one that is there, or a new one. Throws `not_found` for the study and the
 * user, and `conflict` where the study is closed, or has the user or a participant of this id already.
 */
export async function createParticipant(
  { now }: Context,
  { tx }: Unit,
  tenant: Tenant,
  wanted: NewParticipant,
): Promise<Participant> {
  const study = await keepStudy(tx, tenant, wanted.study_id)
  if (study.status === 'closed') throw refuse('conflict', 'study_id', 'The study is closed.')
  const userId = await takeUser(tx, tenant, wanted.user_id)
  const id = await takeParticipantId(tx, tenant.id, wanted.participant_id)
  const values = [uuidv7(), tenant.id, wanted.study_id, id, userId, wanted.status, now()]
  const [added] = await query(tx, sql.insertParticipant, values)
  if (added === undefined) {
    const [known] = await query(tx, sql.selectParticipation, [userId, wanted.study_id])
    if (known !== undefined) throw refuse('conflict', 'user_id', 'The user is in this study already.')
    throw refuse('conflict', 'participant_id', 'The study has a participant of this id already.')
  }
  if (wanted.email !== undefined) await setEmailAddress(tx, userId, wanted.email, now())
  return readParticipant(tx, tenant, id, wanted)
}

async function takeUser(tx: Transaction, tenant: Tenant, given: string | undefined): Promise<string> {
  if (given === undefined) return insertUser(tx, tenant)
  if (await keepUser(tx, tenant, given)) return given
  throw refuse('not_found', 'user_id', 'There is no such user.')
}

/** Throws `not_found`, and `conflict` for a status out of its order, and for an enrolment in a study that is not active. */
export async function changeParticipant(
  context: Context,
  tenant: Tenant,
  id: string,
  { study_id }: InStudy,
  change: ParticipantChange,
): Promise<Participant> {
  return withUnit(context.pool, async (unit) => {
    const { tx } = unit
    const { rowId, participant: before } = await lockParticipant(tx, tenant, id, study_id)
    const now = context.now()
    if (change.status !== undefined) requireStep(participantOrder, before.status, change.status)
    const isEnrolment = change.status === 'enrolled'
    if (isEnrolment) await requireActive(tx, tenant, before.study_id)
    const enrolledAt = isEnrolment ? now : before.enrolled_at
    await query(tx, sql.updateParticipant, [rowId, change.status ?? before.status, enrolledAt, now])
    if (change.email !== undefined) await setEmailAddress(tx, before.user_id, change.email, now)
    const after = await readParticipant(tx, tenant, id, { study_id: before.study_id })
    if (isEnrolment) await announce(context, unit, tenant, 'participant.enrolled', after, after)
    return after
  })
}

async function requireActive(tx: Transaction, tenant: Tenant, studyId: number): Promise<void> {
  const { status } = await keepStudy(tx, tenant, studyId)
  if (status === 'active') return
  throw refuse('conflict', 'study_id', `Only active studies take enrolments; this one is ${status}.`)
}

/** And their sessions; the user stays. Throws `not_found`, and `conflict` where several studies have such a participant. */
export async function deleteParticipant(
  { pool }: Context,
  tenant: Tenant,
  id: string,
  { study_id }: InStudy,
): Promise<void> {
  await withUnit(pool, async ({ tx }) => {
    const { rowId } = await lockParticipant(tx, tenant, id, study_id)
    await query(tx, sql.deleteParticipant, [rowId])
  })
}
