import { toWireId } from '../ids.ts'
import { PREFIX } from './api.ts'
import type { Related, Row } from './read-rows.ts'
import { isToMany, type Relationship, type Resource, typesOf } from './resource.ts'

/** A resource object (JSON:API 1.0 §7.2). What has no value is left out. */
export function toResourceObject(resource: Resource, row: Row): object {
  const { type, relationships = {}, operations } = resource
  const self = `${PREFIX}/${resource.type}/${toWireId(row.id)}`
  const related = Object.entries(relationships).map(([name, relationship]) => [
    name,
    {
      data: toLinkage(relationship, row.relationships[name] ?? null),
      ...(operations.related?.[name] === undefined ? {} : { links: { related: `${self}/${name}` } }),
    },
  ])
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
