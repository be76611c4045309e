/** Of a participant p and their user u. */
export const participantColumns = `
  p.participant_id, p.study_id, p.status, u.email_address as email, p.enrolled_at, p.user_id, p.created_at, p.updated_at`

const found = `
  select p.id as "rowId", ${participantColumns}
  from study_participant p join app_user u on u.id = p.user_id
  where p.tenant_id = $1 and p.participant_id = $2 and ($3::int is null or p.study_id = $3)
  order by p.study_id`

/** $1 tenant, $2 participant, $3 study or null → two at most: more than one is too many */
export const selectParticipants = {
  name: 'select_participants',
  text: `${found} limit 2`,
}

/** $1 row → the participant as it is once nobody changes it any more, which nobody then does until the transaction ends */
export const lockParticipant = {
  name: 'lock_participant',
  text: `
    select p.id as "rowId", ${participantColumns}
    from study_participant p join app_user u on u.id = p.user_id
    where p.id = $1 for update of p`,
}

/** The same, and others may keep it so too. */
export const keepParticipant = {
  name: 'keep_participant',
  text: lockParticipant.text.replace('for update', 'for share'),
}

/** $1 id, $2 tenant, $3 study, $4 participant id, $5 user, $6 status, $7 now → nothing where it is there already */
export const insertParticipant = {
  name: 'insert_participant',
  text: `
    insert into study_participant (id, tenant_id, study_id, participant_id, user_id, status, created_at, updated_at)
    values ($1, $2, $3, $4, $5, $6, $7, $7)
    on conflict do nothing
    returning id`,
}

/** $1 user, $2 study → a row where the user is in it */
export const selectParticipation = {
  name: 'select_participation',
  text: `select 1 from study_participant where user_id = $1 and study_id = $2`,
}

/** $1 row, $2 status, $3 enrolled at, $4 now */
export const updateParticipant = {
  name: 'update_participant',
  text: `update study_participant set status = $2, enrolled_at = $3, updated_at = $4 where id = $1`,
}

/** $1 row */
export const deleteParticipant = {
  name: 'delete_participant',
  text: `delete from study_participant where id = $1`,
}
