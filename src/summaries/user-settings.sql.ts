/** $1 user, $2 tenant → a row when the user is the tenant's; waits for batches that are being stored */
export const lockUserForUpdate = {
  name: 'lock_user_for_update',
  text: `select id from app_user where id = $1 and tenant_id = $2 for update`,
}

/** $1 user, $2 zone */
export const updateTimezone = {
  name: 'update_timezone',
  text: `update app_user set timezone = $2 where id = $1`,
}

/** $1 user */
export const markDaysBeside = {
  name: 'mark_days_beside',
  text: `
    insert into changed_day (user_id, data_type, day, marked_at, changed_from, changed_to, has_removed)
    select distinct on (data_type, day + beside)
           user_id, data_type, day + beside, marked_at, changed_from, changed_to, has_removed
    from changed_day, unnest(array[-1, 1]) as beside
    where user_id = $1
    order by data_type, day + beside, marked_at
    on conflict (user_id, data_type, day) do nothing`,
}
