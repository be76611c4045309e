/** $1 user, $2 tenant */
export const selectUserOfTenant = {
  name: 'select_user_of_tenant',
  text: `select id from app_user where id = $1 and tenant_id = $2`,
}

/**
 * $1 user, $2 data type, $3 start and $4 end in ms, $5 limit, and the last sample of the page before: $6 start in ms,
 * $7 duration, $8 device (a start before $3 for the first page).
 *
 * Only the days that hold the page are unfolded: `before` counts what the days ahead of each hold, less the first day,
 * of which the cursor may have passed any part.
 */
export const selectSamples = {
  name: 'select_samples',
  text: `
    with days as (
      select day, sum(sum(count)) over (order by day) - sum(count) - first_value(sum(count)) over (order by day) as before
      from sample_day
      where user_id = $1 and data_type = $2 and count > 0
        and day >= date '1970-01-01' + (greatest($3::bigint, $6::bigint) / 86400000)::int
        and day <= date '1970-01-01' + (($4::bigint - 1) / 86400000)::int
      group by day
    ), unfolded as (
      select d.device_id, (d.day - date '1970-01-01')::bigint * 86400000 + s.start_ms as start, s.duration_ms, s.value
      from sample_day d
      cross join lateral unnest(d.starts, d.durations, d.values) as s (start_ms, duration_ms, value)
      where d.user_id = $1 and d.data_type = $2 and d.day in (select day from days where before < $5)
    )
    select s.start::float8 as start, s.duration_ms as "durationMs", s.device_id as "deviceId", v.name as "deviceName", s.value
    from unfolded s
    join device v on v.id = s.device_id
    where s.start >= $3 and s.start < $4 and (s.start, s.duration_ms, s.device_id) > ($6::bigint, $7::int, $8::uuid)
    order by s.start, s.duration_ms, s.device_id
    limit $5`,
}
