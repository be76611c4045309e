import { NIL } from 'uuid'

/** $1 id, $2 endpoint, $3 since, $4 now */
export const insertRecovery = {
  name: 'insert_recovery',
  text: `insert into webhook_recovery (id, endpoint_id, since, created_at) values ($1, $2, $3, $4)`,
}

/** $1 recovery → how far it has come, unless it is done, or another worker is at it */
export const lockRecovery = {
  name: 'lock_recovery',
  text: `
    select r.endpoint_id as "endpointId", r.since, r.created_at as "askedAt", r.last_delivery_id as "lastDeliveryId"
    from webhook_recovery r join webhook_endpoint e on e.id = r.endpoint_id
    where r.id = $1 and r.completed_at is null and e.deleted_at is null
    for update of r skip locked`,
}

const nextOf = (status: string) => `
      (select id from delivery where endpoint_id = $1 and status = '${status}' and id > coalesce($2, '${NIL}'::uuid)
       order by id limit $3)`

/**
 * $1 endpoint, $2 delivery to go on from or null, $3 limit, $4 since, $5 asked at, $6 now → how many did not arrive
 * among the next, the last of them, and how many of them are due again. Those of other times count among the next:
 * that bounds what one statement looks at, whatever `since` is.
 *
 * No lock keeps the endpoint as it is: one that is disabled meanwhile is settled by the sweeper.
 */
export const recoverNext = {
  name: 'recover_next_deliveries',
  text: `
    with next as materialized (
      select id from (${['retry', 'exhausted', 'held'].map(nextOf).join(' union all ')}) undelivered
      order by id limit $3
    ), recovered as (
      update delivery d
      set status = case when e.enabled then 'pending' else 'held' end,
          next_at = case when e.enabled then $6::timestamptz end, attempts_before = attempt_count, updated_at = $6
      from webhook_endpoint e
      where d.id = any (array(select id from next)) and e.id = d.endpoint_id
        and d.status in ('retry', 'exhausted', 'held')
        and d.created_at between $4 and $5
      returning d.id
    )
    select (select count(*)::int from next) as seen, (select id from next order by id desc limit 1) as last,
           (select count(*)::int from recovered) as recovered`,
}

/** $1 recovery, $2 delivery to go on from or null, $3 how many were recovered now, $4 when it was done or null */
export const advanceRecovery = {
  name: 'advance_recovery',
  text: `
    update webhook_recovery
    set last_delivery_id = coalesce($2, last_delivery_id), recovered = recovered + $3, completed_at = $4
    where id = $1
    returning id, since, recovered, created_at, completed_at`,
}

/** → recoveries that are not done, the oldest first */
export const selectOpenRecoveries = {
  name: 'select_open_recoveries',
  text: `
    select r.id from webhook_recovery r join webhook_endpoint e on e.id = r.endpoint_id
    where r.completed_at is null and e.deleted_at is null order by r.id`,
}

const ofEndpoint = `webhook_recovery where endpoint_id = $1 and created_at >= $2::timestamptz and created_at < $3::timestamptz`

/** $1 endpoint, $2 and $3 between which instants, $4 limit, $5 offset */
export const selectRecoveries = (order: 'asc' | 'desc') => ({
  name: `select_recovery_page_${order}`,
  text: `
    select id, since, recovered, created_at, completed_at from ${ofEndpoint}
    order by created_at ${order}, id ${order} limit $4 offset $5`,
})

/** $1 endpoint, $2 and $3 between which instants */
export const countRecoveries = {
  name: 'count_recoveries',
  text: `select count(*)::int as count from ${ofEndpoint}`,
}
