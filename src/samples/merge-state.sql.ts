/**
 * By request $1 users, $2 providers, $3 data types; $4 requests (from 1) and $5 device names; $6 requests and $7 days →
 * by request the user's zone with each of these devices that is known, and what is stored of it on each of these days;
 * where one is not known, how many the user has of that provider.
 * Locks nothing.
 */
export const selectForMerge = {
  name: 'select_for_merge',
  text: `
    select r.request::int as request, u.timezone,
           case when v.id is null then (select count(*)::int from device c where c.user_id = u.id and c.provider = r.provider)
           end as "deviceCount", v.id as "deviceId", v.name, v.version, v.kind,
           d.day - date '1970-01-01' as day, d.revision, d.count, d.packed, d.values::text
    from unnest($1::uuid[], $2::text[], $3::text[]) with ordinality as r (user_id, provider, data_type, request)
    join app_user u on u.id = r.user_id
    left join unnest($4::int[], $5::text[]) as n (request, name) on n.request = r.request
    left join device v on v.user_id = u.id and v.provider = r.provider and v.name = n.name
    left join unnest($6::int[], $7::int[]) as k (request, day) on k.request = r.request
    left join sample_day d on d.user_id = u.id and d.data_type = r.data_type and d.device_id = v.id
      and d.day = date '1970-01-01' + k.day`,
}
