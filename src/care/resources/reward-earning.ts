import { z } from 'zod'
import { raw, run, sql } from '../../database/sql.ts'
import { Flag } from '../json-api/filters.ts'
import { Instant } from '../json-api/instants.ts'
import { refusal } from '../json-api/refusal.ts'
import { type Draft, type New, type Resource, storedInstant, type WriteRequest } from '../json-api/resource.ts'
import { byPatient, isPatientOf, ofGroups } from '../people/reach.ts'
import { BudgetUnit, derived, fulfilled, storedValue, Value } from '../rewards/reward-attributes.ts'
import { lockActivation, lockActivations, requireWithin } from '../rewards/reward-rules.ts'

const ACTIVATION = 'reward_program_activation a where a.id = r.reward_program_activation_id'
const IS_READY = `select a.fulfill_as_earned or a.deactivated_at is not null from ${ACTIVATION}`
const FULFILLMENT = 'reward_earning_fulfillment f where f.reward_earning_id = r.id'

/** What a patient earned of a reward, once. */
export const rewardEarning: Resource = {
  type: 'reward_earning',
  title: 'reward earning',
  table: 'reward_earning',
  organization: 'tenant_id',
  isVisibleTo: (row, groupIds) => isPatientOf(sql`${row}.patient_id`, groupIds),
  attributes: {
    ...storedValue('earned_value', Value),
    ...derived('earned_unit', BudgetUnit, `select a.budget_unit from ${ACTIVATION}`),
    ...storedInstant('earned_at', Instant, { isRequired: true }),
    ...derived('ready_for_fulfillment', z.boolean(), IS_READY),
    ...fulfilled(FULFILLMENT),
  },
  relationships: {
    group: { type: 'group', column: 'group_id', isReadOnly: true },
    patient: { type: 'patient', column: 'patient_id', isReadOnly: true },
    reward_program_activation: {
      type: 'reward_program_activation',
      column: 'reward_program_activation_id',
      isReadOnly: true,
    },
    reward: { type: 'reward', column: 'reward_id', isRequired: true },
  },
  filters: {
    groups: { ...ofGroups((groupIds) => sql`r.group_id in (${groupIds})`), isRequired: true },
    patient: { ...byPatient['patient']!, isRequired: true },
    ready_for_fulfillment: {
      description: 'Those that are not fulfilled yet; true: and are ready for it; false: and are not.',
      schema: Flag,
      where: (isReady: boolean) =>
        sql`not exists (select from ${raw(FULFILLMENT)}) and (${raw(IS_READY)}) = ${isReady}::boolean`,
    },
  },
  lock: lockActivations('reward', 'reward'),
  prepare,
  created: { event: 'reward_earning.created', of: { relationship: 'patient' } },
  operations: {
    list: { id: 'fetchRewardEarnings', summary: 'List reward earnings' },
    fetch: { id: 'fetchRewardEarning', summary: 'Get a reward earning' },
    create: {
      id: 'createRewardEarning',
      summary: 'Create a reward earning, or several',
      status: 200,
      bulk: { isDuplicate },
    },
  },
}

async function prepare(request: WriteRequest, { attributes, links, pointer }: Draft): Promise<Record<string, unknown>> {
  const rewardId = links['reward']![0]!.id
  const related = `${pointer}.relationships.reward.data`
  const isIt = sql`a.id = (select w.reward_program_activation_id from reward w where w.id = ${rewardId}::uuid)`
  const activation = await lockActivation(request, isIt, related)
  if (await isEarned(request, rewardId)) throw refusal('conflict', related, 'was earned already, which it can be once')
  const [reward] = await run<{ value: number; allocatedAt: Date }>(
    request.tx,
    sql`select allocated_value::float8 as value, allocated_at as "allocatedAt" from reward where id = ${rewardId}::uuid`,
  )
  const { value, allocatedAt } = reward!
  if ((attributes['earned_value'] as number) > value)
    throw refusal('conflict', `${pointer}.attributes.earned_value`, 'must not exceed the allocated value of the reward')
  const earnedAt = new Date(attributes['earned_at'] as string)
  const start = { at: allocatedAt, what: 'the reward was allocated' }
  requireWithin(activation, earnedAt, start, `${pointer}.attributes.earned_at`)
  const { id, groupId, patientId } = activation
  return { group_id: groupId, patient_id: patientId, reward_program_activation_id: id }
}

/** Asked with the activation locked: nobody else earns the reward meanwhile. */
async function isEarned({ tx }: WriteRequest, rewardId: string): Promise<boolean> {
  const found = await run(tx, sql`select from reward_earning where reward_id = ${rewardId}::uuid`)
  return found.length > 0
}

async function isDuplicate(request: WriteRequest, { links }: New): Promise<boolean> {
  return isEarned(request, links['reward']![0]!.id)
}
