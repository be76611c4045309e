-- Care teams: a group of patients and coaches within an organization, which a tenant is.
create table care_group (
  id uuid primary key,
  tenant_id uuid not null references tenant on delete cascade,
  name text not null,
  bio text,
  created_at timestamptz(3) not null default now()
);
create index care_group_tenant_id_id_idx on care_group (tenant_id, id);
create index care_group_tenant_id_name_idx on care_group (tenant_id, name);

-- What asks for tokens of the Care API. Without groups it is the whole organization's.
create table oauth_client (
  id text primary key,
  tenant_id uuid not null references tenant on delete cascade,
  secret_hash bytea not null,
  is_for_organization boolean not null,
  created_at timestamptz(3) not null default now(),
  revoked_at timestamptz(3)
);
create index oauth_client_tenant_id_idx on oauth_client (tenant_id);

create table oauth_client_group (
  client_id text not null references oauth_client on delete cascade,
  group_id uuid not null references care_group on delete cascade,
  primary key (client_id, group_id)
);
create index oauth_client_group_group_id_idx on oauth_client_group (group_id);

-- An access token and the refresh token that renews it. Those that descend from the same grant are a family.
create table oauth_token (
  id uuid primary key,
  client_id text not null references oauth_client on delete cascade,
  family_id uuid not null,
  access_hash bytea not null unique,
  refresh_hash bytea not null unique,
  created_at timestamptz(3) not null,
  access_expires_at timestamptz(3) not null,
  refresh_expires_at timestamptz(3) not null,
  refreshed_at timestamptz(3),
  revoked_at timestamptz(3)
);
create index oauth_token_client_id_idx on oauth_token (client_id);
create index oauth_token_family_id_idx on oauth_token (family_id);
create index oauth_token_refresh_expires_at_idx on oauth_token (refresh_expires_at);
