/** $1 tenant → a row when there are events without a place in the feed */
export const selectUnnumbered = {
  name: 'select_unnumbered_event',
  text: `select id from event where tenant_id = $1 and position is null and type <> 'ping' limit 1`,
}

/** $1 tenant: one reader at a time gives out places, and each sees what the one before gave */
export const lockFeed = {
  name: 'lock_feed',
  text: `select last_position from tenant where id = $1 for no key update`,
}

/** $1 tenant, $2 limit: gives the next places to the events that are committed by now, in the order they were made */
export const numberEvents = {
  name: 'number_events',
  text: `
    with next as (
      select id, row_number() over (order by id) as n
      from (
        select id from event where tenant_id = $1 and position is null and type <> 'ping' order by id limit $2
      ) unnumbered
    ), counted as (
      update tenant set last_position = last_position + (select count(*) from next) where id = $1
      returning last_position - (select count(*) from next) as before
    )
    update event e set position = c.before + n.n from next n, counted c where e.id = n.id
    returning e.id`,
}

/** $1 tenant, $2 after, $3 limit, $4 user or null, $5 type pattern (LIKE) or null */
export const selectChanges = {
  name: 'select_changes',
  text: `
    select position::float8 as position, id, type, coalesce(user_id::text, data ->> 'userId') as "userId",
           data - 'userId' as data, occurred_at as "occurredAt"
    from event
    where tenant_id = $1 and position > $2
      and ($4::uuid is null or user_id = $4 or data ->> 'userId' = $4::text) and ($5::text is null or type like $5)
    order by position
    limit $3`,
}
