/**
 * Leases due deliveries, in turns over the endpoints: $1 now, $2 lease token, $3 lease until, $4 room of an endpoint,
 * $5 room of one that is failing, $6 endpoints and $7 how much of their room is taken, $8 limit → what to send, and how
 * much room its endpoint had.
 *
 * `waiting` steps from endpoint to endpoint through the partial index, so that 10,000 deliveries to one endpoint cost
 * no more than one does. What another worker is claiming at the same moment is skipped. An array of ids, here and
 * below, is looked up in the index; of a join with a limit that it does not know, the planner expects so many rows that
 * it would rather read the whole table.
 */
const claim = (status: 'pending' | 'retry') => ({
  name: `claim_${status}_deliveries`,
  text: `
    with recursive waiting (endpoint_id) as (
      (select endpoint_id from delivery where status = '${status}' order by endpoint_id limit 1)
      union all
      select (
        select endpoint_id from delivery
        where status = '${status}' and endpoint_id > w.endpoint_id order by endpoint_id limit 1
      )
      from waiting w where w.endpoint_id is not null
    ), due as materialized (
      select d.id, room
      from waiting w
      join webhook_endpoint e on e.id = w.endpoint_id and e.enabled
      left join unnest($6::uuid[], $7::int[]) as taken (endpoint_id, count) on taken.endpoint_id = e.id
      cross join lateral (
        select greatest(0, case when e.failing_since is null then $4::int else $5::int end - coalesce(taken.count, 0))
      ) as r (room)
      cross join lateral (
        select id, next_at, row_number() over (order by next_at) as turn
        from (
          select id, next_at from delivery
          where endpoint_id = e.id and status = '${status}' and next_at <= $1
          order by next_at limit room
          for update skip locked
        ) locked
      ) d
      order by d.turn, d.next_at
      limit $8
    )
    update delivery d
    set status = 'sending', lease_token = $2, lease_until = $3, updated_at = $1
    from due, message m, event v, webhook_endpoint e
    where d.id = any (array(select id from due)) and due.id = d.id and m.id = d.message_id and v.id = m.event_id and e.id = d.endpoint_id
    returning d.id, d.attempt_count - d.attempts_before as "attemptCount", d.next_at as "dueAt",
      m.id as "messageId", case when m.encoding is null then convert_from(m.body, 'UTF8') end as text,
      case when m.encoding is not null then m.body end as body, m.encoding, m.created_at as "acceptedAt", v.type,
      e.id as "endpointId", e.source, e.format, e.url, e.secret, e.revision, due.room,
      case when e.previous_secret_until > $1 then e.previous_secret end as "previousSecret"`,
})

export const claimPending = claim('pending')
export const claimRetries = claim('retry')

const isToCopy = `r.status = 'delivered' and d.copies > 0`

/**
 * $1 deliveries, $2 lease tokens, $3 next statuses, $4 next at, $5 started at, $6 durations in ms, $7 response
 * statuses, $8 response bodies, $9 errors, $10 now → the deliveries whose lease had not passed to someone else, and when
 * they are due again. A copy that a sandbox has asked for is due once the one before has arrived.
 */
export const recordAttempts = {
  name: 'record_attempts',
  text: `
    with result as (
      select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::int[],
                           $7::int[], $8::bytea[], $9::text[])
        as r (id, lease_token, status, next_at, started_at, duration_ms, response_status, response_body, error)
    ), recorded as (
      update delivery d
      set status = case when ${isToCopy} then 'retry' else r.status end,
          next_at = case when ${isToCopy} then $10 else r.next_at end, copies = d.copies - (${isToCopy})::int,
          attempt_count = d.attempt_count + 1, lease_token = null, lease_until = null, updated_at = $10
      from result r
      where d.id = r.id and d.lease_token = r.lease_token
      returning d.id, d.attempt_count, d.next_at
    ), attempted as (
      insert into attempt (delivery_id, number, started_at, duration_ms, response_status, response_body, error)
      select c.id, c.attempt_count, r.started_at, r.duration_ms, r.response_status, r.response_body, r.error
      from recorded c join result r on r.id = c.id
    )
    select id, next_at as "nextAt" from recorded`,
}

/** A delivery that is due again: as new when its schedule has just begun. */
const dueAgain = `
  status = case when attempt_count = attempts_before then 'pending' else 'retry' end,
  lease_token = null, lease_until = null`

/** $1 delivery, $2 lease token, $3 now → due again at once, as if it had not been claimed */
export const releaseDelivery = {
  name: 'release_delivery',
  text: `update delivery set ${dueAgain}, next_at = $3, updated_at = $3 where id = $1 and lease_token = $2`,
}

/** $1 now, $2 limit → deliveries whose process died with the lease, due again */
export const releaseExpired = {
  name: 'release_expired_deliveries',
  text: `
    update delivery set ${dueAgain}, next_at = $1, updated_at = $1
    where id = any (array(
      select id from delivery where status = 'sending' and lease_until <= $1
      order by lease_until limit $2 for update skip locked
    ))
    returning id`,
}
