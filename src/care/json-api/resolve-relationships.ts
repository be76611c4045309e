import { fromWireId } from '../ids.ts'
import type { Api } from './api.ts'
import { refusal } from './refusal.ts'
import {
  type Identified,
  type Input,
  type Link,
  type Links,
  type Relationship,
  type Resource,
  typesOf,
  type WriteRequest,
} from './resource.ts'
import { notFound, requireVisible } from './visibility.ts'

/**
 * Finds what the request relates a resource to, by id or by `meta.query`. Throws `not_found`, and `forbidden` for what
 * the token may not see, with the place in the request.
 */
export async function resolveRelationships(
  request: WriteRequest,
  api: Api,
  { relationships = {} }: Resource,
  input: Input,
  pointer: string,
): Promise<Links> {
  const resolved: Links = {}
  for (const [name, relationship] of Object.entries(relationships)) {
    const given = input.relationships?.[name]?.data
    if (given === undefined || relationship.isReadOnly === true) continue
    const links = []
    for (const [index, each] of [given ?? []].flat().entries()) {
      const place = `${pointer}.relationships.${name}.data`
      links.push(await resolve(request, api, relationship, each, Array.isArray(given) ? `${place}.${index}` : place))
    }
    resolved[name] = links
  }
  return resolved
}

/** What is asked for may be of several types: it is of the one of which there is such an id. */
async function resolve(
  request: WriteRequest,
  api: Api,
  relationship: Relationship,
  given: Identified,
  field: string,
): Promise<Link> {
  const { tx, grant } = request
  const types = typesOf(relationship)
  const targets = types
    .map((type) => api.get(type))
    .filter(({ type }) => given.type === type || !types.includes(given.type))
  const id = await idOf(request, relationship, given, field)
  if (id === undefined) throw notFound(targets, `${field}.id`)
  const found = await requireVisible(tx, targets, grant, [id], field, { isLocking: true })
  return { type: found.get(id)!, id, meta: given.meta }
}

async function idOf(
  request: WriteRequest,
  { query }: Relationship,
  { id, meta }: Identified,
  field: string,
): Promise<string | undefined> {
  if (id !== undefined) return fromWireId(id)
  const asked = meta?.['query']
  // The relationship's own schema has read it.
  if (query !== undefined && asked !== undefined) return query.find(request, asked as never, `${field}.meta.query`)
  throw refusal('validation_error', `${field}.id`, 'is missing')
}
