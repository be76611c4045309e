-- Accounts and what belongs to one environment of an account (a tenant).

create table account (
  id         uuid primary key,
  name       text not null,
  created_at timestamptz(3) not null default now()
);

create table tenant (
  id          uuid primary key,
  account_id  uuid not null references account on delete cascade,
  environment text not null check (environment in ('live', 'sandbox')),
  unique (account_id, environment)
);

create table api_key (
  id           uuid primary key,
  tenant_id    uuid not null references tenant on delete cascade,
  kind         text not null check (kind in ('secret', 'client')),
  name         text,
  prefix       text not null,
  hash         bytea not null unique,
  created_at   timestamptz(3) not null default now(),
  last_used_at timestamptz(3),
  revoked_at   timestamptz(3)
);

create index api_key_tenant_id_idx on api_key (tenant_id);

-- Persons, how they are connected, and the tokens that act for them.

create table app_user (
  id          uuid primary key,
  tenant_id   uuid not null references tenant on delete cascade,
  app_user_id text not null,
  created_at  timestamptz(3) not null default now(),
  unique (tenant_id, app_user_id)
);

create table connection (
  user_id      uuid not null references app_user on delete cascade,
  provider     text not null,
  connected_at timestamptz(3) not null default now(),
  primary key (user_id, provider)
);

create table connect_token (
  hash       bytea primary key,
  user_id    uuid not null references app_user on delete cascade,
  expires_at timestamptz(3) not null
);

create index connect_token_user_id_idx on connect_token (user_id);
create index connect_token_expires_at_idx on connect_token (expires_at);

-- One grant; every access and refresh token that descends from it is revoked with it.
create table token_family (
  id         uuid primary key,
  user_id    uuid not null references app_user on delete cascade,
  provider   text not null,
  created_at timestamptz(3) not null default now(),
  revoked_at timestamptz(3)
);

create index token_family_user_id_idx on token_family (user_id, provider);

create table user_token (
  hash       bytea primary key,
  family_id  uuid not null references token_family on delete cascade,
  kind       text not null check (kind in ('access', 'refresh')),
  expires_at timestamptz(3) not null,
  used_at    timestamptz(3)
);

create index user_token_family_id_idx on user_token (family_id);
create index user_token_expires_at_idx on user_token (expires_at);

-- Samples: a row is what one device recorded of one type for one user on one UTC day.

create table device (
  id         uuid primary key,
  user_id    uuid not null references app_user on delete cascade,
  provider   text not null,
  name       text not null,
  version    text,
  created_at timestamptz(3) not null default now(),
  unique (user_id, provider, name)
);

create table sample_day (
  user_id   uuid not null references app_user on delete cascade,
  data_type text not null,
  day       date not null,
  device_id uuid not null,
  revision  int not null default 1,
  count     int not null,
  sum       double precision not null,
  min       double precision,
  max       double precision,
  -- The parts of the sum that fall on the days after this one, the next day's first.
  spill     double precision[],
  -- Samples that start on this day, sorted by start, then duration; offsets in ms from 00:00 UTC.
  starts    int[] not null,
  durations int[] not null,
  values    double precision[] not null,
  primary key (user_id, data_type, day, device_id)
);

-- Days whose change no webhook has told of yet.
create table changed_day (
  user_id   uuid not null references app_user on delete cascade,
  data_type text not null,
  day       date not null,
  marked_at timestamptz(3) not null,
  primary key (user_id, data_type, day)
);

create index changed_day_marked_at_idx on changed_day (marked_at);

-- Single samples for whoever queries in SQL; the server itself reads the arrays.
create view samples as
select d.user_id, d.data_type, v.provider, v.name as device_name,
       (d.day::timestamp + s.start_ms * interval '1 ms') at time zone 'UTC' as start_date,
       (d.day::timestamp + (s.start_ms::bigint + s.duration_ms) * interval '1 ms') at time zone 'UTC' as end_date,
       s.value
from sample_day d
join device v on v.id = d.device_id
cross join lateral unnest(d.starts, d.durations, d.values) as s (start_ms, duration_ms, value);

-- Webhooks: event → message → delivery → attempt.

create table webhook_endpoint (
  id         uuid primary key,
  tenant_id  uuid not null references tenant on delete cascade,
  source     text not null check (source in ('settings', 'api')),
  url        text,
  enabled    boolean not null,
  secret     bytea not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);

create index webhook_endpoint_tenant_id_idx on webhook_endpoint (tenant_id);
-- The Devices API's settings hold one endpoint.
create unique index webhook_endpoint_settings_idx on webhook_endpoint (tenant_id) where source = 'settings';

create table event (
  id          uuid primary key,
  tenant_id   uuid not null references tenant on delete cascade,
  user_id     uuid references app_user on delete cascade,
  type        text not null,
  data        jsonb not null,
  occurred_at timestamptz(3) not null
);

create index event_user_id_idx on event (user_id);
create index event_ping_idx on event (id) where type = 'ping';

-- The exact bytes that every attempt sends.
create table message (
  id         text primary key,
  event_id   uuid not null references event on delete cascade,
  body       bytea not null,
  created_at timestamptz(3) not null
);

create index message_event_id_idx on message (event_id);

create table delivery (
  id            uuid primary key,
  tenant_id     uuid not null references tenant on delete cascade,
  message_id    text not null references message on delete cascade,
  endpoint_id   uuid not null references webhook_endpoint on delete cascade,
  status        text not null check (status in
                  ('pending', 'sending', 'delivered', 'retry', 'exhausted', 'held', 'cancelled')),
  attempt_count int not null default 0,
  next_at       timestamptz(3),
  lease_token   uuid,
  lease_until   timestamptz(3),
  created_at    timestamptz(3) not null,
  updated_at    timestamptz(3) not null,
  unique (message_id, endpoint_id)
);

-- What the sweeper looks for.
create index delivery_due_idx on delivery (next_at) where status in ('pending', 'retry');
create index delivery_lease_idx on delivery (lease_until) where status = 'sending';
create index delivery_endpoint_idx on delivery (endpoint_id, status);

create table attempt (
  delivery_id   uuid not null references delivery on delete cascade,
  number        int not null,
  started_at    timestamptz(3) not null,
  duration_ms   int not null,
  -- Null when no answer came; then error says why.
  response_status int,
  response_body bytea,
  error         text,
  primary key (delivery_id, number)
);
