/**
 * $1 user, $2 limit → the days to tell of, no longer marked. Locked in the order in which they are marked. A batch that
 * is being stored holds its marks: this waits for it, and the statements that follow see what it stored.
 */
export const takeChangedDays = {
  name: 'take_changed_days',
  text: `
    with taken as materialized (
      select user_id, data_type, day from changed_day where user_id = $1 order by data_type, day limit $2 for update
    )
    delete from changed_day c using taken t
    where c.user_id = t.user_id and c.data_type = t.data_type and c.day = t.day
    returning c.data_type as "dataType", c.day::text as date, (extract(epoch from c.changed_from) * 1000)::float8 as "from",
              (extract(epoch from c.changed_to) * 1000)::float8 as "to", c.has_removed as "hasRemoved"`,
}

/** $1 user → whose it is, and the zone of the dates; kept from being deleted until the transaction ends, and locked before the marks, as a delete does */
export const selectTenantOfUser = {
  name: 'select_tenant_of_user',
  text: `select tenant_id as "tenantId", timezone from app_user where id = $1 for key share`,
}

/** $1 marked before, $2 limit → users whose changes should have been told of by now */
export const selectOverdueUsers = {
  name: 'select_overdue_users',
  text: `select distinct user_id as "userId" from changed_day where marked_at <= $1 limit $2`,
}
