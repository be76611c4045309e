import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { join, raw, run, sql } from '../../database/sql.ts'
import { text } from '../../http/schemas.ts'
import { refusal } from '../json-api/refusal.ts'
import type { Attribute, Filter, WriteRequest, Written } from '../json-api/resource.ts'
import { Identifier } from './person.ts'
import { isPatientSeen } from './reach.ts'

type Identifier = z.infer<typeof Identifier>
/** Whose column of person_identifier names the person. */
type Owner = 'patient_id' | 'coach_id'

/** What other systems call a person, in the order in which it was sent. */
export const identifiers = (owner: Owner): Record<string, Attribute> => ({
  identifiers: {
    schema: z.array(Identifier).max(20),
    isReadOnly: false,
    isRequired: false,
    read: raw(`(select coalesce(json_agg(json_strip_nulls(json_build_object(
        'label', i.label, 'system', i.system, 'value', i.value, 'unique', i.is_unique)) order by i.position), '[]')
      from person_identifier i where i.${owner} = r.id)`),
  },
})

const SYSTEM = 'filter[identifier][system]'
const VALUE = 'filter[identifier][value]'

/** Both together name one identifier. */
export const identifierFilters = (owner: Owner): Record<string, Filter> => ({
  identifierSystem: {
    parameter: SYSTEM,
    isWith: VALUE,
    description: `The system of an identifier; with ${VALUE}.`,
    schema: text(300),
    where: (system: string, { [VALUE]: value }) =>
      sql`r.id in (select ${raw(owner)} from person_identifier i
                   where i.tenant_id = r.tenant_id and i.system = ${system} and i.value = ${value})`,
  },
  identifierValue: {
    parameter: VALUE,
    isWith: SYSTEM,
    description: `The value of an identifier; with ${SYSTEM}.`,
    schema: text(300),
    where: () => sql`true`,
  },
})

/**
 * Writes the identifiers that a request has in place of those before. Throws `conflict` where one is somebody else's and
 * either of the two is to be unique, also when the other is being written at the same moment.
 */
export const saveIdentifiers =
  (owner: Owner) =>
  async (request: WriteRequest, { id, attributes, pointer }: Written): Promise<void> => {
    const sent = attributes['identifiers'] as Identifier[] | null | undefined
    if (sent === undefined) return
    const { tx, grant } = request
    await lockIdentifiers(request, sent ?? [])
    await run(tx, sql`delete from person_identifier where ${raw(owner)} = ${id}::uuid`)
    for (const [position, { label, system, value, unique = true }] of (sent ?? []).entries()) {
      const taken = await run(
        tx,
        sql`select 1 from person_identifier
            where tenant_id = ${grant.organizationId}::uuid and system = ${system} and value = ${value}
              and (is_unique or ${unique}::boolean) limit 1`,
      )
      if (taken.length > 0) {
        const field = `${pointer}.attributes.identifiers.${position}`
        throw refusal('conflict', field, 'is an identifier that is there already')
      }
      await run(
        tx,
        sql`insert into person_identifier (id, tenant_id, ${raw(owner)}, position, label, system, value, is_unique)
            values (${uuidv7()}, ${grant.organizationId}, ${id}, ${position}, ${label ?? null}, ${system}, ${value}, ${unique})`,
      )
    }
  }

type Named = Pick<Identifier, 'system' | 'value'>

/** Nobody else writes these identifiers until the transaction ends. Sorted, so that two requests do not deadlock. */
export async function lockIdentifiers({ tx, grant }: WriteRequest, named: Named[]): Promise<void> {
  const keys = named.map(({ system, value }) => JSON.stringify([grant.organizationId, system, value]))
  for (const key of keys.toSorted((a, b) => (a < b ? -1 : 1))) {
    await run(tx, sql`select pg_advisory_xact_lock(hashtextextended(${key}, 1))`)
  }
}

/**
 * Whether one of these identifiers is somebody's who the token sees, or could not be given to anybody else. Whoever asks
 * at the same moment waits until this one is committed.
 */
export async function hasIdentifier(request: WriteRequest, attributes: Record<string, unknown>): Promise<boolean> {
  const sent = (attributes['identifiers'] ?? []) as Identifier[]
  if (sent.length === 0) return false
  await lockIdentifiers(request, sent)
  const { tx, grant } = request
  const isSeen = isPatientSeen(raw('person_identifier.patient_id'), grant.groupIds)
  const matches = sent.map(
    ({ system, value, unique = true }) =>
      sql`(system = ${system} and value = ${value} and (is_unique or ${unique}::boolean or ${isSeen}))`,
  )
  const rows = await run(
    tx,
    sql`select 1 from person_identifier
        where tenant_id = ${grant.organizationId}::uuid and (${join(matches, ' or ')}) limit 1`,
  )
  return rows.length > 0
}
