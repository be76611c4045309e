-- A delivery that is sent again begins its retry schedule anew, while its attempts go on being counted.
alter table delivery add column attempts_before int not null default 0;

-- What retention looks for.
create index event_occurred_at_idx on event (occurred_at);
-- What GET /settings/webhook asks for.
create index delivery_latest_idx on delivery (endpoint_id, updated_at) where attempt_count > 0;
