import { z } from 'zod'
import { run, sql } from '../../database/sql.ts'
import { text } from '../../http/schemas.ts'
import { idOrNobody, toWireId } from '../ids.ts'
import { refusal } from '../json-api/refusal.ts'
import type { Input, Upsert, WriteRequest } from '../json-api/resource.ts'
import { uuids } from '../json-api/visibility.ts'

const UpsertQuery = z.looseObject({
  query: z.looseObject({
    identifier: z.looseObject({ system: text(300), value: text(300) }),
    groups: z.array(text(100)).min(1).max(100),
  }),
})
type UpsertMeta = z.infer<typeof UpsertQuery>

/**
 * The patient of the groups who has the identifier; created in these groups, with it, where there is none. That identifier
 * is locked by then: two requests for the same new patient do not both create one.
 */
export const upsertPatient: Upsert = {
  meta: UpsertQuery,
  names: ({ query }: UpsertMeta) => ({ type: 'group', ids: query.groups.map(idOrNobody), field: 'meta.query.groups' }),
  find: findPatient,
  complete: completePatient,
}

async function findPatient(
  { tx, grant }: WriteRequest,
  { query: { identifier, groups } }: UpsertMeta,
): Promise<string | undefined> {
  const { system, value } = identifier
  const groupIds = groups.map(idOrNobody)
  const found = await run<{ id: string }>(
    tx,
    // Locked, so that whoever is being deleted is gone before anything is made of it.
    sql`select u.id from app_user u
        where u.id in (
          select i.patient_id from person_identifier i
          join patient_group g on g.patient_id = i.patient_id and g.group_id in (${uuids(groupIds)})
          where i.tenant_id = ${grant.organizationId}::uuid and i.system = ${system} and i.value = ${value})
        order by u.id limit 2 for no key update`,
  )
  if (found.length > 1) throw refusal('conflict', 'meta.query', 'matches more than one patient')
  return found[0]?.id
}

/** What was matched by stays true: a new patient has the identifier, and one whose groups are sent is in these too. */
function completePatient(data: Input, { query: { identifier, groups } }: UpsertMeta, isNew: boolean): Input {
  const { attributes, relationships } = data
  const sent = (attributes?.['identifiers'] ?? []) as { system: string; value: string }[]
  const isThere = sent.some(({ system, value }) => system === identifier.system && value === identifier.value)
  const { system, value } = identifier
  const needsIdentifier = !isThere && (isNew || attributes?.['identifiers'] !== undefined)
  const related = relationships?.['groups']?.data
  const needsGroups = isNew || related !== undefined
  const asked = groups.map((id) => ({ type: 'group', id: toWireId(idOrNobody(id)) }))
  const others = [related ?? []].flat().filter(({ id }) => !asked.some((group) => group.id === id))
  return {
    ...data,
    attributes: {
      ...attributes,
      ...(needsIdentifier ? { identifiers: [...sent, { system, value, isKept: !isNew }] } : {}),
    },
    relationships: { ...relationships, ...(needsGroups ? { groups: { data: [...others, ...asked] } } : {}) },
  }
}
