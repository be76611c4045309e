/** $1 now, $2 limit → grants whose days are to be looked at; nobody else takes them until the transaction ends */
export const selectDueGrants = {
  name: 'select_due_grants',
  text: `
    select id, user_id as "userId", provider, application from provider_grant
    where next_sync_at <= $1 order by next_sync_at limit $2 for no key update skip locked`,
}

/** $1 grant, $2 user, $3 provider, $4 when next */
export const scheduleSync = {
  name: 'schedule_sync',
  text: `update provider_grant set next_sync_at = $4 where id = $1 and user_id = $2 and provider = $3`,
}
