-- What care teams measured of a patient.
create table patient_health_metric (
  id uuid primary key,
  tenant_id uuid not null references tenant on delete cascade,
  patient_id uuid not null references app_user on delete cascade,
  type text not null,
  code jsonb,
  value jsonb,
  systolic float8,
  diastolic float8,
  unit text,
  occurred_at timestamptz(3) not null,
  created_at timestamptz(3) not null default now()
);
create index patient_health_metric_tenant_id_id_idx on patient_health_metric (tenant_id, id);
create index patient_health_metric_patient_id_id_idx on patient_health_metric (patient_id, id);
create index patient_health_metric_occurred_at_idx on patient_health_metric (patient_id, type, occurred_at);
