import { raw, sql } from '../../database/sql.ts'
import { text } from '../../http/schemas.ts'
import type { Resource } from '../json-api/resource.ts'

/** An environment of an account. Every token may see its own. */
export const organization: Resource = {
  type: 'organization',
  title: 'organization',
  table: 'tenant',
  organization: 'id',
  isVisibleTo: () => sql`true`,
  attributes: {
    name: {
      schema: text(300),
      isReadOnly: true,
      isRequired: true,
      read: raw(`(select name from account where id = r.account_id)`),
    },
  },
  operations: { fetch: { id: 'fetchOrganization', summary: 'Get an organization' } },
}
