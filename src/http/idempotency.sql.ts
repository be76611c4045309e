/** $1 what the lock is for → whether it is had, until the transaction ends */
export const tryLock = {
  name: 'lock_idempotency_key',
  text: `select pg_try_advisory_xact_lock(hashtextextended($1, 20)) as "isLocked"`,
}

/** $1 tenant, $2 route, $3 key, $4 since → what was answered then */
export const selectAnswer = {
  name: 'select_idempotent_answer',
  text: `
    select fingerprint, status, answer from idempotency_key
    where tenant_id = $1 and route = $2 and key = $3 and created_at > $4`,
}

/** $1 tenant, $2 route, $3 key, $4 fingerprint, $5 status, $6 answer, $7 now, $8 user or null: in place of one that has expired */
export const insertAnswer = {
  name: 'insert_idempotent_answer',
  text: `
    insert into idempotency_key (tenant_id, route, key, fingerprint, status, answer, created_at, user_id)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict (tenant_id, route, key) do update
    set fingerprint = excluded.fingerprint, status = excluded.status, answer = excluded.answer,
        created_at = excluded.created_at, user_id = excluded.user_id`,
}

/** $1 before, $2 limit → answers that nobody is given any more, removed */
export const deleteOldAnswers = {
  name: 'delete_old_idempotent_answers',
  text: `
    delete from idempotency_key where (tenant_id, route, key) in (
      select tenant_id, route, key from idempotency_key where created_at <= $1 order by created_at limit $2
    )
    returning 1`,
}

/** $1 tenant, $2 route and $3 key to go on from, $4 limit */
export const selectAnswersAfter = {
  name: 'select_idempotent_answers_after',
  text: `
    select tenant_id as "tenantId", route, key, answer from idempotency_key
    where (tenant_id, route, key) > ($1, $2, $3) and answer <> '' order by tenant_id, route, key limit $4`,
}

/** $1 tenant, $2 route, $3 key, $4 answer as it was read, $5 sealed anew → a row, unless it was replaced meanwhile */
export const replaceAnswer = {
  name: 'replace_idempotent_answer',
  text: `
    update idempotency_key set answer = $5 where tenant_id = $1 and route = $2 and key = $3 and answer = $4
    returning 1`,
}
