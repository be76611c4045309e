-- An event's place in the change feed. Given when the feed is first read past it, in the order of numbering: an event
-- whose transaction commits late is numbered late, so no reader's cursor is ever ahead of an event to come. Transaction
-- ids would order events too, but they do not survive a restore into another server.
alter table event add column position bigint;
alter table tenant add column last_position bigint not null default 0;

create unique index event_feed_idx on event (tenant_id, position);
create index event_unnumbered_idx on event (tenant_id, id) where position is null and type <> 'ping';
