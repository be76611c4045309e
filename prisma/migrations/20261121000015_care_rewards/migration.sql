-- What patients of a group can earn, and when. Values are numeric: three rewards of 0.1 fit a budget of 0.3.
create table reward_program (
  id uuid primary key,
  tenant_id uuid not null references tenant on delete cascade,
  group_id uuid not null references care_group on delete cascade,
  name text not null,
  tagline text,
  description text,
  start_at timestamptz(3) not null,
  end_at timestamptz(3) not null check (end_at > start_at),
  budget_value numeric not null check (budget_value > 0),
  budget_unit text not null default 'dollar',
  duration_active float8 not null default 540 check (duration_active > 0),
  fulfill_as_earned boolean not null default false,
  frozen boolean not null default false,
  created_at timestamptz(3) not null default now()
);
create index reward_program_tenant_id_id_idx on reward_program (tenant_id, id);
create index reward_program_group_id_id_idx on reward_program (group_id, id);

-- A program for one patient: it is active until it is deactivated. The program's budget is for each of them.
create table reward_program_activation (
  id uuid primary key,
  tenant_id uuid not null references tenant on delete cascade,
  patient_id uuid not null references app_user on delete cascade,
  reward_program_id uuid not null references reward_program on delete cascade,
  activated_at timestamptz(3) not null,
  deactivated_at timestamptz(3) check (deactivated_at > activated_at),
  expires_at timestamptz(3) not null,
  -- The program's, which keeps them once it was activated.
  fulfill_as_earned boolean not null,
  budget_unit text not null,
  created_at timestamptz(3) not null default now()
);
create index reward_program_activation_tenant_id_id_idx on reward_program_activation (tenant_id, id);
create index reward_program_activation_patient_id_id_idx on reward_program_activation (patient_id, id);
create unique index reward_program_activation_unique_idx on reward_program_activation (reward_program_id, patient_id);

create table reward (
  id uuid primary key,
  tenant_id uuid not null references tenant on delete cascade,
  patient_id uuid not null references app_user on delete cascade,
  reward_program_activation_id uuid not null references reward_program_activation on delete cascade,
  thread text,
  description text not null,
  allocated_value numeric not null check (allocated_value >= 0),
  allocated_at timestamptz(3) not null,
  target_at timestamptz(3) check (target_at >= allocated_at),
  created_at timestamptz(3) not null default now()
);
create index reward_tenant_id_id_idx on reward (tenant_id, id);
create index reward_patient_id_id_idx on reward (patient_id, id);
-- What is allocated of a budget is summed at every reading and every new reward: from the index alone.
create index reward_activation_id_id_idx on reward (reward_program_activation_id, id) include (allocated_value);
create index reward_thread_idx on reward (tenant_id, thread, id);

create table reward_earning (
  id uuid primary key,
  tenant_id uuid not null references tenant on delete cascade,
  group_id uuid not null references care_group on delete cascade,
  patient_id uuid not null references app_user on delete cascade,
  reward_program_activation_id uuid not null references reward_program_activation on delete cascade,
  reward_id uuid not null unique references reward on delete cascade,
  earned_value numeric not null check (earned_value >= 0),
  earned_at timestamptz(3) not null,
  created_at timestamptz(3) not null default now()
);
create index reward_earning_tenant_id_id_idx on reward_earning (tenant_id, id);
create index reward_earning_group_id_id_idx on reward_earning (group_id, id);
create index reward_earning_patient_id_id_idx on reward_earning (patient_id, id);
create index reward_earning_activation_id_idx on reward_earning (reward_program_activation_id) include (earned_value);

create table reward_earning_fulfillment (
  id uuid primary key,
  tenant_id uuid not null references tenant on delete cascade,
  patient_id uuid not null references app_user on delete cascade,
  reward_earning_id uuid not null unique references reward_earning on delete cascade,
  fulfilled_value numeric not null check (fulfilled_value >= 0),
  fulfilled_at timestamptz(3) not null,
  created_at timestamptz(3) not null default now()
);
create index reward_earning_fulfillment_tenant_id_id_idx on reward_earning_fulfillment (tenant_id, id);
create index reward_earning_fulfillment_patient_id_id_idx on reward_earning_fulfillment (patient_id, id);
