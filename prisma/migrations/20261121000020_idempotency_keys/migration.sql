-- What a POST with an Idempotency-Key was answered, written in the transaction of what it did.
create table idempotency_key (
  tenant_id uuid not null references tenant on delete cascade,
  route text not null,
  key text not null,
  -- SHA-256 of the body
  fingerprint bytea not null,
  status int not null,
  -- Whom the answer is about. It is emptied when they are deleted.
  user_id uuid,
  -- Sealed: answers hold secrets and health values.
  answer bytea not null check (octet_length(answer) <= 1048576),
  created_at timestamptz(3) not null,
  primary key (tenant_id, route, key)
);
create index idempotency_key_user_id_idx on idempotency_key (user_id) where user_id is not null;
create index idempotency_key_created_at_idx on idempotency_key (created_at);
