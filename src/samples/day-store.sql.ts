/** Days travel as whole numbers since 1970-01-01, and arrays of arrays as the text of their literals. */

/**
 * $1 user, $2 data type → the user's zone, when the user exists. Until the transaction ends, nobody else writes days of this user
 * and type, rows that are not there yet included, and the user is not deleted.
 */
export const lockDays = {
  name: 'lock_days',
  text: `
    select timezone, pg_advisory_xact_lock(hashtextextended($1::text || ':' || $2::text, 0))
    from app_user where id = $1::uuid for key share`,
}

/** $1 user, $2 provider */
export const selectDevices = {
  name: 'select_devices',
  text: `select id, name, version, kind from device where user_id = $1 and provider = $2`,
}

/** $1 user, $2 provider, $3 ids, $4 names, $5 versions, $6 kinds, sorted by name (so that two writers do not deadlock) */
export const upsertDevices = {
  name: 'upsert_devices',
  text: `
    insert into device (id, user_id, provider, name, version, kind)
    select d.id, $1, $2, d.name, d.version, d.kind
    from unnest($3::uuid[], $4::text[], $5::text[], $6::text[]) as d (id, name, version, kind)
    on conflict (user_id, provider, name) do update
    set version = coalesce(excluded.version, device.version), kind = coalesce(excluded.kind, device.kind)
    returning id, name, version, kind`,
}

/**
 * $1 user, $2 data type, $3 days, $4 devices → what is stored of these (day, device) pairs; nobody else changes the rows
 * until the transaction ends
 */
export const selectDays = {
  name: 'select_days',
  text: `
    select d.day - date '1970-01-01' as day, d.device_id as "deviceId",
           d.revision, d.count, d.packed, d.values::text
    from sample_day d
    join unnest($3::int[], $4::uuid[]) as k (day, device_id)
      on d.day = date '1970-01-01' + k.day and d.device_id = k.device_id
    where d.user_id = $1 and d.data_type = $2
    order by d.day, d.device_id
    for update of d`,
}

/** $1 user, $2 data type, $3 provider, $4 device name or null, $5 day, $6 device (both: after which), $7 last day, $8 limit */
export const selectDaysInRange = {
  name: 'select_days_in_range',
  text: `
    select d.day - date '1970-01-01' as day, d.device_id as "deviceId",
           d.revision, d.count, d.packed, d.values::text
    from sample_day d
    join device v on v.id = d.device_id
    where d.user_id = $1 and d.data_type = $2 and v.provider = $3 and ($4::text is null or v.name = $4)
      and (d.day, d.device_id) > (date '1970-01-01' + $5::int, $6::uuid) and d.day <= date '1970-01-01' + $7::int
      and d.count > 0
    order by d.day, d.device_id
    limit $8
    for update of d`,
}
