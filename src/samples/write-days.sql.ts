/**
 * $1 now; the owners: $2 users, $3 their zones or null; a value a row: $4 user, $5 data type, $6 day, $7 device, $8 the
 * revision that it was read at (0: there was none), $9 count, $10 sum, $11 min, $12 max, $13 spill, $14 packed, $15 values;
 * a value a device that is new: $22 id,
 * $23 user, $24 provider, $25 name, $26 version, $27 kind; a value a mark: $16 user, $17 data type, $18 date in the user's zone, $19 and $20 between which the changes lie, $21
 * whether something was removed.
 *
 * All or nothing: when a row is no longer at its revision, a device is known by now, or a user is gone or in another zone, it fails with
 * division_by_zero, and nothing is written. A date that is marked already is locked all the same: who takes the mark
 * waits for us and then sees what we stored. Its time stays that of the first mark, so that a busy day is told too.
 */
export const writeDays = {
  name: 'write_days',
  text: `
    with owner as materialized (
      select u.id from unnest($2::uuid[], $3::text[]) as o (id, timezone)
      join app_user u on u.id = o.id and u.timezone is not distinct from o.timezone
      for key share of u
    ), stored as (
      insert into sample_day as d
        (user_id, data_type, day, device_id, revision, count, sum, min, max, spill, packed, values, created_at, updated_at, reach)
      select r.user_id, r.data_type, date '1970-01-01' + r.day, r.device_id, r.revision + 1, r.count, r.sum, r.min, r.max,
             r.spill::float8[], r.packed, r.vals::float8[], $1, $1, coalesce(cardinality(r.spill::float8[]), 0)
      from unnest($4::uuid[], $5::text[], $6::int[], $7::uuid[], $8::int[], $9::int[], $10::float8[], $11::float8[],
                  $12::float8[], $13::text[], $14::bytea[], $15::text[])
             as r (user_id, data_type, day, device_id, revision, count, sum, min, max, spill, packed, vals)
      where r.user_id in (select id from owner)
      order by r.user_id, r.data_type, r.day, r.device_id
      on conflict (user_id, data_type, day, device_id) do update
      set revision = excluded.revision, count = excluded.count, sum = excluded.sum, min = excluded.min,
          max = excluded.max, spill = excluded.spill, packed = excluded.packed, values = excluded.values,
          updated_at = excluded.updated_at, reach = greatest(d.reach, excluded.reach)
      where d.revision = excluded.revision - 1
      returning 1
    ), added as (
      insert into device (id, user_id, provider, name, version, kind)
      select n.id, n.user_id, n.provider, n.name, n.version, n.kind
      from unnest($22::uuid[], $23::uuid[], $24::text[], $25::text[], $26::text[], $27::text[])
             as n (id, user_id, provider, name, version, kind)
      where n.user_id in (select id from owner)
      order by n.user_id, n.provider, n.name
      on conflict do nothing
      returning 1
    ), complete as (
      select 1 / ((select count(*) from stored) = cardinality($4::uuid[])
                  and (select count(*) from added) = cardinality($22::uuid[]))::int as complete
    ), marked as (
      insert into changed_day as c (user_id, data_type, day, marked_at, changed_from, changed_to, has_removed)
      select m.user_id, m.data_type, m.day, $1, m.changed_from, m.changed_to, m.has_removed
      from complete, unnest($16::uuid[], $17::text[], $18::date[], $19::timestamptz[], $20::timestamptz[], $21::boolean[])
                       as m (user_id, data_type, day, changed_from, changed_to, has_removed)
      order by m.user_id, m.data_type, m.day
      on conflict (user_id, data_type, day) do update
      set marked_at = c.marked_at, changed_from = least(c.changed_from, excluded.changed_from),
          changed_to = greatest(c.changed_to, excluded.changed_to), has_removed = c.has_removed or excluded.has_removed
    )
    select complete from complete`,
}
