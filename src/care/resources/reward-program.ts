import { z } from 'zod'
import { run, sql } from '../../database/sql.ts'
import { text } from '../../http/schemas.ts'
import { Instant } from '../json-api/instants.ts'
import { refusal } from '../json-api/refusal.ts'
import { type Draft, type Resource, stored, storedInstant, type WriteRequest } from '../json-api/resource.ts'
import { ofGroups, ofOrganization } from '../people/reach.ts'
import { BudgetUnit, storedOr, storedValue, Value } from '../rewards/reward-attributes.ts'
import { requireSame } from '../rewards/reward-rules.ts'

const MAX_DAYS = 36_500
const DURATION_ACTIVE = 540

/** What patients of a group can earn, and when it can be activated for them. The budget is for each of them. */
export const rewardProgram: Resource = {
  type: 'reward_program',
  title: 'reward program',
  table: 'reward_program',
  organization: 'tenant_id',
  isVisibleTo: (row, groupIds) => sql`${row}.group_id in (${groupIds})`,
  attributes: {
    ...stored('name', text(300), { isRequired: true }),
    ...stored('tagline', text(300, 0)),
    ...stored('description', text(5000, 0)),
    ...storedInstant('start_at', Instant, { isRequired: true }),
    ...storedInstant('end_at', Instant, { isRequired: true }),
    ...storedValue('budget_value', Value.positive()),
    ...storedOr('budget_unit', BudgetUnit, 'dollar'),
    ...storedOr('duration_active', z.number().positive().max(MAX_DAYS), DURATION_ACTIVE),
    ...storedOr('fulfill_as_earned', z.boolean(), false),
    ...storedOr('frozen', z.boolean(), false),
  },
  relationships: { group: { type: 'group', column: 'group_id', isRequired: true } },
  filters: { groups: ofGroups((groupIds) => sql`r.group_id in (${groupIds})`), organization: ofOrganization() },
  oneFilterOf: ['groups', 'organization'],
  prepare,
  operations: {
    list: { id: 'fetchRewardPrograms', summary: 'List reward programs' },
    fetch: { id: 'fetchRewardProgram', summary: 'Get a reward program' },
    create: { id: 'createRewardProgram', summary: 'Create a reward program', status: 200 },
    update: { id: 'updateRewardProgram', summary: 'Update a reward program, or freeze it', isExtension: true },
    related: { group: { id: 'fetchRewardProgramGroup', summary: 'Get the group of a reward program' } },
  },
}

type Terms = { groupId: string; startAt: Date; endAt: Date; own: Record<string, unknown> }

async function prepare({ tx }: WriteRequest, draft: Draft): Promise<Record<string, unknown>> {
  const before = draft.isNew ? undefined : await readTerms(tx, draft.id)
  const { attributes, links, pointer } = draft
  const at = (name: string) => (typeof attributes[name] === 'string' ? new Date(attributes[name]) : undefined)
  const startAt = at('start_at') ?? before!.startAt
  const endAt = at('end_at') ?? before!.endAt
  if (endAt <= startAt) {
    const name = attributes['end_at'] === undefined ? 'start_at' : 'end_at'
    throw refusal('conflict', `${pointer}.attributes.${name}`, 'must leave end_at after start_at')
  }
  if (before === undefined) return {}
  requireSame(links, 'group', before.groupId, pointer)
  await requireKept(tx, draft, { ...before, startAt, endAt })
  return {}
}

/** What was activated for somebody goes on as it was activated. Nobody activates it meanwhile: that takes its row. */
async function requireKept(
  tx: WriteRequest['tx'],
  { id, attributes, pointer }: Draft,
  { startAt, endAt, own }: Terms,
): Promise<void> {
  const [activated] = await run<{ first: Date | null; last: Date | null }>(
    tx,
    sql`select min(activated_at) as first, max(activated_at) as last from reward_program_activation
        where reward_program_id = ${id}::uuid`,
  )
  const { first, last } = activated!
  if (first === null || last === null) return
  const refuse = (name: string, reason: string) => refusal('conflict', `${pointer}.attributes.${name}`, reason)
  if (first < startAt) throw refuse('start_at', 'must not be after an activation of the program')
  if (last > endAt) throw refuse('end_at', 'must not be before an activation of the program')
  for (const [name, value] of Object.entries(own)) {
    const sent = attributes[name]
    if (sent === undefined || (rewardProgram.attributes[name]!.toColumn?.(sent) ?? sent) === value) continue
    throw refuse(name, 'cannot be changed once the program was activated for a patient')
  }
}

async function readTerms(tx: WriteRequest['tx'], id: string): Promise<Terms> {
  const [terms] = await run<Terms>(
    tx,
    sql`select group_id as "groupId", start_at as "startAt", end_at as "endAt", json_build_object(
          'budget_value', budget_value::float8, 'budget_unit', budget_unit,
          'duration_active', duration_active, 'fulfill_as_earned', fulfill_as_earned) as own
        from reward_program where id = ${id}::uuid`,
  )
  return terms!
}
