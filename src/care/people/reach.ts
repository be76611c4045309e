import { raw, type Sql, sql } from '../../database/sql.ts'
import { Id, Ids } from '../json-api/filters.ts'
import type { Filter } from '../json-api/resource.ts'
import { uuids } from '../json-api/visibility.ts'

/** Whether a patient, whose id `patient` is, belongs to one of some groups. */
export const isPatientOf = (patient: Sql, groupIds: Sql): Sql =>
  sql`exists (select from patient_group v where v.patient_id = ${patient} and v.group_id in (${groupIds}))`

/** Whether a coach, whose id `coach` is, belongs to one of some groups. */
export const isCoachOf = (coach: Sql, groupIds: Sql): Sql =>
  sql`exists (select from coach_group v where v.coach_id = ${coach} and v.group_id in (${groupIds}))`

/** Whether a token that sees some groups, or with null everything, sees the patient. */
export const isPatientSeen = (patient: Sql, groupIds: string[] | null): Sql =>
  groupIds === null ? sql`true` : isPatientOf(patient, uuids(groupIds))

/** The same of a coach. */
export const isCoachSeen = (coach: Sql, groupIds: string[] | null): Sql =>
  groupIds === null ? sql`true` : isCoachOf(coach, uuids(groupIds))

/** Those of some groups, by ids separated by commas. */
export const ofGroups = (where: (groupIds: Sql) => Sql): Filter => ({
  description: 'Ids of groups, separated by commas.',
  schema: Ids,
  where: (ids: string[]) => where(uuids(ids)),
  names: { types: ['group'], ids: (ids: string[]) => ids },
})

/** The whole organization. */
export const ofOrganization = ({ isRequired = false } = {}): Filter => ({
  description: 'The id of the organization.',
  schema: Id,
  isRequired,
  where: () => sql`true`,
  names: { types: ['organization'], ids: (id: string) => [id] },
  isForOrganization: true,
})

/** What is a patient's: of one, of some groups', or of all. */
export const byPatient: Record<string, Filter> = {
  patient: {
    description: 'The id of a patient.',
    schema: Id,
    where: (id: string) => sql`r.patient_id = ${id}::uuid`,
    names: { types: ['patient'], ids: (id: string) => [id] },
  },
  groups: ofGroups((groupIds) => isPatientOf(raw('r.patient_id'), groupIds)),
  organization: ofOrganization(),
}
