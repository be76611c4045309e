-- The last number given to a tenant's studies, batteries, participants and sessions: no sequence that tenants share.
create table study_counter (
  tenant_id uuid not null references tenant on delete cascade,
  kind text not null check (kind in ('study', 'battery', 'participant', 'session')),
  last int not null,
  primary key (tenant_id, kind)
);

create table study (
  tenant_id uuid not null references tenant on delete cascade,
  id int not null,
  name text not null,
  status text not null check (status in ('draft', 'active', 'closed')),
  start_date date,
  end_date date,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  check (end_date >= start_date)
);
create index study_status_idx on study (tenant_id, status, id);
create index study_name_idx on study (tenant_id, name, id);
create index study_start_date_idx on study (tenant_id, start_date, id);
create index study_end_date_idx on study (tenant_id, end_date, id);
create index study_created_at_idx on study (tenant_id, created_at, id);

create table study_battery (
  tenant_id uuid not null references tenant on delete cascade,
  id int not null,
  name text not null,
  tasks jsonb not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id)
);
create index study_battery_name_idx on study_battery (tenant_id, name, id);
create index study_battery_created_at_idx on study_battery (tenant_id, created_at, id);

-- A participant is a user in a study.
create table study_participant (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid primary key,
  study_id int not null,
  participant_id text not null,
  user_id uuid not null references app_user on delete cascade,
  status text not null check (status in ('invited', 'screening', 'enrolled', 'completed', 'withdrawn')),
  enrolled_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  foreign key (tenant_id, study_id) references study (tenant_id, id)
);
create unique index study_participant_participant_id_idx on study_participant (tenant_id, participant_id, study_id);
create unique index study_participant_user_id_idx on study_participant (user_id, study_id);
create index study_participant_study_id_idx on study_participant (tenant_id, study_id, id);
create index study_participant_status_idx on study_participant (tenant_id, status, id);
create index study_participant_enrolled_at_idx on study_participant (tenant_id, enrolled_at, id);
create index study_participant_created_at_idx on study_participant (tenant_id, created_at, id);

create table study_session (
  tenant_id uuid not null references tenant on delete cascade,
  id int not null,
  participant_id uuid not null references study_participant on delete cascade,
  battery_id int not null,
  status text not null check (status in ('scheduled', 'in_progress', 'completed', 'cancelled')),
  scheduled_at timestamptz(3),
  started_at timestamptz(3),
  completed_at timestamptz(3),
  results jsonb,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, battery_id) references study_battery (tenant_id, id)
);
create index study_session_participant_id_idx on study_session (participant_id, id);
create index study_session_battery_id_idx on study_session (tenant_id, battery_id, id);
create index study_session_status_idx on study_session (tenant_id, status, id);
create index study_session_scheduled_at_idx on study_session (tenant_id, scheduled_at, id);
create index study_session_started_at_idx on study_session (tenant_id, started_at, id);
create index study_session_completed_at_idx on study_session (tenant_id, completed_at, id);
create index study_session_created_at_idx on study_session (tenant_id, created_at, id);
