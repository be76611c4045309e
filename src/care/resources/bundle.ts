import { raw, sql } from '../../database/sql.ts'
import { Instant } from '../json-api/instants.ts'
import { type Resource, storedInstant } from '../json-api/resource.ts'
import { lockPlans, planItemAttributes, preparePlanItem, toPlan } from '../plans/plan-items.ts'
import { isPatientOf } from '../people/reach.ts'

/** Actions of a plan that belong together, in their order. */
export const bundle: Resource = {
  type: 'bundle',
  title: 'bundle',
  table: 'care_bundle',
  organization: 'tenant_id',
  isVisibleTo: (row, groupIds) => isPatientOf(sql`${row}.patient_id`, groupIds),
  attributes: {
    ...planItemAttributes,
    ...storedInstant('created_at', Instant, { isReadOnly: true }),
    ...storedInstant('updated_at', Instant, { isReadOnly: true }),
  },
  relationships: {
    plan: toPlan,
    actions: {
      type: 'action',
      table: 'care_bundle_action',
      own: 'bundle_id',
      other: 'action_id',
      // Published as one object, though they are several.
      mayBeOne: true,
    },
  },
  touched: 'updated_at',
  lock: lockPlans('care_bundle'),
  prepare: (request, draft) =>
    preparePlanItem(request, draft, {
      table: raw('care_bundle'),
      others: 'actions',
      othersTable: raw('care_action'),
    }),
  created: { event: 'bundle.created', of: { relationship: 'plan' } },
  operations: {
    fetch: { id: 'fetchBundle', summary: 'Get a bundle' },
    create: { id: 'createBundle', summary: 'Create a bundle', status: 200 },
    update: { id: 'updateBundle', summary: 'Update a bundle' },
  },
}
