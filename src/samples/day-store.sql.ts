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

/**
 * $1 user, $2 provider, $3 device names, $4 data type, $5 days → the user's zone with each of these devices that is
 * known, and what is stored of it on each of these days. Locks nothing.
 */
export const selectForMerge = {
  name: 'select_for_merge',
  text: `
    select u.timezone, v.id as "deviceId", v.name, v.version, v.kind,
           d.day - date '1970-01-01' as day, d.revision, d.count, d.packed, d.values::text
    from app_user u
    left join device v on v.user_id = u.id and v.provider = $2 and v.name = any($3::text[])
    left join sample_day d on d.user_id = u.id and d.data_type = $4 and d.device_id = v.id
      and d.day = any(array(select date '1970-01-01' + k from unnest($5::int[]) as k))
    where u.id = $1`,
}

/**
 * $1 user, $2 data type, $3 the user's zone or null, $4 now, $5 dates in that zone, $16 and $17 between
 * which the changes of each lie, $18 whether something was removed; then a value a row: $6 day, $7 device,
 * $8 the revision that it was read at (0: there was none), $9 count, $10 sum, $11 min, $12 max, $13 spill, $14 packed,
 * $15 values.
 *
 * All or nothing: when a row is no longer at its revision, or the user is gone or in another zone, it fails with
 * division_by_zero, and nothing is written. A date that is marked already is locked all the same: who takes the mark
 * waits for us and then sees what we stored. Its time stays that of the first mark, so that a busy day is told too.
 */
export const writeDays = {
  name: 'write_days',
  text: `
    with owner as (
      select id from app_user where id = $1 and timezone is not distinct from $3 for key share
    ), stored as (
      insert into sample_day as d
        (user_id, data_type, day, device_id, revision, count, sum, min, max, spill, packed, values)
      select o.id, $2, date '1970-01-01' + r.day, r.device_id, r.revision + 1, r.count, r.sum, r.min, r.max,
             r.spill::float8[], r.packed, r.vals::float8[]
      from owner o,
           unnest($6::int[], $7::uuid[], $8::int[], $9::int[], $10::float8[], $11::float8[], $12::float8[],
                  $13::text[], $14::bytea[], $15::text[])
             as r (day, device_id, revision, count, sum, min, max, spill, packed, vals)
      order by r.day, r.device_id
      on conflict (user_id, data_type, day, device_id) do update
      set revision = excluded.revision, count = excluded.count, sum = excluded.sum, min = excluded.min,
          max = excluded.max, spill = excluded.spill, packed = excluded.packed, values = excluded.values
      where d.revision = excluded.revision - 1
      returning 1
    ), complete as (
      select 1 / (count(*) = cardinality($6::int[]))::int as complete from stored
    ), marked as (
      insert into changed_day as c (user_id, data_type, day, marked_at, changed_from, changed_to, has_removed)
      select $1, $2, m.day, $4, m.changed_from, m.changed_to, $18
      from complete, unnest($5::date[], $16::timestamptz[], $17::timestamptz[]) as m (day, changed_from, changed_to)
      order by m.day
      on conflict (user_id, data_type, day) do update
      set marked_at = c.marked_at, changed_from = least(c.changed_from, excluded.changed_from),
          changed_to = greatest(c.changed_to, excluded.changed_to), has_removed = c.has_removed or excluded.has_removed
    )
    select complete from complete`,
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
