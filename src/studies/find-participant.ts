import type { Tenant } from '../accounts/schemas.ts'
import type { Queryable, Transaction } from '../database/pool.ts'
import { query, type Statement } from '../database/query.ts'
import { keepUser } from '../users/users.ts'
import type { Participant } from './participant-schemas.ts'
import * as sql from './participants.sql.ts'
import { type RowOf, toItem } from './read-page.ts'
import { refuse } from './status-orders.ts'

/** A participant, and the id of its row. */
export type Found = { rowId: string; participant: Participant }

type Row = RowOf<Participant> & { rowId: string }

/**
 * By the id that a study gave, and the study where it is said. Throws `not_found`, and `conflict`, naming `study_id`, where
 * several studies have such a participant.
 */
export async function findParticipant(
  db: Queryable,
  tenant: Tenant,
  participantId: string,
  studyId: number | undefined,
): Promise<Found> {
  const rows = await query<Row>(db, sql.selectParticipants, [tenant.id, participantId, studyId ?? null])
  if (rows.length > 1) throw refuse('conflict', 'study_id', 'Several studies have this participant: name one.')
  if (rows.length === 0) throw participantNotFound()
  return toFound(rows[0]!)
}

/** `findParticipant` for who is about to change it. */
export const lockParticipant = (tx: Transaction, tenant: Tenant, participantId: string, studyId: number | undefined) =>
  findLocked(tx, sql.lockParticipant, tenant, participantId, studyId)

/** `findParticipant`, which stays as it is until the transaction ends. */
export const keepParticipant = (tx: Transaction, tenant: Tenant, participantId: string, studyId: number | undefined) =>
  findLocked(tx, sql.keepParticipant, tenant, participantId, studyId)

/** Which it is can be asked without a lock: the ids of a participant do not change. */
async function findLocked(
  tx: Transaction,
  statement: Statement,
  tenant: Tenant,
  participantId: string,
  studyId: number | undefined,
): Promise<Found> {
  const { rowId, participant } = await findParticipant(tx, tenant, participantId, studyId)
  // The user first, as a deletion of the user does, which then waits and does not end in a deadlock.
  if (!(await keepUser(tx, tenant, participant.user_id))) throw participantNotFound()
  const [row] = await query<Row>(tx, statement, [rowId])
  if (row === undefined) throw participantNotFound()
  return toFound(row)
}

const participantNotFound = () => refuse('not_found', 'participant_id', 'There is no such participant.')

function toFound({ rowId, ...row }: Row): Found {
  return { rowId, participant: toItem<Participant>(row) }
}
