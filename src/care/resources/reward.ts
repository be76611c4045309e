import { z } from 'zod'
import { run, sql } from '../../database/sql.ts'
import { text } from '../../http/schemas.ts'
import { Id, equalTo } from '../json-api/filters.ts'
import { Instant } from '../json-api/instants.ts'
import { refusal } from '../json-api/refusal.ts'
import { type Draft, type Resource, stored, storedInstant, type WriteRequest } from '../json-api/resource.ts'
import { byPatient, isPatientOf } from '../people/reach.ts'
import { BudgetUnit, derived, fulfilled, storedValue, Value } from '../rewards/reward-attributes.ts'
import { lockActivation, lockActivations, requireWithin } from '../rewards/reward-rules.ts'

const EARNING = 'reward_earning e where e.reward_id = r.id'
const FULFILLMENT = `reward_earning e join reward_earning_fulfillment f on f.reward_earning_id = e.id
  where e.reward_id = r.id`

/** Part of an activation's budget, set aside for reaching a goal. */
export const reward: Resource = {
  type: 'reward',
  title: 'reward',
  table: 'reward',
  organization: 'tenant_id',
  isVisibleTo: (row, groupIds) => isPatientOf(sql`${row}.patient_id`, groupIds),
  attributes: {
    ...stored('_thread', text(300), { column: 'thread' }),
    ...stored('description', text(5000), { isRequired: true }),
    ...storedValue('allocated_value', Value),
    ...derived(
      'allocated_unit',
      BudgetUnit,
      `select a.budget_unit from reward_program_activation a
      where a.id = r.reward_program_activation_id`,
    ),
    ...storedInstant('allocated_at', Instant, { isRequired: true }),
    ...storedInstant('target_at', Instant),
    ...derived('earned_value', z.number(), `select e.earned_value::float8 from ${EARNING}`),
    ...derived('earned_at', Instant, `select e.earned_at from ${EARNING}`),
    ...fulfilled(FULFILLMENT),
  },
  relationships: {
    patient: { type: 'patient', column: 'patient_id', isReadOnly: true },
    reward_program_activation: {
      type: 'reward_program_activation',
      column: 'reward_program_activation_id',
      isRequired: true,
    },
  },
  filters: {
    ...byPatient,
    reward_program_activation: {
      description: 'The id of a reward program activation.',
      schema: Id,
      where: (id: string) => sql`r.reward_program_activation_id = ${id}::uuid`,
      names: { types: ['reward_program_activation'], ids: (id: string) => [id] },
    },
    thread: equalTo('thread', 'The health action that the reward is associated with.'),
  },
  oneFilterOf: ['patient', 'groups', 'organization'],
  lock: lockActivations('reward_program_activation', 'reward_program_activation', 'id'),
  prepare,
  created: { event: 'reward.created', of: { relationship: 'patient' } },
  operations: {
    list: { id: 'fetchRewards', summary: 'List rewards' },
    fetch: { id: 'fetchReward', summary: 'Get a reward' },
    create: { id: 'createReward', summary: 'Create a reward', status: 200 },
  },
}

async function prepare(request: WriteRequest, { attributes, links, pointer }: Draft): Promise<Record<string, unknown>> {
  const related = `${pointer}.relationships.reward_program_activation.data`
  const activationId = links['reward_program_activation']![0]!.id
  const activation = await lockActivation(request, sql`a.id = ${activationId}::uuid`, related)
  if (activation.isFrozen) throw refusal('conflict', related, 'is of a reward program that is frozen')
  const allocatedAt = new Date(attributes['allocated_at'] as string)
  const start = { at: activation.activatedAt, what: 'the reward program was activated' }
  requireWithin(activation, allocatedAt, start, `${pointer}.attributes.allocated_at`)
  const target = attributes['target_at']
  if (typeof target === 'string' && new Date(target) < allocatedAt)
    throw refusal('conflict', `${pointer}.attributes.target_at`, 'must not be before allocated_at')
  const fits = await isWithinBudget(request, activation.id, attributes['allocated_value'] as number)
  if (!fits)
    throw refusal('conflict', `${pointer}.attributes.allocated_value`, 'must not exceed what remains of the budget')
  return { patient_id: activation.patientId }
}

/** Asked with the activation locked, in a statement of its own: it sees what was committed while the lock was awaited. */
async function isWithinBudget({ tx }: WriteRequest, activationId: string, value: number): Promise<boolean> {
  const [asked] = await run<{ fits: boolean }>(
    tx,
    sql`select ${value}::numeric <= p.budget_value - (
            select coalesce(sum(w.allocated_value), 0) from reward w where w.reward_program_activation_id = a.id) as fits
        from reward_program_activation a join reward_program p on p.id = a.reward_program_id
        where a.id = ${activationId}::uuid`,
  )
  return asked!.fits
}
