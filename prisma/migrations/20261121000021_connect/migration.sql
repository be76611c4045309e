-- Where browsers may be sent when somebody has connected a provider, or not.
alter table tenant add column redirect_origins text[] not null default '{}';

-- A person is at the provider, and will come back with this state.
create table connect_state (
  hash         bytea primary key,
  user_id      uuid not null references app_user on delete cascade,
  provider     text not null,
  -- The PKCE code verifier, sealed.
  verifier     bytea,
  -- Of the cookie that ties it to the browser it was begun in; null where it was not begun from a page of ours.
  browser_hash bytea,
  -- What the widget was opened with.
  page         jsonb not null,
  expires_at   timestamptz(3) not null
);

create index connect_state_user_id_idx on connect_state (user_id);
create index connect_state_expires_at_idx on connect_state (expires_at);

-- What lets us ask a provider for a person's data. It goes with its connection.
create table provider_grant (
  user_id          uuid not null,
  provider         text not null,
  -- Another one after each consent: what was begun under an older one has no place to go to.
  id               uuid not null,
  -- As which of the operator's applications; `sandbox` has no tokens, its data is made.
  application      text not null,
  external_user_id text,
  access_token     bytea,
  refresh_token    bytea,
  expires_at       timestamptz(3),
  scopes           text[] not null default '{}',
  -- Who is refreshing, and until when others wait.
  refresh_lease    uuid,
  refresh_until    timestamptz(3),
  next_sync_at     timestamptz(3) not null,
  created_at       timestamptz(3) not null,
  primary key (user_id, provider),
  unique (user_id, provider, id),
  foreign key (user_id, provider) references connection on delete cascade,
  check ((application = 'sandbox') = (access_token is null))
);

-- Pushes name the person as the provider does.
create index provider_grant_external_idx on provider_grant (application, external_user_id);
create index provider_grant_next_sync_at_idx on provider_grant (next_sync_at);

-- Consents that are to be given back at the provider.
create table provider_revocation (
  id               uuid primary key default gen_random_uuid(),
  provider         text not null,
  application      text not null,
  external_user_id text,
  token            bytea not null,
  failures         int not null default 0,
  next_at          timestamptz(3) not null default now()
);

create index provider_revocation_next_at_idx on provider_revocation (next_at);

-- A grant goes with its connection, its user, or all of a tenant: whatever takes it, the consent is given back.
create function note_provider_revocation() returns trigger language plpgsql as $$
begin
  insert into provider_revocation (provider, application, external_user_id, token)
  values (old.provider, old.application, old.external_user_id, coalesce(old.refresh_token, old.access_token));
  return null;
end $$;

create trigger provider_grant_deleted after delete on provider_grant
for each row when (old.access_token is not null) execute function note_provider_revocation();

-- Days to be read from a provider, the newest first.
create table backfill (
  id          uuid primary key,
  user_id     uuid not null,
  provider    text not null,
  grant_id    uuid not null,
  reason      text not null check (reason in ('connected', 'push', 'scheduled', 'requested')),
  status      text not null check (status in ('queued', 'running', 'waiting', 'done', 'failed')),
  from_day    date not null,
  to_day      date not null,
  -- The day that is read next; before from_day when all are.
  next_day    date not null,
  samples     bigint not null default 0,
  failures    int not null default 0,
  error       text,
  next_at     timestamptz(3),
  lease_token uuid,
  lease_until timestamptz(3),
  created_at  timestamptz(3) not null,
  updated_at  timestamptz(3) not null,
  foreign key (user_id, provider, grant_id) references provider_grant (user_id, provider, id) on delete cascade
);

create index backfill_user_id_idx on backfill (user_id, provider, grant_id);
create index backfill_next_at_idx on backfill (next_at) where status in ('queued', 'waiting', 'running');
create index backfill_updated_at_idx on backfill (updated_at) where status in ('done', 'failed');

-- How many requests an application has made in the window under way.
create table provider_quota (
  application text primary key,
  window_from timestamptz(3) not null,
  used        int not null
);

-- When a provider's subscriptions are looked at next.
create table provider_subscription (
  provider text primary key,
  next_at  timestamptz(3) not null
);

-- Days of the sandbox whose data was made, and until when of the day.
create table sandbox_day (
  user_id  uuid not null,
  provider text not null,
  day      date not null,
  until    timestamptz(3) not null,
  primary key (user_id, provider, day),
  foreign key (user_id, provider) references provider_grant on delete cascade
);
