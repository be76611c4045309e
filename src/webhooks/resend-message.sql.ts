/** $1 tenant, $2 message, $3 endpoint or null → deliveries to endpoints that are there */
export const selectDeliveriesToResend = {
  name: 'select_deliveries_to_resend',
  text: `
    select d.id from delivery d join webhook_endpoint e on e.id = d.endpoint_id and e.deleted_at is null
    where d.tenant_id = $1 and d.message_id = $2 and ($3::uuid is null or d.endpoint_id = $3)`,
}

/**
 * $1 deliveries, $2 now → those that are sent again, with their schedule begun anew. What is under way or waits for its
 * first attempt is sent anyway; what was cancelled asked about a URL that is no longer set.
 */
export const resendDeliveries = {
  name: 'resend_deliveries',
  text: `
    update delivery d
    set status = case when e.enabled then 'pending' else 'held' end,
        next_at = case when e.enabled then $2::timestamptz end, attempts_before = attempt_count, updated_at = $2
    from webhook_endpoint e
    where d.id = any($1::uuid[]) and e.id = d.endpoint_id and d.status in ('delivered', 'exhausted', 'retry', 'held')
    returning d.id, d.endpoint_id, d.status`,
}
