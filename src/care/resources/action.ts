import { z } from 'zod'
import { raw, sql } from '../../database/sql.ts'
import { text } from '../../http/schemas.ts'
import { Instant } from '../json-api/instants.ts'
import { type Attribute, type Draft, type Resource, stored, storedInstant, storedJson } from '../json-api/resource.ts'
import { FrequencyGoal, Identifiers, JsonObject, Metrics, partColumnsOf, Windows } from '../plans/action-parts.ts'
import { actionAdherence } from '../plans/adherence.ts'
import { lockPlans, planItemAttributes, preparePlanItem, toPlan } from '../plans/plan-items.ts'
import { isPatientOf } from '../people/reach.ts'

/** True or false: never without a value. */
const flag = (name: string, otherwise: boolean): Record<string, Attribute> => ({
  [name]: { ...stored(name, z.boolean())[name]!, toColumn: (value) => value ?? otherwise },
})

/** What a patient is to do: to measure, to take, to walk. */
export const action: Resource = {
  type: 'action',
  title: 'action',
  table: 'care_action',
  organization: 'tenant_id',
  isVisibleTo: (row, groupIds) => isPatientOf(sql`${row}.patient_id`, groupIds),
  attributes: {
    ...planItemAttributes,
    ...stored('static_title', text(300), { isReadOnly: true }),
    ...flag('tracking', true),
    ...actionAdherence,
    ...storedJson('frequency_goal', FrequencyGoal, { none: null }),
    ...storedJson('identifiers', Identifiers),
    ...storedJson('details', JsonObject, { none: null }),
    ...storedJson('intake', JsonObject, { none: null }),
    ...flag('metric_required', false),
    ...storedJson('metrics', Metrics),
    ...storedJson('windows', Windows),
    ...storedInstant('created_at', Instant, { isReadOnly: true }),
    ...storedInstant('updated_at', Instant, { isReadOnly: true }),
  },
  relationships: {
    plan: toPlan,
    bundles: {
      type: 'bundle',
      table: 'care_bundle_action',
      own: 'action_id',
      other: 'bundle_id',
      orderBy: 'bundle_id',
      isOrderOfOther: true,
    },
  },
  touched: 'updated_at',
  lock: lockPlans('care_action'),
  prepare: async (request, draft) => ({
    ...(await preparePlanItem(request, draft, {
      table: raw('care_action'),
      others: 'bundles',
      othersTable: raw('care_bundle'),
    })),
    ...partColumnsOf(draft),
    ...staticTitleOf(draft),
  }),
  created: { event: 'action.created', of: { relationship: 'plan' } },
  operations: {
    fetch: { id: 'fetchAction', summary: 'Get an action' },
    create: { id: 'createAction', summary: 'Create an action', status: 201 },
    update: { id: 'updateAction', summary: 'Update an action' },
  },
}

/** What it was called when it was created: the title may change, this does not. */
const staticTitleOf = ({ isNew, attributes }: Draft) => (isNew ? { static_title: attributes['title'] } : {})
