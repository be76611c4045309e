import type { CareGrant } from '../../accounts/care-tokens.ts'
import type { Queryable } from '../../database/pool.ts'
import { empty, join, raw, run, type Sql, sql } from '../../database/sql.ts'
import type { Api } from './api.ts'
import { isToOne, isToOneOf, type Relationship, type Resource, type WriteRequest } from './resource.ts'
import { forbidden, hasId, isInOrganization, isVisible, notFound, requireVisible } from './visibility.ts'

/** What is related, as a relationship's column has it. */
export type Related = { id: string; type?: string } & Record<string, unknown>
/** A row: `id`, attributes and relationships under their names; of one to one, that one or null. */
export type Row = {
  id: string
  attributes: Record<string, unknown>
  relationships: Record<string, Related | Related[] | null>
}

/** One by id. Throws `not_found`, or `forbidden` where the token may not see it. */
export async function readRow(db: Queryable, api: Api, resource: Resource, grant: CareGrant, id: string): Promise<Row> {
  const [row] = await run<Record<string, unknown>>(
    db,
    sql`select ${columnsOf(api, resource, grant)}, ${isVisible(resource, grant)} as visible, ${isThere(resource)} as there
        from ${raw(resource.table)} r where ${hasId(resource, [id])} and ${isInOrganization(resource, grant)}`,
  )
  if (row === undefined) throw notFound(resource)
  if (row['visible'] !== true) throw forbidden(resource)
  if (row['there'] !== true) throw notFound(resource)
  return toRow(resource, row)
}

/**
 * Keeps one from being changed or deleted by others until the transaction ends: their changes come after. `isToGo`: it is
 * to be deleted, and waits for whatever is being related to it. Throws as `readRow` does.
 */
export async function lockRow(
  { tx, grant }: WriteRequest,
  resource: Resource,
  id: string,
  { isToGo = false } = {},
): Promise<void> {
  const locked = await run(
    tx,
    sql`select from ${raw(resource.table)} r
        where ${hasId(resource, [id])} and ${isInOrganization(resource, grant)} for ${raw(isToGo ? 'update' : 'no key update')} of r`,
  )
  if (locked.length === 0) throw notFound(resource)
  await requireVisible(tx, resource, grant, [id])
}

/** What a list is sorted by before its ids. */
export type Order = { column: string; isDescending: boolean }

/**
 * Which of the rows are read. `isOfFew`: they are found first, then sorted. Postgres would go through all rows there are in
 * the order that is asked for, expecting to meet these soon: 0.9 s of 2,000,000 where the few are the last, not 6 ms.
 */
type Part = { limit: number; offset?: number; order?: Order | undefined; isOfFew?: boolean }

/** Those of the organization that the token sees, and that all conditions hold for, sorted; without an order by id. */
export async function readRows(
  db: Queryable,
  api: Api,
  resource: Resource,
  grant: CareGrant,
  conditions: Sql[],
  { limit, offset = 0, order, isOfFew = false }: Part,
): Promise<Row[]> {
  const sorted = sortedBy(order)
  const rows = await run<Record<string, unknown>>(
    db,
    // The page first: what is related to the rows that it skips need not be read.
    sql`with found as ${raw(isOfFew ? '' : 'not')} materialized (
          select r.* from ${raw(resource.table)} r where ${allOf(resource, grant, conditions)}
        )
        select ${columnsOf(api, resource, grant)} from (
          select r.* from found r order by ${sorted} limit ${limit} ${offset > 0 ? sql`offset ${offset}` : empty}
        ) r order by ${sorted}`,
  )
  return rows.map((row) => toRow(resource, row))
}

/** As `readRows`, of rows that are computed: what nobody asks for is not, so that only those of the page are. */
export async function readComputedRows(
  db: Queryable,
  api: Api,
  resource: Resource,
  grant: CareGrant,
  conditions: Sql[],
  part: Part,
): Promise<Row[]> {
  const { limit, offset = 0, order } = part
  const found = await run<{ id: string }>(
    db,
    sql`select r.id from ${raw(resource.table)} r where ${allOf(resource, grant, conditions)}
        order by ${sortedBy(order)} limit ${limit} offset ${offset}`,
  )
  const ids = found.map(({ id }) => id)
  const rows = await readRows(db, api, resource, grant, [hasId(resource, ids)], { limit: ids.length, order })
  // Where one is gone by now, a page would end before the list does.
  return rows.length === ids.length ? rows : readRows(db, api, resource, grant, conditions, part)
}

const sortedBy = (order: Order | undefined): Sql => (order === undefined ? sql`r.id` : raw(bothBy(order)))

/** Rows that are equal by the column are told apart by their ids, in the same direction: one index serves both. */
function bothBy({ column, isDescending }: Order): string {
  const direction = isDescending ? ' desc' : ''
  return `r.${column}${direction}, r.id${direction}`
}

/** Those with these ids, in their order. Throws `forbidden` where the token does not see one. */
export async function readRowsById(
  db: Queryable,
  api: Api,
  resource: Resource,
  grant: CareGrant,
  ids: string[],
): Promise<Row[]> {
  if (ids.length === 0) return []
  const rows = await readRows(db, api, resource, grant, [hasId(resource, ids)], { limit: ids.length })
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.map((id) => {
    const row = byId.get(id)
    if (row === undefined) throw forbidden(resource)
    return row
  })
}

export async function countRows(
  db: Queryable,
  resource: Resource,
  grant: CareGrant,
  conditions: Sql[],
): Promise<number> {
  const [counted] = await run<{ count: number }>(
    db,
    sql`select count(*)::int as count from ${raw(resource.table)} r where ${allOf(resource, grant, conditions)}`,
  )
  return counted?.count ?? 0
}

const allOf = (resource: Resource, grant: CareGrant, conditions: Sql[]): Sql =>
  join([isInOrganization(resource, grant), isThere(resource), isVisible(resource, grant), ...conditions], ' and ')

const isThere = (resource: Resource): Sql => resource.isThere ?? sql`true`

function columnsOf(api: Api, resource: Resource, grant: CareGrant): Sql {
  return join([
    sql`r.id`,
    ...Object.entries(resource.attributes).map(
      ([name, { read }]) => sql`${typeof read === 'function' ? read(grant.groupIds) : read} as ${raw(`"a ${name}"`)}`,
    ),
    ...Object.entries(resource.relationships ?? {}).map(
      ([name, relationship]) => sql`${readRelated(api, relationship, grant)} as ${raw(`"r ${name}"`)}`,
    ),
  ])
}

/** Only what the token sees of it: the groups of a patient that are others' business stay unsaid. */
function readRelated(api: Api, relationship: Relationship, grant: CareGrant): Sql {
  if (isToOneOf(relationship)) {
    const { columns } = relationship
    return sql`coalesce(${join(Object.entries(columns).map(([type, column]) => readOne(api.get(type), column, grant)))})`
  }
  const target = api.get(relationship.type)
  if (isToOne(relationship)) return readOne(target, relationship.column, grant)
  const { table, own, other, orderBy = 'position', isPart = false, meta = {} } = relationship
  const members = Object.entries(meta).map(([member, column]) => `, '${member}', t.${column}`)
  const seen = sql`join ${raw(target.table)} o on o.id = t.${raw(other)} and ${isVisible(target, grant, raw('o'))}`
  return sql`(
    select coalesce(json_agg(json_build_object('id', t.${raw(other)}${raw(members.join(''))})
                             order by t.${raw(orderBy)}, t.${raw(other)}), '[]')
    from ${raw(table)} t ${isPart ? empty : seen}
    where t.${raw(own)} = r.id)`
}

const readOne = (target: Resource, column: string, grant: CareGrant): Sql =>
  sql`(select json_build_object('type', ${target.type}::text, 'id', o.id) from ${raw(target.table)} o
    where o.id = r.${raw(column)} and ${isVisible(target, grant, raw('o'))})`

function toRow({ attributes, relationships = {} }: Resource, row: Record<string, unknown>): Row {
  const named = (names: string[], prefix: string) =>
    Object.fromEntries(names.map((name) => [name, row[`${prefix} ${name}`]]))
  return {
    id: row['id'] as string,
    attributes: named(Object.keys(attributes), 'a'),
    relationships: named(Object.keys(relationships), 'r') as Row['relationships'],
  }
}
