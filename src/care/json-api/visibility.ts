import type { CareGrant } from '../../accounts/care-tokens.ts'
import type { Queryable } from '../../database/pool.ts'
import { empty, join, raw, run, type Sql, sql } from '../../database/sql.ts'
import { AppError } from '../../errors.ts'
import type { Resource } from './resource.ts'

export const uuids = (ids: string[]): Sql => (ids.length === 0 ? sql`null` : join(ids.map((id) => sql`${id}::uuid`)))

/**
 * The one place that decides what a token sees: rows of its organization and, where it has groups, of those alone. Every
 * read and write of a resource, by id, list, filter, include or relationship, has this condition. `row` is the alias.
 */
export function isVisible(resource: Resource, grant: CareGrant, row = raw('r')): Sql {
  return grant.groupIds === null ? sql`true` : resource.isVisibleTo(row, uuids(grant.groupIds))
}

export const isInOrganization = (resource: Resource, grant: CareGrant, row = raw('r')): Sql =>
  sql`${row}.${raw(resource.organization)} = ${grant.organizationId}::uuid`

/**
 * Throws `not_found` for what does not exist in the token's organization, `forbidden` for what it may not see. `field`
 * is where the request has the ids. With `isLocking` none of them is deleted until the transaction ends.
 */
export async function requireVisible(
  db: Queryable,
  resource: Resource,
  grant: CareGrant,
  ids: string[],
  field?: string,
  { isLocking = false } = {},
): Promise<void> {
  if (ids.length === 0) return
  const rows = await run<{ id: string; visible: boolean }>(
    db,
    sql`select r.id, ${isVisible(resource, grant)} as visible from ${raw(resource.table)} r
        where r.id in (${uuids(ids)}) and ${isInOrganization(resource, grant)}
        ${isLocking ? sql`order by r.id for key share of r` : empty}`,
  )
  const found = new Map(rows.map(({ id, visible }) => [id, visible]))
  if (ids.some((id) => !found.has(id))) throw notFound(resource, field)
  if (ids.some((id) => found.get(id) !== true)) throw forbidden(resource, field)
}

export function notFound(resource: Resource, field?: string): AppError {
  const reason = `There is no such ${resource.title}.`
  return new AppError('not_found', reason, field === undefined ? {} : { details: [{ field, reason }] })
}

export function forbidden(resource: Resource, field?: string): AppError {
  const reason = `The token may not see this ${resource.title}.`
  return new AppError('forbidden', reason, field === undefined ? {} : { details: [{ field, reason }] })
}
