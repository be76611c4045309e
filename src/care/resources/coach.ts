import { raw, sql } from '../../database/sql.ts'
import { text } from '../../http/schemas.ts'
import { type Resource, stored } from '../json-api/resource.ts'
import { identifiers, lockPeople, saveIdentifiers } from '../people/person-identifiers.ts'
import { isCoachOf, ofGroups, ofOrganization } from '../people/reach.ts'

/** Who cares for patients. The published API only reads them. */
export const coach: Resource = {
  type: 'coach',
  title: 'coach',
  table: 'coach',
  organization: 'tenant_id',
  isVisibleTo: (row, groupIds) => isCoachOf(sql`${row}.id`, groupIds),
  attributes: {
    ...stored('first_name', text(300)),
    ...stored('last_name', text(300)),
    ...identifiers('coach_id'),
  },
  relationships: {
    groups: { type: 'group', table: 'coach_group', own: 'coach_id', other: 'group_id' },
  },
  lock: lockPeople,
  save: saveIdentifiers('coach_id'),
  filters: { groups: ofGroups((groupIds) => isCoachOf(raw('r.id'), groupIds)), organization: ofOrganization() },
  oneFilterOf: ['groups', 'organization'],
  operations: {
    list: { id: 'fetchCoaches', summary: 'List coaches' },
    fetch: { id: 'fetchCoach', summary: 'Get a coach' },
    create: { id: 'createCoach', summary: 'Create a coach', status: 201, isExtension: true },
    update: { id: 'updateCoach', summary: 'Update a coach', isExtension: true },
  },
}
