import type { CareGrant } from '../../accounts/care-tokens.ts'
import type { Context } from '../../context.ts'
import type { Api } from './api.ts'
import { toResourceObject } from './documents.ts'
import { readRows, type Related, type Row } from './read-rows.ts'
import { refusal } from './refusal.ts'
import { type Relationship, type Resource, typesOf } from './resource.ts'
import { hasId } from './visibility.ts'

const MAX_INCLUDED = 10_000

/**
 * What the relationships `names` of `rows` relate them to, each once, and none that is in `rows`: a compound document
 * (JSON:API 1.0 §7.4). One query a type; nothing where no names are given. Throws `validation_error` where that is more than a document may have.
 */
export async function readIncluded(
  { pool }: Context,
  api: Api,
  resource: Resource,
  grant: CareGrant,
  rows: Row[],
  names: string[] = [],
): Promise<{ included?: object[] }> {
  if (names.length === 0) return {}
  const byType = new Map<string, Set<string>>()
  for (const name of names) {
    for (const { type, id } of rows.flatMap((row) =>
      relatedOf(resource.relationships![name]!, row.relationships[name]),
    ))
      byType.set(type, (byType.get(type) ?? new Set()).add(id))
  }
  for (const { id } of rows) byType.get(resource.type)?.delete(id)
  const count = [...byType.values()].reduce((sum, ids) => sum + ids.size, 0)
  if (count > MAX_INCLUDED) {
    throw refusal('validation_error', 'include', `is of more than ${MAX_INCLUDED} resources: ask for a smaller page`)
  }
  const byTypes = await Promise.all(
    [...byType].map(async ([type, ids]) => {
      const target = api.get(type)
      const related = await readRows(pool, api, target, grant, [hasId(target, [...ids])], { limit: ids.size })
      return related.map((row) => toResourceObject(target, row))
    }),
  )
  return { included: byTypes.flat() }
}

/** What a row's relationship says, with its type. */
function relatedOf(relationship: Relationship, related: Related | Related[] | null | undefined) {
  return [related ?? []].flat().map(({ id, type = typesOf(relationship)[0]! }) => ({ id, type }))
}
