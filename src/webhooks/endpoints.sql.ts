/** $1 endpoint, $2 now, $3 reason */
export const disableEndpoint = {
  name: 'disable_endpoint',
  text: `update webhook_endpoint set enabled = false, disabled_reason = $3, updated_at = $2 where id = $1`,
}

/**
 * $1 endpoint, $2 now, $3 revision, $4 what it did, $5 a longer time than passes between two attempts → since when it
 * has been failing: the first failure after a success, or after a time in which nothing was sent, is noted
 */
export const markFailing = {
  name: 'mark_endpoint_failing',
  text: `
    update webhook_endpoint
    set failing_since = case when failed_at > $2::timestamptz - $5::interval then coalesce(failing_since, $2) else $2 end,
        failed_at = $2, failure = $4
    where id = $1 and revision = $3
    returning failing_since as "failingSince", enabled`,
}

/**
 * $1 endpoints that accepted something, $2 those that did not and will be marked next; writes nothing where none was
 * failing. Locks all in the order of their ids: two workers that clear each other's failures would wait for each other.
 */
export const clearFailing = {
  name: 'clear_endpoints_failing',
  text: `
    with locked as materialized (
      select id from webhook_endpoint
      where (id = any($1::uuid[]) and failing_since is not null) or id = any($2::uuid[])
      order by id for no key update
    )
    update webhook_endpoint e set failing_since = null from locked l where e.id = l.id and e.id = any($1::uuid[])`,
}

/** $1 endpoint, $2 now, $3 limit: what waits for a disabled endpoint is held, not dropped */
export const holdWaiting = {
  name: 'hold_waiting_deliveries',
  text: `
    update delivery set status = 'held', next_at = null, updated_at = $2
    where id = any (array(
      select id from delivery where endpoint_id = $1 and status in ('pending', 'retry') limit $3 for update
    ))
    returning id`,
}

/** $1 endpoint, $2 now, $3 limit: what was held is sent, its schedule begun anew, once the endpoint is enabled */
export const releaseHeld = {
  name: 'release_held_deliveries',
  text: `
    update delivery set status = 'pending', next_at = $2, attempts_before = attempt_count, updated_at = $2
    where id = any (array(
      select id from delivery where endpoint_id = $1 and status = 'held' limit $3 for update
    ))
    returning id`,
}

/**
 * → endpoints that are disabled with something waiting, or enabled with something held. Both are what is left of a
 * change that took place between two statements, or had more to do than one transaction should.
 */
export const selectUnsettled = {
  name: 'select_unsettled_endpoints',
  text: `
    select id, enabled from webhook_endpoint e
    where e.deleted_at is null and case
      when e.enabled then exists (select from delivery where endpoint_id = e.id and status = 'held')
      else exists (select from delivery where endpoint_id = e.id and status in ('pending', 'retry'))
    end`,
}

/** $1 endpoint, $2 enabled → a row when it is still so, which then waits for this transaction before it changes */
export const lockEndpoint = {
  name: 'lock_endpoint',
  text: `select id from webhook_endpoint where id = $1 and enabled = $2 for share`,
}

/** $1 endpoint, $2 now: pings that are not yet answered asked about the URL that was set before */
export const cancelPings = {
  name: 'cancel_pings',
  text: `
    update delivery d
    set status = 'cancelled', next_at = null, lease_token = null, lease_until = null, updated_at = $2
    from message m join event v on v.id = m.event_id
    where d.endpoint_id = $1 and d.status in ('pending', 'retry', 'held', 'sending') and m.id = d.message_id and v.type = 'ping'`,
}
