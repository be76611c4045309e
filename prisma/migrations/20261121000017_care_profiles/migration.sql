-- Of two ids and what they are combined to, any two give the third.
create function uuid_xor(a uuid, b uuid) returns uuid language sql immutable parallel safe as $$
  select encode(
    int8send(('x' || left(encode(uuid_send(a), 'hex'), 16))::bit(64)::bigint
           # ('x' || left(encode(uuid_send(b), 'hex'), 16))::bit(64)::bigint)
    || int8send(('x' || right(encode(uuid_send(a), 'hex'), 16))::bit(64)::bigint
              # ('x' || right(encode(uuid_send(b), 'hex'), 16))::bit(64)::bigint), 'hex')::uuid
$$;
create function uuid_xor(all_of uuid[], b uuid) returns uuid[] language sql immutable parallel safe as $$
  select array_agg(uuid_xor(a, b)) from unnest(all_of) a
$$;

-- What patients are asked of their health. A patient and a definition make a question, whose id is the patient's
-- combined with `mask`: no row says so, and what a definition asks for is asked at every moment.
create table health_question_definition (
  id uuid primary key,
  tenant_id uuid not null references tenant on delete cascade,
  category text not null check (category in ('lifestyle_behaviors', 'mental_wellbeing', 'preventative_care')),
  text text not null,
  format jsonb not null,
  requirements jsonb not null default '[]',
  -- What the requirements come to: the first and the last age in whole years, null where there is none.
  min_age int,
  max_age int,
  excluded_ages int[] not null default '{}',
  -- `unknown` is who has none.
  genders text[] not null default '{male,female,other,unknown}',
  mask uuid not null default gen_random_uuid(),
  created_at timestamptz(3) not null default now()
);
create index health_question_definition_tenant_id_id_idx on health_question_definition (tenant_id, id);

create table health_profile_answer (
  id uuid primary key,
  tenant_id uuid not null references tenant on delete cascade,
  patient_id uuid not null references app_user on delete cascade,
  definition_id uuid not null references health_question_definition on delete cascade,
  latest jsonb not null,
  history jsonb not null default '[]',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create unique index health_profile_answer_patient_id_definition_id_idx
  on health_profile_answer (patient_id, definition_id);
create index health_profile_answer_patient_id_id_idx on health_profile_answer (patient_id, id);
create index health_profile_answer_tenant_id_id_idx on health_profile_answer (tenant_id, id);
create index health_profile_answer_definition_id_idx on health_profile_answer (definition_id);

create table email_history (
  id uuid primary key,
  tenant_id uuid not null references tenant on delete cascade,
  receiver_patient_id uuid references app_user on delete cascade,
  receiver_coach_id uuid references coach on delete cascade,
  sender_patient_id uuid references app_user on delete cascade,
  sender_coach_id uuid references coach on delete cascade,
  -- Whom it is listed by, whatever they are.
  receiver_id uuid not null generated always as (coalesce(receiver_patient_id, receiver_coach_id)) stored,
  sender_id uuid generated always as (coalesce(sender_patient_id, sender_coach_id)) stored,
  twine_email_id text,
  email_address text,
  email_type text,
  send_time timestamptz(3) not null,
  status_times jsonb,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  check (num_nonnulls(receiver_patient_id, receiver_coach_id) = 1),
  check (num_nonnulls(sender_patient_id, sender_coach_id) <= 1)
);
create unique index email_history_twine_email_id_idx on email_history (tenant_id, twine_email_id);
create index email_history_receiver_id_id_idx on email_history (receiver_id, id);
create index email_history_receiver_id_send_time_id_idx on email_history (receiver_id, send_time, id);
create index email_history_receiver_id_email_type_idx on email_history (receiver_id, email_type, send_time, id);
create index email_history_sender_id_id_idx on email_history (sender_id, id);
create index email_history_sender_id_send_time_id_idx on email_history (sender_id, send_time, id);
create index email_history_sender_id_email_type_idx on email_history (sender_id, email_type, send_time, id);
-- For what goes with a person.
create index email_history_receiver_patient_id_idx on email_history (receiver_patient_id)
  where receiver_patient_id is not null;
create index email_history_receiver_coach_id_idx on email_history (receiver_coach_id)
  where receiver_coach_id is not null;
create index email_history_sender_patient_id_idx on email_history (sender_patient_id)
  where sender_patient_id is not null;
create index email_history_sender_coach_id_idx on email_history (sender_coach_id)
  where sender_coach_id is not null;
create index email_history_tenant_id_idx on email_history (tenant_id);
