/** $1 tenant → the settings' endpoint: what is on its way, what failed, and how the latest attempt went */
export const selectStatus = {
  name: 'select_settings_status',
  text: `
    select e.enabled, n.processing, n.failed, a.response_status as status, a.error, a.delivery_id is not null as attempted
    from webhook_endpoint e
    cross join lateral (
      select count(*) filter (where status in ('pending', 'sending', 'retry'))::int as processing,
             count(*) filter (where status in ('exhausted', 'held'))::int as failed
      from delivery where endpoint_id = e.id and status in ('pending', 'sending', 'retry', 'exhausted', 'held')
    ) n
    left join lateral (
      select a.* from delivery d join attempt a on a.delivery_id = d.id
      where d.endpoint_id = e.id and d.attempt_count > 0
      order by d.updated_at desc, a.number desc limit 1
    ) a on true
    where e.tenant_id = $1 and e.source = 'settings' and e.url is not null`,
}
