import { type DeliveryStatus, deliveryStatuses } from './delivery-states.ts'

const columns = `
  d.id, d.message_id, v.type as event, d.status, d.attempt_count, d.next_at as next_attempt_at, d.created_at,
  d.updated_at, a.last_attempt`

const sources = `
  join message m on m.id = d.message_id
  join event v on v.id = m.event_id
  left join lateral (
    select json_build_object(
      'at', started_at, 'response_status', response_status, 'duration_ms', duration_ms, 'error', error
    ) as last_attempt
    from attempt where delivery_id = d.id order by number desc limit 1
  ) a on true`

type Listed = { status?: DeliveryStatus | undefined; order: 'asc' | 'desc'; isDated: boolean }

/**
 * $1 tenant, $2 endpoint, $3 limit, $4 offset, and where it is dated $5 and $6 between which instants. The statuses are merged in the order of
 * (endpoint_id, status, id), so that a page costs what it and those before it hold: of 200,000 deliveries the first
 * takes 1 ms, the last 70 to 430. `limit 100`, which a page never exceeds, tells the planner so: it expects a tenth of
 * the table otherwise, and reads all of it.
 */
export const selectDeliveries = ({ status, order, isDated }: Listed) => ({
  name: `select_${status ?? 'all'}_delivery_page_${order}${isDated ? '_dated' : ''}`,
  text: `
    select ${columns}
    from (
      select id from (
        select id from (${(status === undefined ? deliveryStatuses : [status]).map((one) => idsOf(one, order, isDated)).join(' union all ')}) ids
        order by id ${order} limit $3 offset $4
      ) asked
      limit 100
    ) page
    join delivery d on d.id = page.id and d.tenant_id = $1
    ${sources}
    order by d.id ${order}`,
})

const idsOf = (status: DeliveryStatus, order: Listed['order'], isDated: boolean) => `
          (select id from delivery where endpoint_id = $2 and status = '${status}' ${isDated ? between(5) : ''}
           order by id ${order} limit $3::bigint + $4)`

const between = (first: number) =>
  `and created_at >= $${first}::timestamptz and created_at < $${first + 1}::timestamptz`

/** $1 endpoint, $2 statuses, and where it is dated $3 and $4: without, 60 ms for 200,000, out of the index */
export const countDeliveries = (isDated: boolean) => ({
  name: `count_deliveries${isDated ? '_dated' : ''}`,
  text: `
    select count(*)::int as count from delivery
    where endpoint_id = $1 and status = any($2) ${isDated ? between(3) : ''}`,
})

/** $1 tenant, $2 message */
export const selectMessage = {
  name: 'select_message',
  text: `
    select m.id, v.type as event, v.occurred_at, m.body, m.encoding from message m join event v on v.id = m.event_id
    where m.id = $2 and v.tenant_id = $1`,
}

/** $1 tenant, $2 message → its deliveries to endpoints that are there */
export const selectDeliveriesOfMessage = {
  name: 'select_deliveries_of_message',
  text: `
    select ${columns}, d.endpoint_id
    from delivery d
    join webhook_endpoint e on e.id = d.endpoint_id and e.deleted_at is null
    ${sources}
    where d.message_id = $2 and d.tenant_id = $1
    order by d.id`,
}

/** $1 deliveries */
export const selectAttempts = {
  name: 'select_attempts',
  text: `
    select delivery_id, number, started_at, duration_ms, response_status, response_body, error
    from attempt where delivery_id = any($1::uuid[]) order by delivery_id, number`,
}
