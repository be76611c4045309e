-- When what changed was measured, for a night and a workout may be another day's; and whether something was removed.
alter table changed_day
  add column changed_from timestamptz(3),
  add column changed_to timestamptz(3),
  add column has_removed boolean not null default false;

update changed_day
set changed_from = day::timestamp at time zone 'UTC' - interval '1 day',
    changed_to = day::timestamp at time zone 'UTC' + interval '2 days';

alter table changed_day
  alter column changed_from set not null,
  alter column changed_to set not null;
