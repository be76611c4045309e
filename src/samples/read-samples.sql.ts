/** $1 user, $2 tenant */
export const selectUserOfTenant = {
  name: 'select_user_of_tenant',
  text: `select id from app_user where id = $1 and tenant_id = $2`,
}

/**
 * $1 user, $2 data type, $3 start and $4 end in ms, $5 limit, $6 start in ms of the last sample of the page before (less
 * than $3 for the first page) → the days that hold the page: `before` counts what the days ahead of each hold, less the
 * first day, of which the cursor may have passed any part.
 */
export const selectDaysOfPage = {
  name: 'select_days_of_page',
  text: `
    with days as (
      select day, sum(sum(count)) over (order by day) - sum(count) - first_value(sum(count)) over (order by day) as before
      from sample_day
      where user_id = $1 and data_type = $2 and count > 0
        and day >= date '1970-01-01' + (greatest($3::bigint, $6::bigint) / 86400000)::int
        and day <= date '1970-01-01' + (($4::bigint - 1) / 86400000)::int
      group by day
    )
    select d.day - date '1970-01-01' as day, d.device_id as "deviceId", v.name as "deviceName",
           d.count, d.packed, d.values::text
    from sample_day d
    join device v on v.id = d.device_id
    where d.user_id = $1 and d.data_type = $2 and d.day in (select day from days where before < $5) and d.count > 0
    order by d.day`,
}
