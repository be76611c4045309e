/** $1 grant, $2 user, $3 provider → a row when it is in force, and stays so until the transaction ends */
export const lockGrant = {
  name: 'lock_provider_grant',
  text: `select id from provider_grant where id = $1 and user_id = $2 and provider = $3 for no key update`,
}

/**
 * $1 grant, $2 user, $3 provider, $4 from, $5 to, $6 now → a row when the days will be read anyway: by one that has not
 * come to them yet, or by one that has not begun and takes them on. One that is running may just be reading them as they
 * were.
 */
export const joinBackfill = {
  name: 'join_backfill',
  text: `
    update backfill b
    set from_day = least(b.from_day, $4::date), to_day = greatest(b.to_day, $5::date),
        next_day = greatest(b.next_day, $5::date), updated_at = $6
    where b.id = (
      select id from backfill
      where user_id = $2 and provider = $3 and grant_id = $1 and (
        (status in ('queued', 'waiting', 'running') and from_day <= $4::date
          and next_day - (status = 'running')::int >= $5::date)
        or (status in ('queued', 'waiting') and next_day = to_day and reason in ('push', 'scheduled')
          and greatest(to_day, $5::date) - least(from_day, $4::date) < 31)
      )
      order by created_at limit 1 for update
    )
    returning id`,
}

/** $1 id, $2 user, $3 provider, $4 grant, $5 reason, $6 from, $7 to, $8 now */
export const insertBackfill = {
  name: 'insert_backfill',
  text: `
    insert into backfill (id, user_id, provider, grant_id, reason, status, from_day, to_day, next_day, next_at,
      created_at, updated_at)
    values ($1, $2, $3, $4, $5, 'queued', $6, $7, $7, $8, $8, $8)`,
}
