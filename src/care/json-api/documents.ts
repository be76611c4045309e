import { toWireId } from '../ids.ts'
import { PREFIX } from './api.ts'
import type { Related, Row } from './read-rows.ts'
import { isToMany, type Relationship, type Resource, typesOf } from './resource.ts'

/**
 * A resource object (JSON:API 1.0 §7.2). What has no value is left out, and whom nothing is related to: the schemas of
 * the published API allow no null there.
 */
export function toResourceObject(resource: Resource, row: Row): object {
  const { type, relationships = {}, operations } = resource
  const self = `${PREFIX}/${resource.type}/${toWireId(row.id)}`
  const related = Object.entries(relationships).flatMap(([name, relationship]) => {
    const data = toLinkage(relationship, row.relationships[name] ?? null)
    const links = operations.related?.[name] === undefined ? undefined : { related: `${self}/${name}` }
    if (data === null && links === undefined) return []
    return [[name, { ...(data === null ? {} : { data }), ...(links === undefined ? {} : { links }) }]]
  })
  return {
    type,
    id: toWireId(row.id),
    attributes: Object.fromEntries(
      Object.entries(row.attributes)
        .filter(([, value]) => value !== null)
        .map(([name, value]) => [name, value instanceof Date ? value.toISOString() : value]),
    ),
    ...(related.length === 0 ? {} : { relationships: Object.fromEntries(related) }),
    ...(operations.fetch === undefined ? {} : { links: { self } }),
  }
}

function toLinkage(relationship: Relationship, related: Related | Related[] | null): object | null {
  if (Array.isArray(related)) return related.map((each) => toIdentifier(relationship, each))
  return related === null ? null : toIdentifier(relationship, related)
}

function toIdentifier(
  relationship: Relationship,
  { id, type = typesOf(relationship)[0]!, ...members }: Related,
): object {
  const hasMeta = isToMany(relationship) && relationship.meta !== undefined
  return { type, id: toWireId(id), ...(hasMeta ? { meta: members } : {}) }
}
