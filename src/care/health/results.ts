import { type Sql, sql } from '../../database/sql.ts'
import { type DataType, sampleTypeOf, sampleTypes } from '../../samples/types/sample-types.ts'
import type { MetricType } from './metric-types.ts'

/** What the published API calls a type of sample, where it has a name for it. */
const metricTypes: Partial<Record<DataType, MetricType>> = {
  blood_glucose: 'blood_glucose',
  blood_pressure_diastolic: 'blood_pressure_diastolic',
  blood_pressure_systolic: 'blood_pressure_systolic',
  body_fat: 'body_fat_percentage',
  body_temperature: 'body_temperature',
  bpm: 'heart_rate',
  forced_volume: 'forced_expiratory_volume1',
  lean_mass: 'lean_body_mass',
  peak_flow: 'peak_expiratory_flow_rate',
  perfusion_index: 'peripheral_perfusion_index',
  respiratory_rate: 'respiratory_rate',
  spo2: 'oxygen_saturation',
  weight: 'weight',
}

/** An interval measures nothing. */
const measured = sampleTypes.filter(({ kind }) => kind !== 'interval')
const aggregations = { cumulative: 'sum', instantaneous: 'mean', interval: '' } as const

const types = measured
  .map(({ name }) => {
    const { kind, unit } = sampleTypeOf(name)
    const metricType = metricTypes[name]
    const quoted = metricType === undefined ? 'null' : `'${metricType}'`
    return `('${name}', '${aggregations[kind]}', ${quoted}, '${unit}')`
  })
  .join(', ')

/**
 * Of a day of a device, `d`, what earlier days' samples leave to it, and when what they leave was changed last: no sample is
 * longer than 7 days.
 */
const left = (day: string) => `
  select sum(e.spill[${day} - e.day]) as total, max(e.updated_at) as updated_at from sample_day e
  where e.user_id = d.user_id and e.data_type = d.data_type and e.device_id = d.device_id
    and e.day between ${day} - 7 and ${day} - 1 and e.reach >= ${day} - e.day`

/**
 * The id of the result of a device's day: the day, the type and the device, so that it stays the same whatever is sent.
 * The last 8 bytes of a device's id are random: they tell it from others.
 */
const idOf = (day: string) =>
  `(lpad(to_hex(${day} - date '1970-01-01'), 4, '0') || substr(md5(t.data_type), 1, 8) || '0000'
    || right(replace(d.device_id::text, '-', ''), 16))::uuid`

/** Whether a device has samples of its own on the `n`-th day after `d`, or a later day than `d` leaves it a part as well. */
const hasAnother = `exists (
  select from sample_day o
  where o.user_id = d.user_id and o.data_type = d.data_type and o.device_id = d.device_id
    and o.day between d.day + 1 and d.day + n
    and (o.day = d.day + n and o.count > 0 or cardinality(o.spill) >= d.day + n - o.day)
  -- A probe of an index for each day that is left something; without this, all days of a device are compared with all.
  offset 0)`

/**
 * What a device counted or measured of a type `t` on a UTC day: as `GET /activity` has it, before devices are merged. Its
 * two halves have the same types, and `l` is joined from the left: so Postgres does without `l` where nobody asks for it.
 */
const days = `
  select ${idOf('d.day')} as id, d.user_id, d.data_type, d.device_id, d.day, d.count, d.sum, d.created_at,
         greatest(d.updated_at, l.updated_at) as updated_at,
         d.sum - coalesce((select sum(part) from unnest(d.spill) as part), 0) + coalesce(l.total, 0) as total
  from sample_day d left join lateral (${left('d.day')}) l on true where d.data_type = t.data_type and d.count > 0
  union all
  select ${idOf('(d.day + n)')}, d.user_id, d.data_type, d.device_id, d.day + n, 0, 0::float8,
         d.created_at, l.updated_at, l.total
  from sample_day d
  cross join lateral (select ordinality::int as n from unnest(d.spill) with ordinality) following
  left join lateral (${left('(d.day + n)')}) l on true
  where d.data_type = t.data_type and d.spill <> '{}' and not ${hasAnother}`

const ofDevices = `
  select d.id, u.tenant_id, d.user_id as patient_id, coalesce(t.metric_type, t.data_type) as type, t.metric_type,
         d.day::timestamp at time zone 'UTC' as occurred_at, 'UTC' as time_zone, 'device' as channel,
         jsonb_build_object('unit', t.unit, 'value', round(
           case t.aggregation when 'sum' then d.total else d.sum / nullif(d.count, 0) end::numeric, 6)) as data,
         jsonb_build_object('source_id', replace(v.id::text, '-', ''), 'name', v.name,
                            'metadata', jsonb_build_object('provider', v.provider)) as source,
         t.aggregation, null::uuid as metric_id, d.created_at, d.updated_at, d.day as utc_day,
         (d.day + 1)::timestamp at time zone 'UTC' - interval '1 millisecond' as until
  from (values ${types}) as t (data_type, aggregation, metric_type, unit)
  cross join lateral (${days}) d
  join device v on v.id = d.device_id
  join connection c on c.user_id = d.user_id and c.provider = v.provider
  join app_user u on u.id = d.user_id`

const ofMetrics = `
  select m.id, m.tenant_id, m.patient_id, m.type, m.type, m.occurred_at, null, 'api',
         '{}'::jsonb || case when m.value is null then '{}' else jsonb_build_object('value', m.value) end
                     || case when m.systolic is null then '{}' else jsonb_build_object('systolic', m.systolic) end
                     || case when m.diastolic is null then '{}' else jsonb_build_object('diastolic', m.diastolic) end
                     || case when m.unit is null then '{}' else jsonb_build_object('unit', m.unit) end,
         null, null, m.id, m.created_at, m.created_at, (m.occurred_at at time zone 'UTC')::date, m.occurred_at
  from patient_health_metric m`

/**
 * A query of all results: what care teams measured, and what devices counted or measured on each day. Ask for those of a
 * patient, by `patient_id`, which `type` and `utc_day` narrow.
 */
export const RESULTS = `(${ofDevices} union all ${ofMetrics})`

const DAY_MS = 86_400_000

/** Whose, and of which day, the results `r` with some ids are: for these are in no index. An id may be a metric's as well. */
export function isAmongResults(ids: string[]): Sql {
  const dates = ids.map((id) => new Date(parseInt(id.slice(0, 4), 16) * DAY_MS).toISOString().slice(0, 10))
  const devices = ids.map((id) => id.slice(-17))
  const metrics = sql`from patient_health_metric where id = any(${ids}::uuid[])`
  return sql`
    r.patient_id = any(array(
      select user_id from device where right(id::text, 17) = any(${devices}) union select patient_id ${metrics}))
    and r.utc_day = any(${dates}::date[] || array(select (occurred_at at time zone 'UTC')::date ${metrics}))`
}
