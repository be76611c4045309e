-- A patient is a user: what care teams know of a person stands in the person's own row.
alter table app_user
  add column first_name text,
  add column last_name text,
  add column email_address text,
  add column phone_numbers jsonb not null default '[]',
  add column addresses jsonb not null default '[]',
  add column birth_date date,
  add column gender text check (gender in ('male', 'female', 'other')),
  add column note text,
  add column updated_at timestamptz(3) not null default now(),
  add column first_access_at timestamptz(3),
  add column invited_at timestamptz(3),
  add column enrolled_at timestamptz(3),
  add column last_access_at timestamptz(3),
  add column archived boolean not null default false,
  add column archive_history jsonb not null default '[]',
  add column statement jsonb;
update app_user set updated_at = created_at;
create index app_user_tenant_id_id_idx on app_user (tenant_id, id);
create index app_user_tenant_id_created_at_idx on app_user (tenant_id, created_at);
create index app_user_tenant_id_updated_at_idx on app_user (tenant_id, updated_at);
create index app_user_archived_idx on app_user (tenant_id, id) where archived;

create table coach (
  id uuid primary key,
  tenant_id uuid not null references tenant on delete cascade,
  first_name text,
  last_name text,
  created_at timestamptz(3) not null default now()
);
create index coach_tenant_id_id_idx on coach (tenant_id, id);

create table coach_group (
  coach_id uuid not null references coach on delete cascade,
  group_id uuid not null references care_group on delete cascade,
  position int not null default 0,
  primary key (coach_id, group_id)
);
create index coach_group_group_id_idx on coach_group (group_id, coach_id);

create table patient_group (
  patient_id uuid not null references app_user on delete cascade,
  group_id uuid not null references care_group on delete cascade,
  position int not null default 0,
  primary key (patient_id, group_id)
);
create index patient_group_group_id_idx on patient_group (group_id, patient_id);

create table patient_coach (
  patient_id uuid not null references app_user on delete cascade,
  coach_id uuid not null references coach on delete cascade,
  position int not null default 0,
  is_primary boolean not null default false,
  primary key (patient_id, coach_id)
);
create index patient_coach_coach_id_idx on patient_coach (coach_id);

-- What other systems call a person. One that is unique is so over all patients and coaches of the organization.
create table person_identifier (
  id uuid primary key,
  tenant_id uuid not null references tenant on delete cascade,
  patient_id uuid references app_user on delete cascade,
  coach_id uuid references coach on delete cascade,
  position int not null,
  label text,
  system text not null,
  value text not null,
  is_unique boolean not null,
  check ((patient_id is null) <> (coach_id is null))
);
create unique index person_identifier_unique_idx on person_identifier (tenant_id, system, value) where is_unique;
create index person_identifier_system_value_idx on person_identifier (tenant_id, system, value);
create index person_identifier_patient_id_idx on person_identifier (patient_id);
create index person_identifier_coach_id_idx on person_identifier (coach_id);
