import { z } from 'zod'
import { raw, type Sql, sql } from '../../database/sql.ts'
import { text } from '../../http/schemas.ts'
import { between, Ids, listOf } from '../json-api/filters.ts'
import { Instant } from '../json-api/instants.ts'
import { type Attribute, type Filter, type Resource, stored, storedInstant, storedJson } from '../json-api/resource.ts'
import { uuids } from '../json-api/visibility.ts'
import { IS_RESULT_OF_ACTION } from '../plans/adherence.ts'
import { MetricType } from '../health/metric-types.ts'
import { byPatient, isPatientOf } from '../people/reach.ts'
import { isAmongResults, RESULTS } from '../health/results.ts'

const isReadOnly = true

const latest = (column: string) => `(array_agg(a.${column} order by a.effective_from desc, a.id desc))[1]`

/** Each with the action that asked for it: of those that did, the one that began last. */
const table = `(
  select x.*, a.id as action_id, a.thread from ${RESULTS} x
  left join lateral (
    -- Aggregates are one row: where nobody asks for the action, Postgres does without it.
    select ${latest('id')} as id, ${latest('thread')} as thread from care_action a where ${IS_RESULT_OF_ACTION}
  ) a on true)`

/** What the published API says of results that people type in, of which there are none here. */
const fixed = (name: string, schema: z.ZodType, read: string): Record<string, Attribute> => ({
  [name]: { schema, isReadOnly, isRequired: false, read: raw(read) },
})

/** Of several actions that ask for the same, a result is each one's. */
const isOfAction = (condition: Sql): Sql =>
  sql`exists (select from care_action a, lateral (select r.*) x where ${condition} and ${raw(IS_RESULT_OF_ACTION)})`

const isOccurred = (operator: '>' | '<', description: string): Filter => ({
  description,
  schema: Instant,
  where: (instant: string) => sql`r.occurred_at ${raw(operator)} ${new Date(instant)}`,
})

/** What is known of a patient's health: measured by care teams, or what a device counted or measured on a day. */
export const patientHealthResult: Resource = {
  type: 'result',
  title: 'result',
  table,
  organization: 'tenant_id',
  isVisibleTo: (row, groupIds) => isPatientOf(sql`${row}.patient_id`, groupIds),
  isAmong: isAmongResults,
  attributes: {
    ...stored('type', text(100), { isReadOnly }),
    ...stored('metric_type', MetricType, { isReadOnly }),
    ...fixed('annotations', z.array(z.object({ title: z.string(), text: z.string() })), `'[]'::json`),
    ...fixed('skipped', z.boolean(), 'false'),
    ...fixed('window', z.string(), 'null::text'),
    ...fixed('external_id', z.string(), 'null::text'),
    ...storedInstant('occurred_at', Instant, { isReadOnly }),
    ...stored('occurred_at_time_zone', text(100), { column: 'time_zone', isReadOnly }),
    ...storedJson('data', z.looseObject({ value: z.unknown().optional(), unit: z.string().optional() }), {
      isReadOnly,
    }),
    ...stored('_thread', text(300), { column: 'thread', isReadOnly }),
    ...stored('channel', text(100), { isReadOnly }),
    ...storedJson(
      'source',
      z.object({ source_id: z.string(), name: z.string(), metadata: z.object({ provider: z.string() }) }),
      { isReadOnly },
    ),
    ...stored('aggregation', z.enum(['sum', 'mean']), { isReadOnly }),
    ...storedInstant('created_at', Instant, { isReadOnly }),
    ...storedInstant('updated_at', Instant, { isReadOnly }),
  },
  relationships: {
    patient: { type: 'patient', column: 'patient_id', isReadOnly },
    action: { type: 'action', column: 'action_id', isReadOnly },
    metric: { type: 'patient_health_metric', column: 'metric_id', isReadOnly },
  },
  filters: {
    patient: { ...byPatient['patient']!, isRequired: true },
    actions: {
      description: 'Ids of actions, separated by commas.',
      schema: Ids,
      where: (ids: string[]) => isOfAction(sql`a.id in (${uuids(ids)})`),
      names: { types: ['action'], ids: (ids: string[]) => ids },
    },
    threads: {
      description: 'Threads of actions, separated by commas.',
      schema: listOf(text(300)),
      where: (threads: string[]) => isOfAction(sql`a.thread = any(${threads})`),
    },
    start_at: isOccurred('>', 'After which instant it occurred.'),
    end_at: isOccurred('<', 'Before which instant it occurred.'),
    created_at: between('created_at', 'When it became known'),
    updated_at: between('updated_at', 'When it was changed last'),
  },
  operations: {
    list: { id: 'fetchPatientHealthResults', summary: 'List the health results of a patient' },
    fetch: { id: 'fetchPatientHealthResult', summary: 'Get a health result', isList: true },
  },
}
