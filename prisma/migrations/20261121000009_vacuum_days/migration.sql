-- A day is written anew with each batch, so what its former states took is given back early, or a month of heart rates
-- takes ten times its size.
alter table sample_day set (
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_cost_delay = 0,
  toast.autovacuum_vacuum_scale_factor = 0.02,
  toast.autovacuum_vacuum_cost_delay = 0
);
