/** Of a session s and its participant p. */
export const sessionColumns = `
  'sess_' || s.id as session_id, p.participant_id, p.study_id, 'battery_' || s.battery_id as battery_id, s.status,
  s.scheduled_at, s.started_at, s.completed_at, s.results, s.created_at, s.updated_at`

/** Every session has a participant; a left join costs nothing where it is not asked for. */
export const sessionSource = `study_session s left join study_participant p on p.id = s.participant_id`

/** $1 tenant, $2 number */
export const selectSession = {
  name: 'select_session',
  text: `select ${sessionColumns} from ${sessionSource} where s.tenant_id = $1 and s.id = $2`,
}

/**
 * $1 tenant, $2 number → its user, who is not deleted until the transaction ends. Before `lockSession`: a deletion of the
 * user takes them in that order, and the other way round would end in a deadlock.
 */
export const keepUserOfSession = {
  name: 'keep_user_of_session',
  text: `
    select from app_user u
    where u.id = (select p.user_id from ${sessionSource} where s.tenant_id = $1 and s.id = $2) for key share`,
}

/** $1 tenant, $2 number → the session with its user, which nobody else changes until the transaction ends */
export const lockSession = {
  name: 'lock_session',
  text: `
    select ${sessionColumns}, p.user_id from ${sessionSource} where s.tenant_id = $1 and s.id = $2
    for update of s`,
}

/** $1 tenant, $2 number, $3 row of the participant, $4 number of the battery, $5 status, $6 scheduled at, $7 now */
export const insertSession = {
  name: 'insert_session',
  text: `
    insert into study_session
      (tenant_id, id, participant_id, battery_id, status, scheduled_at, created_at, updated_at)
    values ($1, $2, $3, $4, $5, $6, $7, $7)`,
}

/** $1 tenant, $2 number, $3 status, $4 scheduled, $5 started and $6 completed at, $7 results, $8 now */
export const updateSession = {
  name: 'update_session',
  text: `
    update study_session
    set status = $3, scheduled_at = $4, started_at = $5, completed_at = $6, results = $7, updated_at = $8
    where tenant_id = $1 and id = $2`,
}

/** $1 tenant, $2 number → a row where it was there */
export const deleteSession = {
  name: 'delete_session',
  text: `delete from study_session where tenant_id = $1 and id = $2 returning 1`,
}
