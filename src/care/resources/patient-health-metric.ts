import { z } from 'zod'
import { run, sql } from '../../database/sql.ts'
import { text } from '../../http/schemas.ts'
import { Instant } from '../json-api/instants.ts'
import { type New, type Resource, stored, storedInstant, storedJson, type WriteRequest } from '../json-api/resource.ts'
import { MetricType } from '../health/metric-types.ts'
import { byPatient, isPatientOf } from '../people/reach.ts'
import { isStorableJson } from '../../http/storable-json.ts'
import { findPatientByIdentifier, PatientQuery } from '../people/patient-query.ts'

const Code = z.strictObject({ system: text(300), value: text(300) })
/** Anything, within bounds. */
const Value = z
  .unknown()
  .refine(isStorableJson, 'must be JSON of 10 levels and 1000 values at most, that can be stored')

/** What was measured of a patient: a laboratory's value, a weight. */
export const patientHealthMetric: Resource = {
  type: 'patient_health_metric',
  title: 'metric',
  table: 'patient_health_metric',
  organization: 'tenant_id',
  isVisibleTo: (row, groupIds) => isPatientOf(sql`${row}.patient_id`, groupIds),
  attributes: {
    ...stored('type', MetricType, { isRequired: true }),
    ...storedJson('code', Code, { none: null }),
    ...storedJson('value', Value, { none: null }),
    ...stored('systolic', z.number()),
    ...stored('diastolic', z.number()),
    ...stored('unit', text(100)),
    ...storedInstant('occurred_at', Instant, { isRequired: true }),
  },
  relationships: {
    patient: {
      type: 'patient',
      column: 'patient_id',
      isRequired: true,
      query: { schema: PatientQuery, find: findPatientByIdentifier },
    },
  },
  filters: byPatient,
  oneFilterOf: ['patient', 'groups', 'organization'],
  created: { event: 'patient_health_metric.created', of: { relationship: 'patient' } },
  operations: {
    list: { id: 'fetchPatientHealthMetrics', summary: 'List health metrics' },
    fetch: { id: 'fetchPatientHealthMetric', summary: 'Get a health metric', isList: true },
    create: {
      id: 'createPatientHealthMetric',
      summary: 'Create a health metric, or several',
      status: 200,
      bulk: { isDuplicate, keyOf },
    },
  },
}

/** A patient has one of a type at a time. */
function keyOf({ attributes, links }: New): [string, string, Date] {
  const { type, occurred_at } = attributes as { type: string; occurred_at: string }
  return [links['patient']![0]!.id, type, new Date(occurred_at)]
}

async function isDuplicate({ tx }: WriteRequest, metric: New): Promise<boolean> {
  const [patientId, type, occurredAt] = keyOf(metric)
  const found = await run(
    tx,
    sql`select 1 from patient_health_metric
        where patient_id = ${patientId}::uuid and type = ${type} and occurred_at = ${occurredAt} limit 1`,
  )
  return found.length > 0
}
