/** Ids in the order of `n`, as those are that are given one after the other. */
const id = (kind: string) =>
  `(overlay(lpad(to_hex(n), 12, '0') || '7000${kind}' || substr(md5(n::text), 1, 12) placing '0190' from 1))::uuid`

/** $1 tenant, $2 how many → patients with what care teams write of them, a tenth of them in a group of their own */
export const insertPatients = `
  with team as (
    insert into care_group (id, tenant_id, name)
    select ${id('9000')}, $1, 'Group ' || n from generate_series(1, 10) n
    returning id, split_part(name, ' ', 2)::int as number
  ), patient as (
    insert into app_user (id, tenant_id, app_user_id, first_name, last_name, email_address, created_at, updated_at)
    select ${id('8000')}, $1, 'patient-' || n, 'First ' || n, 'Last ' || n, 'p' || n || '@example.com',
           timestamptz '2024-01-01' + n * interval '1 minute', timestamptz '2024-01-01' + n * interval '1 minute'
    from generate_series(1, $2::int) n
    returning id, split_part(app_user_id, '-', 2)::int as number
  ), member as (
    insert into patient_group (patient_id, group_id)
    select p.id, t.id from patient p join team t on t.number = 1 + p.number % 10
  )
  insert into person_identifier (id, tenant_id, patient_id, position, system, value, is_unique)
  select id, $1, id, 0, 'MRN', number::text, true from patient`

/** $1 tenant, $2 how many a patient → weights, a day apart */
export const insertMetrics = `
  insert into patient_health_metric (id, tenant_id, patient_id, type, value, unit, occurred_at)
  select ${id('a000')}, $1, p.id, 'weight', to_jsonb(60 + n % 40), 'kg', timestamptz '2024-01-01' + m * interval '1 day'
  from (select id, row_number() over (order by id) - 1 as number from app_user where tenant_id = $1) p
  cross join generate_series(0, $2::int - 1) m
  cross join lateral (select p.number * $2 + m as n) numbered
  order by n`
