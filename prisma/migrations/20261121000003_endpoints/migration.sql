-- Endpoints that are managed through /api/webhooks, beside the one of the Devices API's settings.
alter table webhook_endpoint
  add column format text not null default 'devices' check (format in ('devices', 'event')),
  -- Types of events that it gets; `devices.*` and `*` are patterns.
  add column events text[] not null default '{devices.*}',
  add column description text,
  -- Null when whoever set the endpoint up disabled it.
  add column disabled_reason text check (disabled_reason in ('gone', 'failing')),
  -- The secret before the last rotation, and until when it signs beside the new one.
  add column previous_secret bytea,
  add column previous_secret_until timestamptz(3),
  -- Counts what the owner changed: what an attempt before a change found says nothing about the endpoint after it.
  add column revision int not null default 1,
  -- Its deliveries are removed in bounded batches, and then the endpoint.
  add column deleted_at timestamptz(3);

alter table webhook_endpoint alter column format drop default, alter column events drop default;

-- "Send again all that did not arrive since ...", done in batches; what is done so far survives any process.
create table webhook_recovery (
  id               uuid primary key,
  endpoint_id      uuid not null references webhook_endpoint on delete cascade,
  since            timestamptz(3) not null,
  -- Deliveries of before it was asked for, in the order of their ids, up to this one.
  last_delivery_id uuid,
  recovered        int not null default 0,
  created_at       timestamptz(3) not null,
  completed_at     timestamptz(3)
);

create index webhook_recovery_endpoint_idx on webhook_recovery (endpoint_id, created_at);
create index webhook_recovery_open_idx on webhook_recovery (id) where completed_at is null;

-- Due deliveries are claimed in turns over the endpoints, first attempts apart from retries.
drop index delivery_due_idx;
drop index delivery_endpoint_idx;
create index delivery_pending_idx on delivery (endpoint_id, next_at) where status = 'pending';
create index delivery_retry_idx on delivery (endpoint_id, next_at) where status = 'retry';
-- What GET /api/webhooks/:id/deliveries pages through, and what recovery and held deliveries are found by.
create index delivery_endpoint_idx on delivery (endpoint_id, status, id);
