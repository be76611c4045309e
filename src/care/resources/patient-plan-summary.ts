import { z } from 'zod'
import { raw, run, sql } from '../../database/sql.ts'
import { ZoneName } from '../../http/schemas.ts'
import { Id } from '../json-api/filters.ts'
import { refusal } from '../json-api/refusal.ts'
import { type Attribute, type Draft, type Resource, stored, type WriteRequest } from '../json-api/resource.ts'
import { JsonObject } from '../plans/action-parts.ts'
import { planAdherence } from '../plans/adherence.ts'
import { currentResults } from '../plans/current-results.ts'
import { isPatientOf, ofGroups, ofOrganization } from '../people/reach.ts'
import { windowOrder, windowOrderColumn } from '../plans/window-order.ts'

const SecondOfDay = z.number().int()
const computed = (name: string, schema: z.ZodType, read: string): Record<string, Attribute> => ({
  [name]: { schema, isReadOnly: true, isRequired: false, read: raw(read) },
})
const includes = ['actions', 'bundles', 'patient', 'current_results']

/** What a patient is to do, as a whole. Everybody has one: the patient's row is its row, and has its id. */
export const patientPlanSummary: Resource = {
  type: 'patient_plan_summary',
  title: 'plan summary',
  table: 'app_user',
  organization: 'tenant_id',
  isVisibleTo: (row, groupIds) => isPatientOf(sql`${row}.id`, groupIds),
  attributes: {
    ...planAdherence,
    critical: {
      schema: JsonObject,
      isReadOnly: false,
      isRequired: false,
      column: 'plan_critical',
      read: raw('r.plan_critical'),
      toColumn: (value) => (value === null ? null : JSON.stringify(value)),
    },
    ...stored('time_zone', ZoneName, { column: 'plan_time_zone' }),
    ...windowOrder,
    ...computed(
      'effective_from',
      z.string(),
      `(select min(a.effective_from) from care_action a where a.patient_id = r.id)`,
    ),
    // When the windows of a day begin, in seconds. Nobody can change them: they are those of the published example.
    ...computed(
      'window_notification_times',
      z.object({ morning: SecondOfDay, afternoon: SecondOfDay, evening: SecondOfDay, night: SecondOfDay }),
      `json_build_object('morning', 25200, 'afternoon', 43200, 'evening', 64800, 'night', 75600)`,
    ),
  },
  relationships: {
    actions: { type: 'action', table: 'care_action', own: 'patient_id', other: 'id', orderBy: 'id', isReadOnly: true },
    bundles: { type: 'bundle', table: 'care_bundle', own: 'patient_id', other: 'id', orderBy: 'id', isReadOnly: true },
    patient: { type: 'patient', column: 'id', isReadOnly: true },
    current_results: currentResults,
  },
  filters: {
    patient: {
      description: 'The id of a patient.',
      schema: Id,
      where: (id: string) => sql`r.id = ${id}::uuid`,
      names: { types: ['patient'], ids: (id: string) => [id] },
    },
    groups: ofGroups((groupIds) => isPatientOf(raw('r.id'), groupIds)),
    organization: ofOrganization(),
  },
  oneFilterOf: ['patient', 'groups', 'organization'],
  prepare: async (request, draft) => {
    await requireKnownZone(request, draft)
    return windowOrderColumn(request, draft)
  },
  operations: {
    list: { id: 'fetchPatientPlanSummaries', summary: 'List patient plan summaries', includes },
    fetch: { id: 'fetchPatientPlanSummary', summary: 'Get the plan summary for a patient', includes },
    update: { id: 'updatePatientPlanSummary', summary: 'Update a plan summary' },
  },
}

/** Adherence is computed by Postgres, whose database of zones may be another than ours. */
async function requireKnownZone({ tx }: WriteRequest, { attributes, pointer }: Draft): Promise<void> {
  const zone = attributes['time_zone']
  if (zone === null || zone === undefined) return
  const known = await run(tx, sql`select from pg_timezone_names where lower(name) = lower(${zone}) limit 1`)
  if (known.length === 0)
    throw refusal('conflict', `${pointer}.attributes.time_zone`, 'is a zone that is not known here')
}
