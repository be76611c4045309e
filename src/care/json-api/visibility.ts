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

/** Whether `r` has one of these ids. */
export const hasId = ({ isAmong }: Resource, ids: string[]): Sql =>
  sql`r.id = any(${ids}::uuid[]) ${isAmong === undefined ? empty : sql`and ${isAmong(ids)}`}`

export const isInOrganization = (resource: Resource, grant: CareGrant, row = raw('r')): Sql =>
  sql`${row}.${raw(resource.organization)} = ${grant.organizationId}::uuid`

/**
 * Throws `not_found` for what does not exist in the token's organization, `forbidden` for what it may not see. `field`
 * is where the request has the ids. With `isLocking` none of them is deleted until the transaction ends. Of several
 * resources an id may be of any. Returns of which type each is.
 */
export async function requireVisible(
  db: Queryable,
  resources: Resource | Resource[],
  grant: CareGrant,
  ids: string[],
  field?: string,
  { isLocking = false } = {},
): Promise<Map<string, string>> {
  const types = new Map<string, string>()
  const seen = new Set<string>()
  for (const resource of [resources].flat()) {
    if (types.size === new Set(ids).size) break
    const rows = await run<{ id: string; visible: boolean }>(
      db,
      sql`select r.id, ${isVisible(resource, grant)} as visible from ${raw(resource.table)} r
          where ${hasId(resource, ids)} and ${isInOrganization(resource, grant)}
          ${isLocking ? sql`order by r.id for key share of r` : empty}`,
    )
    for (const { id, visible } of rows) {
      types.set(id, resource.type)
      if (visible) seen.add(id)
    }
  }
  if (ids.some((id) => !types.has(id))) throw notFound(resources, field)
  if (ids.some((id) => !seen.has(id))) throw forbidden(resources, field)
  return types
}

export const notFound = (resources: Resource | Resource[], field?: string): AppError =>
  refuse('not_found', `There is no such ${namesOf(resources)}.`, field)

export const forbidden = (resources: Resource | Resource[], field?: string): AppError =>
  refuse('forbidden', `The token may not see this ${namesOf(resources)}.`, field)

const namesOf = (resources: Resource | Resource[]) =>
  [resources]
    .flat()
    .map(({ title }) => title)
    .join(' or ')

function refuse(code: 'not_found' | 'forbidden', reason: string, field: string | undefined): AppError {
  return new AppError(code, reason, field === undefined ? {} : { details: [{ field, reason }] })
}
