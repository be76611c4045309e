import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { join, raw, run, sql } from '../../database/sql.ts'
import { text } from '../../http/schemas.ts'
import { lockKeys } from '../json-api/lock-keys.ts'
import { refusal } from '../json-api/refusal.ts'
import type { Attribute, Filter, Input, New, WriteRequest, Written } from '../json-api/resource.ts'
import { Identifier } from './person.ts'
import { keyOfGroup } from './group-query.ts'
import { isPatientSeen } from './reach.ts'

/** `isKept`: no request has it, it stays as it is stored. */
type Identifier = z.infer<typeof Identifier> & { isKept?: boolean }
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
    const before = await run<Identifier>(
      tx,
      sql`delete from person_identifier where ${raw(owner)} = ${id}::uuid
          returning label, system, value, is_unique as "unique"`,
    )
    for (const [position, { isKept, ...given }] of (sent ?? []).entries()) {
      const own = before.find((each) => each.system === given.system && each.value === given.value)
      const { label, system, value, unique = true } = isKept === true && own !== undefined ? own : given
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

/** Nobody else writes the identifiers of these people, or creates the groups that they name, until the transaction ends. */
export const lockPeople = (request: WriteRequest, people: Input[]): Promise<void> =>
  lockKeys(
    request,
    people.flatMap(({ attributes, relationships }) => [
      ...((attributes?.['identifiers'] ?? []) as Identifier[]).map(({ system, value }) => [
        'identifier',
        system,
        value,
      ]),
      ...[relationships?.['groups']?.data ?? []].flat().flatMap(({ meta }) => {
        const query = meta?.['query'] as { name: string } | undefined
        return query === undefined ? [] : [keyOfGroup(query.name)]
      }),
    ]),
  )

/** Whether one of these identifiers is somebody's who the token sees, or could not be given to anybody else. */
export async function hasIdentifier({ tx, grant }: WriteRequest, { attributes }: New): Promise<boolean> {
  const sent = (attributes['identifiers'] ?? []) as Identifier[]
  if (sent.length === 0) return false
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
