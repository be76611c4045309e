-- A day's samples in one value instead of three arrays: some 3 bytes a sample instead of 16, and nothing to parse.
--
-- Byte 0: 1 when times are in ms, 2 when they are in s. Then three columns: what each start is later than the one
-- before (the first: than 00:00 UTC), durations, and values. A column is a byte for its width, and big-endian unsigned
-- numbers of 1, 2 or 4 bytes; width 0 is one number of 4 bytes that stands for all. Where not all values are whole, the
-- third is the byte 255 alone, and they are in `values`.

drop view samples;

alter table sample_day add column packed bytea;
alter table sample_day alter column values drop not null;

create function pg_temp.pack_column(numbers int[]) returns bytea language sql as $$
  select case when count(*) = 0 then '\x0000000000'::bytea
              else '\x04'::bytea || string_agg(int4send(n), ''::bytea order by at) end
  from unnest(numbers) with ordinality as u (n, at)
$$;

create function pg_temp.deltas(starts int[]) returns int[] language sql as $$
  select coalesce(array_agg(n - before order by at), '{}')
  from (select n, at, lag(n, 1, 0) over (order by at) as before from unnest(starts) with ordinality as u (n, at)) as d
$$;

update sample_day
set packed = '\x01'::bytea || pg_temp.pack_column(pg_temp.deltas(starts)) || pg_temp.pack_column(durations)
             || case when whole then pg_temp.pack_column(values::int[]) else '\xff'::bytea end,
    values = case when whole then null else values end
from (
  select user_id as u, data_type as t, day as d, device_id as v,
         not exists (select from unnest(s.values) as value where value <> trunc(value) or value < 0 or value > 2147483647) as whole
  from sample_day s
) as judged
where user_id = u and data_type = t and day = d and device_id = v;

alter table sample_day alter column packed set not null;
-- It is small already: compressing it again buys little, and every batch would pay for it.
alter table sample_day alter column packed set storage external;
alter table sample_day drop column starts, drop column durations;

-- The number at `index` of a packed column whose numbers begin at byte `at`.
create function packed_number(packed bytea, at int, width int, index int) returns bigint
language sql immutable parallel safe
return case width
  when 1 then get_byte(packed, at + index)
  when 2 then get_byte(packed, at + 2 * index) * 256 + get_byte(packed, at + 2 * index + 1)
  when 4 then (get_byte(packed, at + 4 * index) * 256 + get_byte(packed, at + 4 * index + 1)) * 65536::bigint
              + get_byte(packed, at + 4 * index + 2) * 256 + get_byte(packed, at + 4 * index + 3)
  else (get_byte(packed, at) * 256 + get_byte(packed, at + 1)) * 65536::bigint
       + get_byte(packed, at + 2) * 256 + get_byte(packed, at + 3)
end;

create function unpack_samples(day_packed bytea, day_count int, day_values double precision[])
returns table (start_ms int, duration_ms int, value double precision)
language plpgsql immutable parallel safe as $$
declare
  -- Taken out of storage once, not once a number.
  packed bytea := day_packed || ''::bytea;
  unit int := case get_byte(packed, 0) when 2 then 1000 else 1 end;
  columns int[] := '{}';
  widths int[] := '{}';
  at int := 1;
begin
  for number in 1..3 loop
    widths := widths || get_byte(packed, at);
    columns := columns || (at + 1);
    at := at + 1 + case widths[number] when 0 then 4 when 255 then 0 else widths[number] * day_count end;
  end loop;
  start_ms := 0;
  for index in 0..day_count - 1 loop
    start_ms := start_ms + unit * packed_number(packed, columns[1], widths[1], index);
    duration_ms := unit * packed_number(packed, columns[2], widths[2], index);
    value := case widths[3] when 255 then day_values[index + 1] else packed_number(packed, columns[3], widths[3], index) end;
    return next;
  end loop;
end
$$;

-- Single samples for whoever queries in SQL; the server itself reads whole days.
create view samples as
select d.user_id, d.data_type, v.provider, v.name as device_name,
       (d.day::timestamp + s.start_ms * interval '1 ms') at time zone 'UTC' as start_date,
       (d.day::timestamp + (s.start_ms::bigint + s.duration_ms) * interval '1 ms') at time zone 'UTC' as end_date,
       s.value
from sample_day d
join device v on v.id = d.device_id
cross join lateral unpack_samples(d.packed, d.count, d.values) as s;
