/** $1 tenant → the settings' endpoint: what is on its way, what failed, and what it did last where it is failing */
export const selectStatus = {
  name: 'select_settings_status',
  text: `
    select e.enabled, n.processing, n.failed, case when e.failing_since is not null then e.failure end as failure,
           exists (select from delivery where endpoint_id = e.id and attempt_count > 0) as attempted
    from webhook_endpoint e
    cross join lateral (
      select count(*) filter (where status in ('pending', 'sending', 'retry'))::int as processing,
             count(*) filter (where status in ('exhausted', 'held'))::int as failed
      from delivery where endpoint_id = e.id and status in ('pending', 'sending', 'retry', 'exhausted', 'held')
    ) n
    where e.tenant_id = $1 and e.source = 'settings' and e.url is not null`,
}
