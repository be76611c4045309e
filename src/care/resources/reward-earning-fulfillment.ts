import { run, sql } from '../../database/sql.ts'
import { Instant } from '../json-api/instants.ts'
import { refusal } from '../json-api/refusal.ts'
import { type Draft, type Resource, storedInstant, type WriteRequest } from '../json-api/resource.ts'
import { byPatient, isPatientOf } from '../people/reach.ts'
import { BudgetUnit, derived, storedValue, Value } from '../rewards/reward-attributes.ts'
import { lockActivation, lockActivations } from '../rewards/reward-rules.ts'

/** What a patient got of an earning, once. */
export const rewardEarningFulfillment: Resource = {
  type: 'reward_earning_fulfillment',
  title: 'reward earning fulfillment',
  table: 'reward_earning_fulfillment',
  organization: 'tenant_id',
  isVisibleTo: (row, groupIds) => isPatientOf(sql`${row}.patient_id`, groupIds),
  attributes: {
    ...storedValue('fulfilled_value', Value),
    ...derived(
      'fulfilled_unit',
      BudgetUnit,
      `select a.budget_unit from reward_earning e
      join reward_program_activation a on a.id = e.reward_program_activation_id where e.id = r.reward_earning_id`,
    ),
    ...storedInstant('fulfilled_at', Instant, { isRequired: true }),
  },
  relationships: {
    patient: { type: 'patient', column: 'patient_id', isReadOnly: true },
    reward_earning: { type: 'reward_earning', column: 'reward_earning_id', isRequired: true },
  },
  filters: { patient: { ...byPatient['patient']!, isRequired: true } },
  lock: lockActivations('reward_earning', 'reward_earning'),
  prepare,
  created: { event: 'reward_earning_fulfillment.created', of: { relationship: 'patient' } },
  operations: {
    list: { id: 'fetchRewardEarningFulfillments', summary: 'List reward earning fulfillments' },
    fetch: { id: 'fetchRewardEarningFulfillment', summary: 'Get a reward earning fulfillment' },
    create: { id: 'createRewardEarningFulfillment', summary: 'Create a reward earning fulfillment', status: 200 },
  },
}

async function prepare(request: WriteRequest, { attributes, links, pointer }: Draft): Promise<Record<string, unknown>> {
  const earningId = links['reward_earning']![0]!.id
  const related = `${pointer}.relationships.reward_earning.data`
  const isIt = sql`a.id = (select e.reward_program_activation_id from reward_earning e where e.id = ${earningId}::uuid)`
  const { fulfillAsEarned, deactivatedAt, patientId } = await lockActivation(request, isIt, related)
  const [earning] = await run<{ value: number; earnedAt: Date; isFulfilled: boolean }>(
    request.tx,
    sql`select earned_value::float8 as value, earned_at as "earnedAt",
          exists (select from reward_earning_fulfillment where reward_earning_id = e.id) as "isFulfilled"
        from reward_earning e where id = ${earningId}::uuid`,
  )
  const { value, earnedAt, isFulfilled } = earning!
  if (isFulfilled) throw refusal('conflict', related, 'was fulfilled already, which it can be once')
  if (!fulfillAsEarned && deactivatedAt === null)
    throw refusal('conflict', related, 'is not ready for fulfillment before the program is deactivated for the patient')
  if ((attributes['fulfilled_value'] as number) > value)
    throw refusal('conflict', `${pointer}.attributes.fulfilled_value`, 'must not exceed the earned value')
  if (new Date(attributes['fulfilled_at'] as string) < earnedAt)
    throw refusal('conflict', `${pointer}.attributes.fulfilled_at`, 'must not be before the reward was earned')
  return { patient_id: patientId }
}
