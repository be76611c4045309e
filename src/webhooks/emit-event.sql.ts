/** By event: $1 id, $2 tenant, $3 user or null, $4 type, $5 data, $6 occurred at */
export const insertEvents = {
  name: 'insert_events',
  text: `
    insert into event (id, tenant_id, user_id, type, data, occurred_at)
    select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::jsonb[], $6::timestamptz[])`,
}

/** $1 tenants → the endpoints that may get their messages; those of a disabled one are held */
export const selectEndpoints = {
  name: 'select_endpoints',
  text: `
    select id, tenant_id as "tenantId", format, events, secret from webhook_endpoint
    where tenant_id = any ($1::uuid[]) and url is not null and deleted_at is null order by id`,
}

/** By message: $1 id, $2 event, $3 body, $4 its encoding or null, $5 now */
export const insertMessages = {
  name: 'insert_messages',
  text: `
    insert into message (id, event_id, body, encoding, created_at)
    select * from unnest($1::text[], $2::uuid[], $3::bytea[], $4::text[], $5::timestamptz[])`,
}

/**
 * By delivery: $1 id, $2 tenant, $3 message, $4 endpoint, $5 now, $6 whether it tells of the first of the tenant's events.
 *
 * A fault that a sandbox has armed happens to that one. Who is taking it up at the same moment is not waited for: it is
 * theirs. `sandbox_fault` is empty but for sandboxes that are trying this out.
 */
export const insertDeliveries = {
  name: 'insert_deliveries',
  text: `
    with fault as (
      delete from sandbox_fault where tenant_id = any (array(
        select tenant_id from sandbox_fault where tenant_id = any ($2::uuid[]) for update skip locked
      ))
      returning tenant_id, copies, make_interval(secs => delay_seconds) as delay, expires_at
    )
    insert into delivery (id, tenant_id, message_id, endpoint_id, status, next_at, copies, created_at, updated_at)
    select d.id, d.tenant_id, d.message_id, e.id, case when e.enabled then 'pending' else 'held' end,
           case when e.enabled then d.now + coalesce(f.delay, '0') end, coalesce(f.copies, 0), d.now, d.now
    from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::timestamptz[], $6::boolean[])
      as d (id, tenant_id, message_id, endpoint_id, now, is_first)
    join webhook_endpoint e on e.id = d.endpoint_id
    left join fault f on d.is_first and f.tenant_id = d.tenant_id and f.expires_at > d.now`,
}
