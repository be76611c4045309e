import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { run, sql } from '../../database/sql.ts'
import { text } from '../../http/schemas.ts'
import { fromWireId } from '../ids.ts'
import { refusal } from '../json-api/refusal.ts'
import type { WriteRequest } from '../json-api/resource.ts'
import { uuids } from '../json-api/visibility.ts'

/** A group by its name. */
export const GroupQuery = z.looseObject({ organization: text(100), name: text(300) })

/** What is locked before a group is looked for by its name: two requests that name the same new one must not both create it. */
export const keyOfGroup = (name: string): unknown[] => ['group', name]

/**
 * The group of that name: created where there is none; hold `keyOfGroup`. Throws `conflict` where there are several, `not_found` for
 * another organization, `forbidden` for a token of some groups that names another.
 */
export async function findGroupByName(
  { tx, grant }: WriteRequest,
  { organization, name }: z.infer<typeof GroupQuery>,
  pointer: string,
): Promise<string> {
  if (fromWireId(organization) !== grant.organizationId) {
    throw refusal('not_found', `${pointer}.organization`, 'There is no such organization.')
  }
  // Of groups that the token does not see it learns nothing, not even that there is one of that name.
  const isSeen = grant.groupIds === null ? sql`true` : sql`id in (${uuids(grant.groupIds)})`
  const found = await run<{ id: string }>(
    tx,
    sql`select id from care_group where tenant_id = ${grant.organizationId}::uuid and name = ${name} and ${isSeen} limit 2`,
  )
  if (found.length > 1) throw refusal('conflict', `${pointer}.name`, 'is the name of more than one group')
  if (found[0] !== undefined) return found[0].id
  if (grant.groupIds !== null) throw refusal('forbidden', `${pointer}.name`, 'is no group that the token may see')
  const id = uuidv7()
  await run(tx, sql`insert into care_group (id, tenant_id, name) values (${id}, ${grant.organizationId}, ${name})`)
  return id
}
