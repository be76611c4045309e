alter table app_user
  -- The zone whose days webhooks tell of; UTC where null.
  add column timezone text,
  -- Names and kinds of devices, best first: which of those that counted the same is believed.
  add column source_priority text[] not null default '{}';

-- What the sender said it is; guessed from the name where null.
alter table device add column kind text check
  (kind in ('watch', 'band', 'ring', 'phone', 'other', 'merged_hourly', 'merged_daily'));

-- Providers that were disconnected: a phone that goes on sending does not connect them again.
create table disconnection (
  user_id         uuid not null references app_user on delete cascade,
  provider        text not null,
  disconnected_at timestamptz(3) not null,
  primary key (user_id, provider)
);

-- Devices for remote patient monitoring: each measures one person.
create table rpm_device (
  tenant_id      uuid not null references tenant on delete cascade,
  provider       text not null,
  device_id      text not null,
  user_id        uuid not null references app_user on delete cascade,
  -- Whom the provider knows the device's wearer as.
  device_user_id text not null,
  connected_at   timestamptz(3) not null,
  primary key (tenant_id, provider, device_id)
);

create index rpm_device_user_id_idx on rpm_device (user_id, provider);
