import { empty, join, raw, run, type Sql, sql } from '../../database/sql.ts'
import type { Api } from './api.ts'
import {
  isToMany,
  isToOneOf,
  type Link,
  type Links,
  type Relationship,
  type Resource,
  type WriteRequest,
} from './resource.ts'
import { isVisible, uuids } from './visibility.ts'

type Written = { attributes: Record<string, unknown>; links: Links; columns: Record<string, unknown> }

/** Writes a new row: `attributes` and `links` in their columns, `columns`, and what the declaration gives besides. */
export async function insertRow(
  { tx, grant, now }: WriteRequest,
  resource: Resource,
  id: string,
  written: Written,
): Promise<void> {
  const values = {
    id,
    [resource.organization]: grant.organizationId,
    ...resource.defaults?.(id),
    ...valuesOf(resource, written),
    ...(resource.touched === undefined ? {} : { [resource.touched]: now }),
  }
  const columns = join(Object.keys(values).map((column) => raw(column)))
  await run(tx, sql`insert into ${raw(resource.table)} (${columns}) values (${join(Object.values(values))})`)
}

export async function updateRow(
  { tx, now }: WriteRequest,
  resource: Resource,
  id: string,
  written: Written,
): Promise<void> {
  const values = {
    ...valuesOf(resource, written),
    ...(resource.touched === undefined ? {} : { [resource.touched]: now }),
  }
  const sets = Object.entries(values).map(([column, value]) => sql`${raw(column)} = ${value}`)
  if (sets.length === 0) return
  await run(tx, sql`update ${raw(resource.table)} set ${join(sets)} where id = ${id}::uuid`)
}

const valuesOf = (resource: Resource, { attributes, links, columns }: Written): Record<string, unknown> => ({
  ...columnsOf(resource, attributes),
  ...linkColumnsOf(resource, links),
  ...columns,
})

function columnsOf(resource: Resource, attributes: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) => {
      const { column, toColumn } = resource.attributes[name]!
      return column === undefined ? [] : [[column, toColumn === undefined ? value : toColumn(value)]]
    }),
  )
}

const linkColumnsOf = ({ relationships = {} }: Resource, links: Links): Record<string, unknown> =>
  Object.fromEntries(Object.entries(links).flatMap(([name, [link]]) => oneColumnOf(relationships[name]!, link)))

function oneColumnOf(relationship: Relationship, link: Link | undefined): [string, string | null][] {
  if (isToMany(relationship)) return []
  if (!isToOneOf(relationship)) return [[relationship.column, link?.id ?? null]]
  // Of another type than before, the one before is no more.
  return Object.entries(relationship.columns).map(([type, column]) => [column, type === link?.type ? link.id : null])
}

/** Puts pairs in the place of those that the token sees; what it does not see stays. */
export async function writeLinks(
  { tx, grant }: WriteRequest,
  api: Api,
  resource: Resource,
  id: string,
  links: Links,
): Promise<void> {
  for (const [name, related] of Object.entries(links)) {
    const relationship = resource.relationships![name]!
    if (!isToMany(relationship)) continue
    const { type, table, own, other, isOrderOfOther = false, meta = {} } = relationship
    const target = api.get(type)
    const stays = isOrderOfOther ? sql`t.${raw(other)} in (${uuids(related.map((link) => link.id))})` : sql`false`
    await run(
      tx,
      sql`delete from ${raw(table)} t where t.${raw(own)} = ${id}::uuid and ${stays} is not true and exists (
            select from ${raw(target.table)} o where o.id = t.${raw(other)} and ${isVisible(target, grant, raw('o'))})`,
    )
    const members = Object.keys(meta)
    const names = members.map((member) => sql`, ${raw(meta[member]!)}`)
    const rows = related.map(({ id: relatedId, meta: given = {} }, position): Sql => {
      const flags = members.map((member) => sql`, ${given[member] === true}`)
      const last = sql`(select coalesce(max(position) + 1, 0) from ${raw(table)} where ${raw(other)} = ${relatedId}::uuid)`
      return sql`(${id}::uuid, ${relatedId}::uuid, ${isOrderOfOther ? last : position}${all(flags)})`
    })
    if (rows.length === 0) continue
    await run(
      tx,
      sql`insert into ${raw(table)} (${raw(own)}, ${raw(other)}, position${all(names)}) values ${join(rows)}
          on conflict do nothing`,
    )
  }
}

const all = (parts: Sql[]): Sql => (parts.length === 0 ? empty : join(parts, ''))
