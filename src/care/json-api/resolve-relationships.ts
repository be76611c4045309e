import { AppError } from '../../errors.ts'
import { fromWireId } from '../ids.ts'
import type { Api } from './api.ts'
import type { Identified, Input, Links, Relationship, Resource, WriteRequest } from './resource.ts'
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
    if (given === undefined) continue
    const target = api.get(relationship.type)
    const links = []
    for (const [index, each] of [given].flat().entries()) {
      const place = `${pointer}.relationships.${name}.data`
      const field = Array.isArray(given) ? `${place}.${index}` : place
      const id = await idOf(request, relationship, each, field)
      if (id === undefined) throw notFound(target, `${field}.id`)
      await requireVisible(request.tx, target, request.grant, [id], field, { isLocking: true })
      links.push({ id, meta: each.meta })
    }
    resolved[name] = links
  }
  return resolved
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
  throw new AppError('validation_error', `${field}.id is missing`, {
    details: [{ field: `${field}.id`, reason: 'is missing' }],
  })
}
