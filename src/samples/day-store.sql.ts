/** Days travel as whole numbers since 1970-01-01, and arrays as the text of their literals. */

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

/** $1 user, $2 data type, $3 days, $4 devices → the stored samples of these (day, device) pairs */
export const selectDays = {
  name: 'select_days',
  text: `
    select d.day - date '1970-01-01' as day, d.device_id as "deviceId",
           d.starts::text, d.durations::text, d.values::text
    from sample_day d
    join unnest($3::int[], $4::uuid[]) as k (day, device_id)
      on d.day = date '1970-01-01' + k.day and d.device_id = k.device_id
    where d.user_id = $1 and d.data_type = $2`,
}

/** $1 user, $2 data type, then a value a row: $3 day, $4 device, $5 count, $6 sum, $7 min, $8 max, $9 spill, $10 starts, $11 durations, $12 values */
export const upsertDays = {
  name: 'upsert_days',
  text: `
    insert into sample_day as d
      (user_id, data_type, day, device_id, count, sum, min, max, spill, starts, durations, values)
    select $1, $2, date '1970-01-01' + r.day, r.device_id, r.count, r.sum, r.min, r.max,
           r.spill::float8[], r.starts::int[], r.durations::int[], r.vals::float8[]
    from unnest($3::int[], $4::uuid[], $5::int[], $6::float8[], $7::float8[], $8::float8[],
                $9::text[], $10::text[], $11::text[], $12::text[])
      as r (day, device_id, count, sum, min, max, spill, starts, durations, vals)
    on conflict (user_id, data_type, day, device_id) do update
    set revision = d.revision + 1, count = excluded.count, sum = excluded.sum, min = excluded.min, max = excluded.max,
        spill = excluded.spill, starts = excluded.starts, durations = excluded.durations, values = excluded.values`,
}

/**
 * $1 user, $2 data type, $3 dates in the user's zone, $4 now. A day that is marked already is locked all the same: who takes the mark
 * waits for us and then sees what we stored. Its time stays that of the first mark, so that a busy day is told too.
 */
export const markChangedDays = {
  name: 'mark_changed_days',
  text: `
    insert into changed_day as c (user_id, data_type, day, marked_at)
    select $1, $2, m.day, $4 from unnest($3::date[]) as m (day) order by m.day
    on conflict (user_id, data_type, day) do update set marked_at = c.marked_at`,
}

/** $1 user, $2 data type, $3 provider, $4 device name or null, $5 day, $6 device (both: after which), $7 last day, $8 limit */
export const selectDaysInRange = {
  name: 'select_days_in_range',
  text: `
    select d.day - date '1970-01-01' as day, d.device_id as "deviceId",
           d.starts::text, d.durations::text, d.values::text
    from sample_day d
    join device v on v.id = d.device_id
    where d.user_id = $1 and d.data_type = $2 and v.provider = $3 and ($4::text is null or v.name = $4)
      and (d.day, d.device_id) > (date '1970-01-01' + $5::int, $6::uuid) and d.day <= date '1970-01-01' + $7::int
      and d.count > 0
    order by d.day, d.device_id
    limit $8`,
}
