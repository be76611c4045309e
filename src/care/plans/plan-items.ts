import { raw, run, type Sql, sql } from '../../database/sql.ts'
import { text } from '../../http/schemas.ts'
import { Instant } from '../json-api/instants.ts'
import { fromWireId } from '../ids.ts'
import { refusal } from '../json-api/refusal.ts'
import {
  type Attribute,
  type Draft,
  type Identified,
  type Input,
  stored,
  storedInstant,
  type ToOne,
  type WriteRequest,
} from '../json-api/resource.ts'
import { uuids } from '../json-api/visibility.ts'

/** A plan is read as a whole: it has at most so many actions, and as many bundles. */
export const MAX_OF_PLAN = 300

/** What actions and bundles have. A thread is what versions of the same thing have in common: by default their type. */
export const planItemAttributes: Record<string, Attribute> = {
  ...stored('type', text(100), { isRequired: true }),
  ...stored('title', text(300), { isRequired: true }),
  ...storedInstant('effective_from', Instant, { isRequired: true }),
  ...storedInstant('effective_to', Instant),
  ...stored('_thread', text(300), { column: 'thread' }),
}

export const toPlan: ToOne = { type: 'patient_plan_summary', column: 'patient_id', isRequired: true }

type Item = { type: string; patient_id: string; effective_from: Date; effective_to: Date | null }
type Rules = {
  table: Sql
  /** The relationship to others of the same plan, and their table. */ others: string
  othersTable: Sql
}

/**
 * Changes of one plan come one after the other: its patient is locked, and before what is the plan's, as in a deletion of the
 * patient. `table` has what is written.
 */
export const lockPlans =
  (table: string) =>
  async ({ tx, grant }: WriteRequest, inputs: Input[]): Promise<void> => {
    const idsOf = (ids: (string | undefined)[]) => ids.flatMap((id) => (id === undefined ? [] : (fromWireId(id) ?? [])))
    const plans = inputs.map(({ relationships }) => (relationships?.['plan']?.data as Identified | undefined)?.id)
    await run(
      tx,
      sql`select from app_user
          where tenant_id = ${grant.organizationId}::uuid and (
            id = any(${idsOf(plans)}::uuid[])
            or id in (select patient_id from ${raw(table)} where id = any(${idsOf(inputs.map(({ id }) => id))}::uuid[])))
          order by id for no key update`,
    )
  }

/**
 * The rules of what belongs to a plan: it stays in it, is related to what is of the same plan alone, and ends after it
 * begins. Returns its columns.
 */
export async function preparePlanItem(
  request: WriteRequest,
  draft: Draft,
  { table, others, othersTable }: Rules,
): Promise<Record<string, unknown>> {
  const { tx } = request
  const { id, attributes, links, pointer } = draft
  const [before] = await run<Item>(
    tx,
    sql`select type, patient_id, effective_from, effective_to from ${table} where id = ${id}::uuid`,
  )
  const planId = before?.patient_id ?? links['plan']![0]!.id
  if (links['plan'] !== undefined && links['plan'][0]?.id !== planId) {
    throw refusal('conflict', `${pointer}.relationships.plan.data`, 'cannot be changed')
  }
  requirePeriod(draft, before)
  if (before === undefined) await requireRoom(request, table, planId, pointer)
  await requireSamePlan(
    request,
    othersTable,
    planId,
    (links[others] ?? []).map((link) => link.id),
    `${pointer}.relationships.${others}.data`,
  )
  const isWithoutThread = before === undefined ? attributes['_thread'] == null : attributes['_thread'] === null
  return {
    ...(isWithoutThread ? { thread: attributes['type'] ?? before?.type } : {}),
    ...(before === undefined ? { created_at: request.now } : {}),
  }
}

function requirePeriod({ attributes, pointer }: Draft, before: Item | undefined): void {
  const { effective_from: from = before?.effective_from, effective_to: to = before?.effective_to } = attributes
  if (to === null || to === undefined || new Date(to as string) > new Date(from as string)) return
  const field = attributes['effective_to'] === undefined ? 'effective_from' : 'effective_to'
  const rule = field === 'effective_to' ? 'must be after effective_from' : 'must be before effective_to'
  throw refusal('conflict', `${pointer}.attributes.${field}`, rule)
}

async function requireRoom({ tx }: WriteRequest, table: Sql, planId: string, pointer: string): Promise<void> {
  const [counted] = await run<{ count: number }>(
    tx,
    sql`select count(*)::int as count from ${table} where patient_id = ${planId}::uuid`,
  )
  if (counted!.count < MAX_OF_PLAN) return
  throw refusal('conflict', `${pointer}.relationships.plan.data`, `has ${MAX_OF_PLAN} of them, and can have no more`)
}

async function requireSamePlan({ tx }: WriteRequest, table: Sql, planId: string, ids: string[], field: string) {
  if (ids.length === 0) return
  const own = await run<{ id: string }>(
    tx,
    sql`select id from ${table} where id in (${uuids(ids)}) and patient_id = ${planId}::uuid`,
  )
  const wrong = ids.findIndex((id) => !own.some((each) => each.id === id))
  if (wrong !== -1) throw refusal('conflict', `${field}.${wrong}`, 'is of another plan')
}
