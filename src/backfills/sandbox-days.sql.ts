/**
 * $1 user, $2 tenant, $3 days, $4 until when each must be made at least → what is missing, of each provider of the
 * sandbox that the user is connected to
 */
export const selectMissing = {
  name: 'select_missing_sandbox_days',
  text: `
    select g.id as "grantId", g.provider, wanted.day::text as day
    from provider_grant g join app_user u on u.id = g.user_id
    cross join unnest($3::date[], $4::timestamptz[]) as wanted (day, until)
    left join sandbox_day made on made.user_id = g.user_id and made.provider = g.provider and made.day = wanted.day
    where g.user_id = $1 and u.tenant_id = $2 and g.application = 'sandbox'
      and (made.until is null or made.until < wanted.until)
    order by g.provider, wanted.day`,
}

/** $1 user, $2 provider, $3 day, $4 until → that it is made */
export const noteMade = {
  name: 'note_sandbox_day',
  text: `
    insert into sandbox_day as made (user_id, provider, day, until) values ($1, $2, $3, $4)
    on conflict (user_id, provider, day) do update set until = greatest(made.until, excluded.until)`,
}

/** $1 grant, $2 user, $3 provider → a row when it is in force, and stays so until the transaction ends */
export const keepGrant = {
  name: 'keep_sandbox_grant',
  text: `select id from provider_grant where id = $1 and user_id = $2 and provider = $3 for key share`,
}
