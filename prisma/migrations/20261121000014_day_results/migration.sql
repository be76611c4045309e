-- What a device has of a day is a result of the patient, with an id of its own. Its last digit is 0: the n-th day after it,
-- which a sample that ends there leaves a part to, is a result with the same id but for that digit, which is n.
alter table sample_day
  add column id uuid not null default overlay(gen_random_uuid()::text placing '0' from 36)::uuid,
  add column created_at timestamptz(3) not null default now(),
  add column updated_at timestamptz(3) not null default now();
create index sample_day_id_idx on sample_day (id);
