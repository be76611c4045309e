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
    -- Steps from type to type through the index: most users have few of those that may be asked for.
    cross join lateral (
      with recursive recorded (data_type) as (
        (select data_type from sample_day where user_id = u.id order by data_type limit 1)
        union all
        select (
          select data_type from sample_day where user_id = u.id and data_type > p.data_type order by data_type limit 1
        )
        from recorded p where p.data_type is not null
      )
      select data_type from recorded where data_type = any (string_to_array(r.types, ','))
    ) t
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
 * By range: $1 the request that it is of, $2 user, $3 tenant, $4 data type, $5 first and $6 last day → by request, the
 * samples of the days of connected providers' devices that reach into these days, and of the days that those reach into:
 * all that overlaps what overlaps, for merging.
 */
export const selectSeries = {
  name: 'select_series',
  text: `
    with reaching as (
      select w.request, w.user_id, u.source_priority, w.data_type,
             min(d.day) as first, max(d.day + coalesce(cardinality(d.spill), 0)) as last
      from unnest($1::int[], $2::uuid[], $3::uuid[], $4::text[], $5::date[], $6::date[])
        as w (request, user_id, tenant_id, data_type, first, last)
      join app_user u on u.id = w.user_id and u.tenant_id = w.tenant_id
      cross join lateral (
        select day, spill from sample_day
        where user_id = w.user_id and data_type = w.data_type and day between w.first - 7 and w.last
          and (day >= w.first or cardinality(spill) >= w.first - day)
        offset 0
      ) d
      group by w.request, w.user_id, u.source_priority, w.data_type
    )
    select r.request, r.source_priority as priority, v.provider, d.data_type as "dataType", d.device_id as "deviceId",
           v.name as "deviceName", v.kind as "deviceKind", d.day - date '1970-01-01' as day, d.count, d.packed, d.values::text
    from reaching r
    cross join lateral (
      select * from sample_day
      where user_id = r.user_id and data_type = r.data_type
        and day between r.first - 7 and r.last and (day >= r.first or cardinality(spill) >= r.first - day)
      offset 0
    ) d
    join device v on v.id = d.device_id
    join connection c on c.user_id = r.user_id and c.provider = v.provider
    order by r.request, v.provider, d.data_type, v.name, d.device_id, d.day`,
}
