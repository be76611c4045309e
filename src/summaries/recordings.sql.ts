/**
 * By request $1 users, $2 tenants, $3 days, $4 data types separated by commas → what each device of a connected provider
 * has on the UTC day, without its samples. `total` takes off what the day's samples leave to later days, and
 * adds what earlier days' samples leave to it; `count` is of samples that touch the day, as far as a row tells.
 */
export const selectDayTotals = {
  name: 'select_day_totals',
  text: `
    select r.request::int as request, v.provider, d.data_type as "dataType", d.device_id as "deviceId",
           v.name as "deviceName", v.kind as "deviceKind",
           sum(case when d.day = r.day then d.sum - coalesce((select sum(part) from unnest(d.spill) as part), 0)
                    else d.spill[r.day - d.day] end) as total,
           sum(d.count)::int as touching,
           coalesce(sum(d.count) filter (where d.day = r.day), 0)::int as count,
           sum(d.sum) filter (where d.day = r.day) as sum,
           min(d.min) filter (where d.day = r.day) as min,
           max(d.max) filter (where d.day = r.day) as max
    from unnest($1::uuid[], $2::uuid[], $3::date[], $4::text[]) with ordinality
      as r (user_id, tenant_id, day, types, request)
    join app_user u on u.id = r.user_id and u.tenant_id = r.tenant_id
    cross join unnest(string_to_array(r.types, ',')) as t (data_type)
    -- "offset 0" keeps the planner from reading all days of a user and filtering them, as it would by its statistics.
    cross join lateral (
      select * from sample_day
      where user_id = u.id and data_type = t.data_type and day between r.day - 7 and r.day
        and (day = r.day or cardinality(spill) >= r.day - day)
      offset 0
    ) d
    join device v on v.id = d.device_id
    join connection c on c.user_id = u.id and c.provider = v.provider
    group by r.request, v.provider, d.data_type, d.device_id, v.name, v.kind
    order by r.request, v.provider, d.data_type, v.name`,
}

/**
 * $1 user, $2 tenant, and by type $3 data types, $4 first and $5 last days → the samples of the days of connected
 * providers' devices that reach into these days, and of the days that those reach into: all that overlaps what
 * overlaps, for merging.
 */
export const selectSeries = {
  name: 'select_series',
  text: `
    with reaching as (
      select w.data_type, min(d.day) as first, max(d.day + coalesce(cardinality(d.spill), 0)) as last
      from unnest($3::text[], $4::date[], $5::date[]) as w (data_type, first, last)
      join sample_day d on d.user_id = $1 and d.data_type = w.data_type
      where d.day between w.first - 7 and w.last and (d.day >= w.first or cardinality(d.spill) >= w.first - d.day)
      group by w.data_type
    )
    select u.source_priority as priority, v.provider, d.data_type as "dataType", d.device_id as "deviceId",
           v.name as "deviceName", v.kind as "deviceKind", d.day - date '1970-01-01' as day, d.count, d.packed, d.values::text
    from app_user u
    join reaching r on true
    join sample_day d on d.user_id = u.id and d.data_type = r.data_type
    join device v on v.id = d.device_id
    join connection c on c.user_id = u.id and c.provider = v.provider
    where u.id = $1 and u.tenant_id = $2
      and d.day between r.first - 7 and r.last and (d.day >= r.first or cardinality(d.spill) >= r.first - d.day)
    order by v.provider, d.data_type, v.name, d.device_id, d.day`,
}
