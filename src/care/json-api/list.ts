import type { CareGrant } from '../../accounts/care-tokens.ts'
import type { Context } from '../../context.ts'
import { raw, type Sql, sql } from '../../database/sql.ts'
import { toWireId } from '../ids.ts'
import { type Api, PREFIX } from './api.ts'
import { toResourceObject } from './documents.ts'
import { readIncluded } from './included.ts'
import { linksOf, type Page, type Position, readPage, sealCursor } from './paging.ts'
import { countRows, type Order, readComputedRows, readRow, readRows, type Related, type Row } from './read-rows.ts'
import { refusal } from './refusal.ts'
import { isToMany, isToOne, parameterOf, type Resource, type ToOne } from './resource.ts'
import { requireVisible } from './visibility.ts'

/** A list's parameters as they were sent, and as they were read. */
export type ListQuery = { sent: Record<string, string>; read: Record<string, unknown> }
export type Collection = {
  data: object[]
  links: Record<string, string>
  meta: { count: number }
  included?: object[]
}

/** A page of those that filters and the token's reach let through, and how many there are in all. */
export async function listResources(
  context: Context,
  api: Api,
  resource: Resource,
  grant: CareGrant,
  query: ListQuery,
): Promise<Collection> {
  const conditions = await conditionsOf(context, api, resource, grant, query.read)
  return readPageOf(context, api, resource, grant, conditions, `${PREFIX}/${resource.type}`, query)
}

/** A page of all that the token sees, listed at `path`. */
export const listAll = (
  context: Context,
  api: Api,
  resource: Resource,
  grant: CareGrant,
  path: string,
  query: ListQuery,
): Promise<Collection> => readPageOf(context, api, resource, grant, [], path, query)

/** A page of what a resource's relationship relates it to. Throws as reading the resource itself does. */
export async function listRelated(
  context: Context,
  api: Api,
  resource: Resource,
  grant: CareGrant,
  { id, relationship }: { id: string; relationship: string },
  query: ListQuery,
): Promise<Collection> {
  await readRow(context.pool, api, resource, grant, id)
  const path = `${PREFIX}/${resource.type}/${toWireId(id)}/${relationship}`
  const found = resource.relationships![relationship]!
  if (!isToOne(found) && !isToMany(found)) throw new Error(`what ${relationship} relates to is of several types`)
  const related = isToOne(found)
    ? sql`select ${raw(found.column)} from ${raw(resource.table)} where id = ${id}::uuid`
    : sql`select ${raw(found.other)} from ${raw(found.table)} where ${raw(found.own)} = ${id}::uuid`
  return readPageOf(context, api, api.get(found.type), grant, [sql`r.id in (${related})`], path, query)
}

async function readPageOf(
  context: Context,
  api: Api,
  resource: Resource,
  grant: CareGrant,
  conditions: Sql[],
  path: string,
  { sent, read }: ListQuery,
): Promise<Collection> {
  const { pool, secrets } = context
  const unpaged = Object.entries(sent).filter(([name]) => !name.startsWith('page['))
  const pageLink = (page: Record<string, string>) =>
    `${path}?${new URLSearchParams([...unpaged, ...Object.entries(page)]).toString()}`
  // What a cursor is bound to: the list, its filters, and who asks.
  const asked = `${grant.clientId} ${path}?${new URLSearchParams(unpaged.toSorted(byName)).toString()}`
  const page = readPage(read, asked, secrets)
  const sort = sortOf(resource, read['sort'] as string | undefined)
  const count = await countRows(pool, resource, grant, conditions)
  const part = { order: sort, isOfFew: count <= FEW }
  const rows = count === 0 ? [] : await readRowsOf(pool, api, resource, grant, conditions, page, part)
  const shown = page.by === 'cursor' ? rows.slice(0, page.limit) : rows
  const last = shown.at(-1)
  const isMore = page.by === 'cursor' && rows.length > page.limit && last !== undefined
  const next = isMore ? sealCursor(positionOf(last, sort), asked, secrets) : undefined
  const included = await readIncluded(context, api, resource, grant, shown, read['include'] as string[] | undefined)
  return {
    meta: { count },
    links: linksOf(page, count, next, pageLink),
    data: shown.map((row) => toResourceObject(resource, row)),
    ...included,
  }
}

/** So many can be sorted in some milliseconds. */
const FEW = 10_000

type Sort = Order & { valueOf: (row: Row) => string | Date }

function sortOf({ attributes, relationships, listedBy }: Resource, asked: string | undefined): Sort | undefined {
  if (asked !== undefined) {
    const name = asked.replace(/^-/, '')
    const { column } = attributes[name]!
    return {
      column: column!,
      isDescending: asked.startsWith('-'),
      valueOf: (row) => row.attributes[name] as string | Date,
    }
  }
  if (listedBy === undefined) return undefined
  const { column } = relationships![listedBy] as ToOne
  return { column, isDescending: false, valueOf: (row) => (row.relationships[listedBy] as Related).id }
}

/** Where a row is in the list: what it is sorted by, and its id. */
function positionOf(row: Row, sort: Sort | undefined): Position {
  const { id } = row
  const value = sort?.valueOf(row)
  return { id, ...(value === undefined ? {} : { value: value instanceof Date ? value.toISOString() : value }) }
}

const byName = ([a]: [string, string], [b]: [string, string]) => (a < b ? -1 : 1)

function readRowsOf(
  db: Context['pool'],
  api: Api,
  resource: Resource,
  grant: CareGrant,
  conditions: Sql[],
  page: Page,
  part: { order: Order | undefined; isOfFew: boolean },
) {
  const read = resource.isAmong === undefined ? readRows : readComputedRows
  if (page.by === 'number') {
    if (page.size === 0) return Promise.resolve([])
    const offset = (page.number - 1) * page.size
    return read(db, api, resource, grant, conditions, { ...part, limit: page.size, offset })
  }
  if (page.limit === 0) return Promise.resolve([])
  const after = page.after === undefined ? [] : [isAfter(page.after, part.order)]
  // One more than is shown says whether there is a next page.
  return read(db, api, resource, grant, [...conditions, ...after], { ...part, limit: page.limit + 1 })
}

function isAfter({ id, value }: Position, order: Order | undefined): Sql {
  if (order === undefined) return sql`r.id > ${id}::uuid`
  const { column, isDescending } = order
  const sorted = raw(`r.${column}`)
  const after = raw(isDescending ? '<' : '>')
  // By the first alone an index finds where to go on, also where it has no ids.
  return sql`${sorted} ${after}= ${value} and (${sorted}, r.id) ${after} (${value}, ${id}::uuid)`
}

/** What filters ask. Throws `forbidden` and `not_found` for what they name that the token may not see or is not there. */
async function conditionsOf(
  { pool }: Context,
  api: Api,
  { filters = {} }: Resource,
  grant: CareGrant,
  query: Record<string, unknown>,
): Promise<Sql[]> {
  const conditions: Sql[] = []
  for (const [name, filter] of Object.entries(filters)) {
    const { names, where, isForOrganization } = filter
    const parameter = parameterOf(name, filter)
    // The declaration's own schema has read it.
    const value = query[parameter] as never
    if (value === undefined) continue
    if (names !== undefined) await requireVisible(pool, names.types.map(api.get), grant, names.ids(value), parameter)
    if (isForOrganization === true && grant.groupIds !== null) throw refusal('forbidden', parameter, NEEDS_GROUPS)
    conditions.push(where(value, query))
  }
  return conditions
}

const NEEDS_GROUPS = 'is the whole organization, which a token of some groups may not ask for'
