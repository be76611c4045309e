-- What the metrics count, beside what the indexes of due and of leased deliveries hold.
create index delivery_undelivered_idx on delivery (status) where status in ('held', 'exhausted');
