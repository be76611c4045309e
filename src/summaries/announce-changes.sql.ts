/**
 * $1 users in their order, $2 limit, $3 limit → the days to tell of, $2 a user and $3 in all, no longer marked. Locked in the order in which
 * they are marked. A batch that is being stored holds its marks: this waits for it, and the statements that follow see
 * what it stored.
 */
export const takeChangedDays = {
  name: 'take_changed_days',
  text: `
    with taken as materialized (
      select d.* from unnest($1::uuid[]) as u (id)
      cross join lateral (
        select user_id, data_type, day from changed_day where user_id = u.id order by data_type, day limit $2 for update
      ) d
      limit $3
    )
    delete from changed_day c using taken t
    where c.user_id = t.user_id and c.data_type = t.data_type and c.day = t.day
    returning c.user_id as "userId", c.data_type as "dataType", c.day::text as date, (extract(epoch from c.changed_from) * 1000)::float8 as "from",
              (extract(epoch from c.changed_to) * 1000)::float8 as "to", c.has_removed as "hasRemoved"`,
}

/**
 * $1 users → in their order, whose they are, and the zone of their dates; kept from being deleted until the transaction
 * ends, and locked before the marks, as a delete does
 */
export const selectTenantsOfUsers = {
  name: 'select_tenants_of_users',
  text: `
    select id as "userId", tenant_id as "tenantId", timezone
    from app_user where id = any ($1::uuid[]) order by id for key share`,
}

/** $1 marked before, $2 limit, $3 user → those after that one whose changes should have been told of by now */
export const selectOverdueUsers = {
  name: 'select_overdue_users',
  text: `
    select distinct user_id as "userId" from changed_day where marked_at <= $1 and user_id > $3
    order by user_id limit $2`,
}

/** $1 users, $2 limit a user → how many of their days are marked */
export const countChangedDays = {
  name: 'count_changed_days',
  text: `
    select u.id as "userId", d.count
    from unnest($1::uuid[]) as u (id)
    cross join lateral (
      select count(*)::int as count from (select from changed_day where user_id = u.id limit $2) marked
    ) d
    where d.count > 0`,
}
