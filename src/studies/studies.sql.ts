const columns = `id, name, status, start_date::text, end_date::text, created_at, updated_at`

export const studyColumns = columns

/** $1 tenant, $2 id */
export const selectStudy = {
  name: 'select_study',
  text: `select ${columns} from study where tenant_id = $1 and id = $2`,
}

/** $1 tenant, $2 id → the study, which stays as it is until the transaction ends; others may read it so too */
export const keepStudy = {
  name: 'keep_study',
  text: `${selectStudy.text} for share`,
}

/** $1 tenant, $2 id → the study, which nobody else changes until the transaction ends */
export const lockStudy = {
  name: 'lock_study',
  text: `${selectStudy.text} for update`,
}

/** $1 tenant, $2 id, $3 name, $4 status, $5 start, $6 end, $7 now */
export const insertStudy = {
  name: 'insert_study',
  text: `
    insert into study (tenant_id, id, name, status, start_date, end_date, created_at, updated_at)
    values ($1, $2, $3, $4, $5::date, $6::date, $7, $7)
    returning ${columns}`,
}

/** $1 tenant, $2 id, $3 name, $4 status, $5 start, $6 end, $7 now */
export const updateStudy = {
  name: 'update_study',
  text: `
    update study set name = $3, status = $4, start_date = $5::date, end_date = $6::date, updated_at = $7
    where tenant_id = $1 and id = $2
    returning ${columns}`,
}

/** $1 tenant, $2 id → a row where somebody is in it */
export const selectAnyParticipant = {
  name: 'select_any_participant_of_study',
  text: `select 1 from study_participant where tenant_id = $1 and study_id = $2 limit 1`,
}

/** $1 tenant, $2 id */
export const deleteStudy = {
  name: 'delete_study',
  text: `delete from study where tenant_id = $1 and id = $2`,
}
