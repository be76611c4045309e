const columns = `
  id, provider, reason, status, from_day::text as "from", to_day::text as "to", to_day - next_day as "daysDone",
  to_day - from_day + 1 as "daysTotal", samples, error, created_at as "createdAt", updated_at as "updatedAt",
  next_at as "nextAt"`

/** $1 user, $2 provider or null, $3 limit, $4 offset → the latest first */
export const selectBackfills = {
  name: 'select_backfills',
  text: `
    select ${columns} from backfill where user_id = $1 and ($2::text is null or provider = $2)
    order by created_at desc, id desc limit $3 offset $4`,
}

/** $1 user, $2 provider or null */
export const countBackfills = {
  name: 'count_backfills',
  text: `select count(*)::int as count from backfill where user_id = $1 and ($2::text is null or provider = $2)`,
}

/** $1 id, $2 user */
export const selectBackfill = {
  name: 'select_backfill',
  text: `select ${columns} from backfill where id = $1 and user_id = $2`,
}

/** $1 user, $2 provider → the grant in force, and how many backfills somebody asked for are not done */
export const selectGrantOf = {
  name: 'select_grant_of_user',
  text: `
    select g.id, (select count(*)::int from backfill b where b.user_id = g.user_id and b.provider = g.provider
      and b.reason = 'requested' and b.status in ('queued', 'waiting', 'running')) as "requested"
    from provider_grant g where g.user_id = $1 and g.provider = $2 for no key update`,
}
