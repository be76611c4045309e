/** $1 id, $2 tenant, $3 user or null, $4 type, $5 data, $6 occurred at */
export const insertEvent = {
  name: 'insert_event',
  text: `insert into event (id, tenant_id, user_id, type, data, occurred_at) values ($1, $2, $3, $4, $5, $6)`,
}

/** $1 tenant → the endpoints that get its messages; those of a disabled one are held */
export const selectEndpoints = {
  name: 'select_endpoints',
  text: `select id from webhook_endpoint where tenant_id = $1 and url is not null`,
}

/** $1 id, $2 event, $3 body, $4 now */
export const insertMessage = {
  name: 'insert_message',
  text: `insert into message (id, event_id, body, created_at) values ($1, $2, $3, $4)`,
}

/** $1 ids, $2 endpoints, $3 tenant, $4 message, $5 now */
export const insertDeliveries = {
  name: 'insert_deliveries',
  text: `
    insert into delivery (id, tenant_id, message_id, endpoint_id, status, next_at, created_at, updated_at)
    select d.id, $3, $4, e.id, case when e.enabled then 'pending' else 'held' end,
           case when e.enabled then $5::timestamptz end, $5, $5
    from unnest($1::uuid[], $2::uuid[]) as d (id, endpoint_id)
    join webhook_endpoint e on e.id = d.endpoint_id`,
}

/**
 * $1 delivery, $2 lease token, $3 lease until, $4 now → what to send, when the delivery is due and no one else has it.
 * A compare-and-set: of two that try at once, the second finds the first's lease.
 */
export const claimDelivery = {
  name: 'claim_delivery',
  text: `
    update delivery d
    set status = 'sending', lease_token = $2, lease_until = $3, updated_at = $4
    from webhook_endpoint e, message m, event v
    where d.id = $1 and e.id = d.endpoint_id and m.id = d.message_id and v.id = m.event_id
      and e.enabled
      and (d.status in ('pending', 'retry') and d.next_at <= $4 or d.status = 'sending' and d.lease_until <= $4)
    returning d.id, d.attempt_count - d.attempts_before as "attemptCount", m.id as "messageId", m.body, m.created_at as "acceptedAt",
      v.type, e.id as "endpointId", e.url, e.secret`,
}

/** $1 delivery, $2 now → held, when its endpoint was disabled while it waited */
export const holdDelivery = {
  name: 'hold_delivery',
  text: `
    with e as (
      -- Waits for whoever is enabling it, so that nothing is held after what was held is let go.
      select id, enabled from webhook_endpoint where id = (select endpoint_id from delivery where id = $1) for share
    )
    update delivery d set status = 'held', next_at = null, lease_token = null, lease_until = null, updated_at = $2
    from e
    where d.id = $1 and e.id = d.endpoint_id and not e.enabled
      and (d.status in ('pending', 'retry') or d.status = 'sending' and d.lease_until <= $2)`,
}

/**
 * $1 delivery, $2 lease token, $3 next status, $4 next at, $5 now, $6 started at, $7 duration in ms,
 * $8 response status, $9 response body, $10 error → a row, unless the lease has passed to someone else
 */
export const recordAttempt = {
  name: 'record_attempt',
  text: `
    with recorded as (
      update delivery
      set status = $3, attempt_count = attempt_count + 1, next_at = $4,
          lease_token = null, lease_until = null, updated_at = $5
      where id = $1 and lease_token = $2
      returning id, attempt_count
    )
    insert into attempt (delivery_id, number, started_at, duration_ms, response_status, response_body, error)
    select id, attempt_count, $6, $7, $8, $9, $10 from recorded
    returning number`,
}

/** $1 delivery, $2 lease token, $3 now → due again at once, as if it had not been claimed */
export const releaseDelivery = {
  name: 'release_delivery',
  text: `
    update delivery
    set status = case when attempt_count = 0 then 'pending' else 'retry' end,
        next_at = $3, lease_token = null, lease_until = null, updated_at = $3
    where id = $1 and lease_token = $2`,
}

/** $1 now, $2 due before, $3 limit → deliveries that should have been sent by now, whatever became of their jobs */
export const selectOverdue = {
  name: 'select_overdue_deliveries',
  text: `
    (select id, next_at as due from delivery where status in ('pending', 'retry') and next_at <= $2 order by next_at limit $3)
    union all
    (select id, lease_until from delivery where status = 'sending' and lease_until <= $1 order by lease_until limit $3)
    order by due limit $3`,
}

/** $1 endpoint, $2 now */
export const disableEndpoint = {
  name: 'disable_endpoint',
  text: `update webhook_endpoint set enabled = false, updated_at = $2 where id = $1`,
}

/** $1 endpoint, $2 now, $3 secret → since when it has been failing (the first failure after a success is noted) */
export const markFailing = {
  name: 'mark_endpoint_failing',
  text: `
    update webhook_endpoint set failing_since = coalesce(failing_since, $2)
    where id = $1 and secret = $3
    returning failing_since as "failingSince", enabled`,
}

/** $1 endpoint: it accepted something; writes nothing when it was not failing */
export const clearFailing = {
  name: 'clear_endpoint_failing',
  text: `update webhook_endpoint set failing_since = null where id = $1 and failing_since is not null`,
}

/** $1 endpoint, $2 now: what waits for a disabled endpoint is held, not dropped */
export const holdWaiting = {
  name: 'hold_waiting_deliveries',
  text: `
    update delivery set status = 'held', next_at = null, updated_at = $2
    where endpoint_id = $1 and status in ('pending', 'retry')`,
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

/** $1 endpoint, $2 now → the deliveries that enabling it lets go */
export const releaseHeld = {
  name: 'release_held_deliveries',
  text: `
    update delivery set status = 'pending', next_at = $2, updated_at = $2
    where endpoint_id = $1 and status = 'held'
    returning id`,
}

/** $1 id, $2 tenant, $3 url, $4 secret, $5 now → the settings' one endpoint */
export const upsertSettingsEndpoint = {
  name: 'upsert_settings_endpoint',
  text: `
    insert into webhook_endpoint (id, tenant_id, source, url, enabled, secret, created_at, updated_at)
    values ($1, $2, 'settings', $3, true, $4, $5, $5)
    on conflict (tenant_id) where source = 'settings'
    do update set url = excluded.url, enabled = true, secret = excluded.secret, failing_since = null,
      updated_at = excluded.updated_at
    returning id`,
}

/** $1 tenant, $2 now → the endpoint, which keeps its row and what is held for it */
export const clearSettingsEndpoint = {
  name: 'clear_settings_endpoint',
  text: `
    update webhook_endpoint set url = null, enabled = false, updated_at = $2
    where tenant_id = $1 and source = 'settings'
    returning id`,
}

/** $1 tenant */
export const selectSettingsEndpoint = {
  name: 'select_settings_endpoint',
  text: `select id, url, secret from webhook_endpoint where tenant_id = $1 and source = 'settings'`,
}
