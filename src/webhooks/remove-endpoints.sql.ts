/** → endpoints of which something is still there */
export const selectDeletedEndpoints = {
  name: 'select_deleted_endpoints',
  text: `select id from webhook_endpoint where deleted_at is not null order by deleted_at`,
}

/** $1 endpoint, $2 limit → deliveries, removed with their attempts; one that is being recorded waits for the next run */
export const deleteDeliveries = {
  name: 'delete_deliveries_of_endpoint',
  text: `
    delete from delivery where id in (
      select id from delivery where endpoint_id = $1 limit $2 for update skip locked
    )
    returning id`,
}

/** $1 endpoint, $2 deleted before: for whoever was writing deliveries when it was deleted still refers to it */
export const deleteEndpoint = {
  name: 'delete_endpoint',
  text: `
    delete from webhook_endpoint e
    where id = $1 and deleted_at <= $2 and not exists (select from delivery where endpoint_id = e.id)`,
}
