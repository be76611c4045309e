import { sql } from '../../database/sql.ts'
import { text } from '../../http/schemas.ts'
import { equalTo } from '../json-api/filters.ts'
import { type Resource, stored } from '../json-api/resource.ts'
import { ofOrganization } from '../people/reach.ts'

/** A care team: patients and coaches. */
export const group: Resource = {
  type: 'group',
  title: 'group',
  table: 'care_group',
  organization: 'tenant_id',
  isVisibleTo: (row, groupIds) => sql`${row}.id in (${groupIds})`,
  attributes: {
    ...stored('name', text(300), { isRequired: true }),
    ...stored('bio', text(5000, 0)),
  },
  filters: {
    // The only way to list them: a token of some groups gets those.
    organization: { ...ofOrganization({ isRequired: true }), isForOrganization: false },
    name: equalTo('name', 'The whole name of the group.'),
  },
  operations: {
    list: { id: 'fetchGroups', summary: 'List groups' },
    fetch: { id: 'fetchGroup', summary: 'Get a group' },
    create: { id: 'createGroup', summary: 'Create a group', status: 201, isForOrganization: true },
  },
}
