-- What a device has of a day is a result of the patient. `reach` is how many days after its own a row has ever left a part
-- to: theirs change with it, also when it leaves them nothing any more.
alter table sample_day
  add column created_at timestamptz(3) not null default now(),
  add column updated_at timestamptz(3) not null default now(),
  add column reach int not null default 0;
update sample_day set reach = cardinality(spill) where spill <> '{}';

-- The id of a result ends with that of its device.
create index device_id_end_idx on device (right(id::text, 17));
