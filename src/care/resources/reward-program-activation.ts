import { z } from 'zod'
import { raw, run, sql } from '../../database/sql.ts'
import { Instant } from '../json-api/instants.ts'
import { refusal } from '../json-api/refusal.ts'
import { type Draft, type Resource, stored, storedInstant, type WriteRequest } from '../json-api/resource.ts'
import { byPatient, isPatientOf } from '../people/reach.ts'
import { BudgetUnit, derivedSum } from '../rewards/reward-attributes.ts'
import { requireSame } from '../rewards/reward-rules.ts'

const DAY_MS = 86_400_000

/** A reward program for one of its group's patients. */
export const rewardProgramActivation: Resource = {
  type: 'reward_program_activation',
  title: 'reward program activation',
  table: 'reward_program_activation',
  organization: 'tenant_id',
  isVisibleTo: (row, groupIds) => isPatientOf(sql`${row}.patient_id`, groupIds),
  attributes: {
    // Written as deactivated_at.
    active: { schema: z.boolean(), isReadOnly: false, isRequired: false, read: raw('(r.deactivated_at is null)') },
    ...storedInstant('activated_at', Instant, { isRequired: true }),
    ...storedInstant('deactivated_at', Instant),
    ...storedInstant('expires_at', Instant, { isReadOnly: true }),
    ...stored('fulfill_as_earned', z.boolean(), { isReadOnly: true }),
    ...derivedSum('allocated_count', 'total_allocated_value', 'allocated_value', of('reward')),
    ...derivedSum('earned_count', 'total_earned_value', 'earned_value', of('reward_earning')),
    ...stored('budget_unit', BudgetUnit, { isReadOnly: true }),
  },
  relationships: {
    patient: { type: 'patient', column: 'patient_id', isRequired: true },
    reward_program: { type: 'reward_program', column: 'reward_program_id', isRequired: true },
  },
  filters: byPatient,
  oneFilterOf: ['patient', 'groups', 'organization'],
  prepare: (request, draft) => (draft.isNew ? activate(request, draft) : change(request, draft)),
  created: { event: 'reward_program_activation.created', of: { relationship: 'patient' } },
  operations: {
    list: { id: 'fetchRewardProgramActivations', summary: 'List reward program activations' },
    fetch: { id: 'fetchRewardProgramActivation', summary: 'Get a reward program activation' },
    create: { id: 'createRewardProgramActivation', summary: 'Activate a reward program for a patient', status: 200 },
    update: {
      id: 'updateRewardProgramActivation',
      summary: 'Deactivate a reward program for a patient, or activate it again',
      isExtension: true,
    },
  },
}

function of(table: string): string {
  return `${table} t where t.reward_program_activation_id = r.id`
}

type Program = {
  groupId: string
  startAt: Date
  endAt: Date
  durationActive: number
  fulfillAsEarned: boolean
  budgetUnit: string
  isFrozen: boolean
}

async function activate(request: WriteRequest, draft: Draft): Promise<Record<string, unknown>> {
  const { links, attributes, pointer } = draft
  const program = await lockProgram(request, links['reward_program']![0]!.id)
  await requireActivatable(request, draft, program)
  const { startAt, endAt, durationActive, fulfillAsEarned, budgetUnit } = program
  const activatedAt = new Date(attributes['activated_at'] as string)
  const field = `${pointer}.attributes.activated_at`
  if (activatedAt < startAt || activatedAt > endAt)
    throw refusal('conflict', field, 'must be between start_at and end_at of the reward program')
  const expiresAt = new Date(activatedAt.getTime() + durationActive * DAY_MS)
  if (!Instant.safeParse(expiresAt.toISOString()).success)
    throw refusal('conflict', field, 'must be earlier: no year after 9999 can be written')
  const deactivatedAt = deactivationOf(request, draft, { activatedAt, deactivatedAt: null })
  return {
    deactivated_at: deactivatedAt,
    expires_at: expiresAt,
    fulfill_as_earned: fulfillAsEarned,
    budget_unit: budgetUnit,
  }
}

/** One at a time activates a program, and nobody changes its terms meanwhile. */
async function lockProgram({ tx }: WriteRequest, id: string): Promise<Program> {
  const [program] = await run<Program>(
    tx,
    sql`select group_id as "groupId", start_at as "startAt", end_at as "endAt", duration_active as "durationActive",
          fulfill_as_earned as "fulfillAsEarned", budget_unit as "budgetUnit", frozen as "isFrozen"
        from reward_program where id = ${id}::uuid for no key update`,
  )
  return program!
}

async function requireActivatable(
  { tx }: WriteRequest,
  { links, pointer }: Draft,
  { groupId, isFrozen }: Program,
): Promise<void> {
  const field = (name: string) => `${pointer}.relationships.${name}.data`
  if (isFrozen) throw refusal('conflict', field('reward_program'), 'is frozen')
  const patientId = links['patient']![0]!.id
  const programId = links['reward_program']![0]!.id
  const [found] = await run<{ isInGroup: boolean; isActivated: boolean }>(
    tx,
    sql`select ${isPatientOf(sql`${patientId}::uuid`, sql`${groupId}::uuid`)} as "isInGroup",
          exists (select from reward_program_activation
                  where patient_id = ${patientId}::uuid and reward_program_id = ${programId}::uuid) as "isActivated"`,
  )
  if (!found!.isInGroup) throw refusal('conflict', field('patient'), 'must be in the group of the reward program')
  if (found!.isActivated)
    throw refusal('conflict', field('reward_program'), 'is activated for the patient already, which it can be once')
}

type Period = { activatedAt: Date; deactivatedAt: Date | null }

async function change(request: WriteRequest, draft: Draft): Promise<Record<string, unknown>> {
  const { id, attributes, links, pointer } = draft
  const [before] = await run<Period & { patientId: string; programId: string; last: Date | null }>(
    request.tx,
    sql`select activated_at as "activatedAt", deactivated_at as "deactivatedAt", patient_id as "patientId",
          reward_program_id as "programId",
          greatest((select max(t.allocated_at) from ${raw(of('reward'))}),
                   (select max(t.earned_at) from ${raw(of('reward_earning'))})) as last
        from reward_program_activation r where id = ${id}::uuid`,
  )
  const { activatedAt, patientId, programId, last } = before!
  requireSame(links, 'patient', patientId, pointer)
  requireSame(links, 'reward_program', programId, pointer)
  const sent = attributes['activated_at']
  if (typeof sent === 'string' && new Date(sent).getTime() !== activatedAt.getTime())
    throw refusal('conflict', `${pointer}.attributes.activated_at`, 'cannot be changed')
  const deactivatedAt = deactivationOf(request, draft, before!)
  if (deactivatedAt !== null && last !== null && deactivatedAt <= last)
    throw refusal('conflict', deactivationField(draft), 'must be after its rewards were allocated and earned')
  return { deactivated_at: deactivatedAt }
}

/** When it was deactivated, null where it is active: `active` and `deactivated_at` each say it alone, or both the same. */
function deactivationOf({ now }: WriteRequest, draft: Draft, before: Period): Date | null {
  const { active, deactivated_at: sent } = draft.attributes
  const isOver = typeof sent === 'string' || active === false
  if (!isOver) return active === true || sent === null ? null : before.deactivatedAt
  const deactivatedAt = typeof sent === 'string' ? new Date(sent) : (before.deactivatedAt ?? now)
  if (deactivatedAt <= before.activatedAt)
    throw refusal('conflict', deactivationField(draft), 'must be deactivated after activated_at')
  if (active === true)
    throw refusal('conflict', `${draft.pointer}.attributes.active`, 'cannot be true with deactivated_at')
  return deactivatedAt
}

const deactivationField = ({ attributes, pointer }: Draft) =>
  `${pointer}.attributes.${typeof attributes['deactivated_at'] === 'string' ? 'deactivated_at' : 'active'}`
