-- The latest failure of an endpoint that is failing: in the partner's words when the settings are asked how it goes.
alter table webhook_endpoint add column failed_at timestamptz(3), add column failure text;
update webhook_endpoint set failed_at = failing_since where failing_since is not null;
