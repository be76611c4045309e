-- What is to go wrong with the next message of a sandbox, as one of its requests asked. Live environments have none.
create table sandbox_fault (
  tenant_id     uuid primary key references tenant on delete cascade,
  copies        int not null,
  delay_seconds int not null,
  expires_at    timestamptz(3) not null
);

-- How often it is to be sent again once it has arrived.
alter table delivery add column copies int not null default 0;
