-- What is to happen, or happened, with a patient on a day or at a time.
create table calendar_event (
  id uuid primary key,
  tenant_id uuid not null references tenant on delete cascade,
  patient_id uuid not null references app_user on delete cascade,
  type text not null,
  time_zone text not null,
  all_day boolean not null,
  start_at timestamptz(3) not null,
  end_at timestamptz(3),
  title text not null,
  location text,
  description text,
  completed_at timestamptz(3),
  completed_by uuid references coach on delete set null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index calendar_event_tenant_id_id_idx on calendar_event (tenant_id, id);
create index calendar_event_tenant_id_type_id_idx on calendar_event (tenant_id, type, id);
create index calendar_event_tenant_id_start_at_id_idx on calendar_event (tenant_id, start_at, id);
create index calendar_event_tenant_id_end_at_idx on calendar_event (tenant_id, end_at);
create index calendar_event_tenant_id_completed_at_idx on calendar_event (tenant_id, completed_at);
create index calendar_event_tenant_id_created_at_idx on calendar_event (tenant_id, created_at);
create index calendar_event_tenant_id_updated_at_idx on calendar_event (tenant_id, updated_at);
create index calendar_event_patient_id_id_idx on calendar_event (patient_id, id);
create index calendar_event_patient_id_start_at_id_idx on calendar_event (patient_id, start_at, id);
create index calendar_event_completed_by_idx on calendar_event (completed_by);

create table calendar_event_attendee (
  id uuid primary key,
  tenant_id uuid not null references tenant on delete cascade,
  event_id uuid not null references calendar_event on delete cascade,
  patient_id uuid references app_user on delete cascade,
  coach_id uuid references coach on delete cascade,
  position int not null,
  response_status text not null,
  check ((patient_id is null) <> (coach_id is null))
);
create unique index calendar_event_attendee_event_id_patient_id_idx on calendar_event_attendee (event_id, patient_id);
create unique index calendar_event_attendee_event_id_coach_id_idx on calendar_event_attendee (event_id, coach_id);
create index calendar_event_attendee_patient_id_idx on calendar_event_attendee (patient_id, event_id);
create index calendar_event_attendee_coach_id_idx on calendar_event_attendee (coach_id, event_id);
create index calendar_event_attendee_tenant_id_idx on calendar_event_attendee (tenant_id);

-- The last response of each attendee. Event and person are the attendee's: it goes with either.
create table calendar_event_response (
  id uuid primary key,
  tenant_id uuid not null references tenant on delete cascade,
  attendee_id uuid not null references calendar_event_attendee on delete cascade,
  event_id uuid not null,
  patient_id uuid,
  coach_id uuid,
  response_status text not null
);
create index calendar_event_response_attendee_id_idx on calendar_event_response (attendee_id);
create index calendar_event_response_tenant_id_idx on calendar_event_response (tenant_id);
