import { z } from 'zod'
import { raw, run, sql } from '../../database/sql.ts'
import { text } from '../../http/schemas.ts'
import { idOrNobody } from '../ids.ts'
import { refusal } from '../json-api/refusal.ts'
import type { WriteRequest } from '../json-api/resource.ts'
import { requireVisible } from '../json-api/visibility.ts'
import { group } from '../resources/group.ts'
import { isPatientSeen } from './reach.ts'

/** A patient by identifier, in an organization or some groups of it. */
export const PatientQuery = z
  .looseObject({
    identifier: z.looseObject({ system: text(300), value: text(300) }),
    organization: text(100).optional(),
    groups: z.array(text(100)).min(1).max(100).optional(),
  })
  .refine(({ organization, groups }) => organization !== undefined || groups !== undefined, {
    message: 'needs an organization or groups',
    path: ['organization'],
  })

/**
 * The one whom it matches, among those whom the token sees. Throws `conflict` where it is several, `not_found` where it
 * is nobody.
 */
export async function findPatientByIdentifier(
  { tx, grant }: WriteRequest,
  { identifier, organization, groups }: z.infer<typeof PatientQuery>,
  pointer: string,
): Promise<string> {
  const groupIds = groups?.map(idOrNobody)
  if (groupIds !== undefined) await requireVisible(tx, group, grant, groupIds, `${pointer}.groups`)
  const isOwn = organization === undefined || idOrNobody(organization) === grant.organizationId
  const patient = raw('i.patient_id')
  const found = await run<{ id: string }>(
    tx,
    sql`select distinct i.patient_id as id from person_identifier i
        where i.tenant_id = ${grant.organizationId}::uuid and i.system = ${identifier.system}
          and i.value = ${identifier.value} and i.patient_id is not null and ${isOwn}::boolean
          and ${isPatientSeen(patient, groupIds ?? null)} and ${isPatientSeen(patient, grant.groupIds)}
        limit 2`,
  )
  if (found.length > 1) throw refusal('conflict', pointer, 'matches more than one patient')
  if (found[0] === undefined) throw refusal('not_found', pointer, 'matches no patient')
  return found[0].id
}
