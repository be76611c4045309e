-- Since when every attempt to reach an endpoint has failed.
alter table webhook_endpoint add column failing_since timestamptz(3);
