-- A patient has one plan, without anybody's doing: it stands in the person's own row.
alter table app_user
  add column plan_critical jsonb,
  add column plan_time_zone text,
  add column plan_window_order jsonb not null default '[]';

-- What a patient is to do: to measure, to take, to walk. Results of its types of metric, or else of its own type, are its.
create table care_action (
  id uuid primary key,
  tenant_id uuid not null references tenant on delete cascade,
  patient_id uuid not null references app_user on delete cascade,
  type text not null,
  title text not null,
  static_title text not null,
  effective_from timestamptz(3) not null,
  effective_to timestamptz(3),
  tracking boolean not null default true,
  thread text not null,
  frequency_goal jsonb,
  identifiers jsonb not null default '[]',
  details jsonb,
  intake jsonb,
  metric_required boolean not null default false,
  metrics jsonb not null default '[]',
  metric_types text[] not null default '{}',
  windows jsonb not null default '[]',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  check (effective_to > effective_from)
);
create index care_action_tenant_id_id_idx on care_action (tenant_id, id);
create index care_action_patient_id_id_idx on care_action (patient_id, id);

-- Actions of a plan that belong together.
create table care_bundle (
  id uuid primary key,
  tenant_id uuid not null references tenant on delete cascade,
  patient_id uuid not null references app_user on delete cascade,
  type text not null,
  title text not null,
  effective_from timestamptz(3) not null,
  effective_to timestamptz(3),
  thread text not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  check (effective_to > effective_from)
);
create index care_bundle_tenant_id_id_idx on care_bundle (tenant_id, id);
create index care_bundle_patient_id_id_idx on care_bundle (patient_id, id);

create table care_bundle_action (
  bundle_id uuid not null references care_bundle on delete cascade,
  action_id uuid not null references care_action on delete cascade,
  position int not null default 0,
  primary key (bundle_id, action_id)
);
create index care_bundle_action_action_id_idx on care_bundle_action (action_id);
