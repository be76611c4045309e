/** $1 id, $2 tenant, $3 user or null, $4 type, $5 data, $6 occurred at */
export const insertEvent = {
  name: 'insert_event',
  text: `insert into event (id, tenant_id, user_id, type, data, occurred_at) values ($1, $2, $3, $4, $5, $6)`,
}

/** $1 tenant → the endpoints that may get its messages; those of a disabled one are held */
export const selectEndpoints = {
  name: 'select_endpoints',
  text: `
    select id, format, events, secret from webhook_endpoint
    where tenant_id = $1 and url is not null and deleted_at is null order by id`,
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
