-- Large bodies are stored compressed (zstd). Null: as they are sent.
alter table message add column encoding text check (encoding = 'zstd');
-- What is compressed already is not worth trying again.
alter table message alter column body set storage external;
