/**
 * $1 user, $2 tenant, $3 date, $4 data types → a row for each device of a connected provider that touches the day.
 * `total` takes off what the day's samples leave to later days, and adds what earlier days' samples leave to it.
 * Reads no arrays of samples.
 */
export const selectDeviceTotals = {
  name: 'select_device_totals',
  text: `
    select v.provider, d.data_type as "dataType",
           sum(case when d.day = $3 then d.sum - coalesce((select sum(part) from unnest(d.spill) as part), 0)
                    else d.spill[$3::date - d.day] end) as total,
           coalesce(sum(d.count) filter (where d.day = $3), 0)::int as count,
           sum(d.sum) filter (where d.day = $3) as sum,
           min(d.min) filter (where d.day = $3) as min,
           max(d.max) filter (where d.day = $3) as max
    from app_user u
    join sample_day d on d.user_id = u.id
    join device v on v.id = d.device_id
    join connection c on c.user_id = u.id and c.provider = v.provider
    where u.id = $1 and u.tenant_id = $2 and d.data_type = any($4::text[])
      and d.day between $3::date - 7 and $3::date and (d.day = $3 or cardinality(d.spill) >= $3::date - d.day)
    group by v.provider, d.data_type, d.device_id
    order by v.provider, d.data_type, d.device_id`,
}

/** $1 user, $2 tenant, $3 date, $4 data type → the day's samples, an array a device */
export const selectDeviceSamples = {
  name: 'select_device_samples',
  text: `
    select v.provider, v.name as "deviceName", d.starts::text, d.values::text
    from app_user u
    join sample_day d on d.user_id = u.id
    join device v on v.id = d.device_id
    join connection c on c.user_id = u.id and c.provider = v.provider
    where u.id = $1 and u.tenant_id = $2 and d.data_type = $4 and d.day = $3 and d.count > 0
    order by v.provider, d.device_id`,
}
