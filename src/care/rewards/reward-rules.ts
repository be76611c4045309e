import { raw, run, type Sql, sql } from '../../database/sql.ts'
import { fromWireId } from '../ids.ts'
import { refusal } from '../json-api/refusal.ts'
import type { Identified, Input, Links, WriteRequest } from '../json-api/resource.ts'

/** What is allocated, earned and fulfilled of an activation is under its rules. */
export type Activation = {
  id: string
  patientId: string
  groupId: string
  activatedAt: Date
  deactivatedAt: Date | null
  expiresAt: Date
  fulfillAsEarned: boolean
  isFrozen: boolean
}

/**
 * Whoever adds to an activation or ends it takes its row first: until the transaction ends nobody else does, so what is
 * checked against its rows stays true. `isIt` says which it is, of the row `a`. Throws, naming `field`, `not_found` where
 * it was deleted a moment ago, and `forbidden` where the budget is another group's than the token's.
 */
export async function lockActivation({ tx, grant }: WriteRequest, isIt: Sql, field: string): Promise<Activation> {
  const [activation] = await run<Activation>(
    tx,
    sql`select a.id, a.patient_id as "patientId", p.group_id as "groupId", a.activated_at as "activatedAt",
          a.deactivated_at as "deactivatedAt", a.expires_at as "expiresAt", a.fulfill_as_earned as "fulfillAsEarned",
          p.frozen as "isFrozen"
        from reward_program_activation a join reward_program p on p.id = a.reward_program_id
        where ${isIt} for no key update of a`,
  )
  if (activation === undefined) throw refusal('not_found', field, 'is no more')
  if (grant.groupIds !== null && !grant.groupIds.includes(activation.groupId))
    throw refusal('forbidden', field, 'is of a reward program of a group that the token may not see')
  return activation
}

/**
 * Locks the activations of everything that requests relate new rows to, by a relationship to a table whose `column` says
 * of which activation a row is; and before them their patients, who are not deleted meanwhile: deleting one takes the
 * same way. Two requests that took them as they come would end as a deadlock, which costs a second.
 */
export const lockActivations =
  (relationship: string, table: string, column = 'reward_program_activation_id') =>
  async ({ tx, grant }: WriteRequest, inputs: Input[]): Promise<void> => {
    const ids = inputs.flatMap(({ relationships }) => {
      const id = (relationships?.[relationship]?.data as Identified | undefined)?.id
      return id === undefined ? [] : (fromWireId(id) ?? [])
    })
    const named = (name: string) =>
      sql`select t.${raw(name)} from ${raw(table)} t
          where t.id = any(${ids}::uuid[]) and t.tenant_id = ${grant.organizationId}::uuid`
    await run(tx, sql`select from app_user where id in (${named('patient_id')}) order by id for key share`)
    await run(
      tx,
      sql`select from reward_program_activation where id in (${named(column)}) order by id for no key update`,
    )
  }

/** Throws `conflict` unless an instant is after one and before the activation's end. */
export function requireWithin(
  { deactivatedAt, expiresAt }: Activation,
  at: Date,
  after: { at: Date; what: string },
  field: string,
): void {
  if (at <= after.at) throw refusal('conflict', field, `must be after ${after.what}`)
  if (at >= expiresAt) throw refusal('conflict', field, 'must be before the reward program activation expires')
  if (deactivatedAt !== null && at >= deactivatedAt)
    throw refusal('conflict', field, 'must be before the reward program activation was deactivated')
}

/** Throws `conflict` where a request relates something to another than before. */
export function requireSame(links: Links, name: string, id: string, pointer: string): void {
  const link = links[name]?.[0]
  if (link === undefined || link.id === id) return
  throw refusal('conflict', `${pointer}.relationships.${name}.data`, 'cannot be changed')
}
