import fc from 'fast-check'
import type { Document, Operation } from './operations.ts'
import type { Populated } from './populate.ts'
import type { Request } from './requests.ts'
import { type Known, valuesOf } from './schema-values.ts'
import type { Received } from './send.ts'

const NOBODYS = '01a00000-0000-7000-8000-000000000000'
/** Bodies are drawn where there is no example: of so many one is right. */
const DRAWS = 6

/** The same request twice: for what the other account has, and for what nobody has. */
export type Pair = { theirs: Request; nobodys: Request }

/**
 * For each path and each parameter of a query that can name what is the other account's, requests that do, with this
 * account's credential and right in the rest.
 */
export function pairsOf(operation: Operation, document: Document, populated: Populated, seed: number): Pair[] {
  const { foreign } = populated
  const named = operation.parameters.filter(({ name }) => idOf(operation, name, foreign) !== undefined)
  return named.flatMap(({ name }) =>
    fc
      .sample(valuesFor(operation, document, populated, name), { seed, numRuns: DRAWS })
      .map(({ values, body }) => toPair(operation, populated, name, values, body)),
  )
}

/** By the path that it is in, by the resource that the path is of, or by its name alone. */
const idsOf = ({ template }: Operation, name: string, of: Known): unknown[] | undefined =>
  of[`${template} ${name}`] ?? (name === 'id' ? of[`${template.split('/')[2]} id`] : undefined) ?? of[name]

const idOf = (operation: Operation, name: string, of: Known): string | undefined => {
  const ids = idsOf(operation, name, of)
  return ids === undefined ? undefined : String(ids[0])
}

function valuesFor(operation: Operation, { schemas }: Document, populated: Populated, name: string) {
  const { known, examples } = populated
  const needed = operation.parameters.filter(
    (each) => each.in === 'path' || each.required === true || each.name === name,
  )
  const helpful = operation.parameters.filter((each) => !needed.includes(each) && known[each.name] !== undefined)
  const values = fc.record(
    Object.fromEntries(
      [...needed, ...helpful].map((each) => {
        const ids = idsOf(operation, each.name, known)
        return [each.name, ids === undefined ? valuesOf(each.schema, schemas, known) : fc.constantFrom(...ids)]
      }),
    ),
    { requiredKeys: needed.map((each) => each.name) },
  )
  const [example] = examples[operation.id] ?? []
  const [, schema] = operation.bodies[0] ?? []
  const drawn = schema === undefined ? fc.constant(undefined) : valuesOf(schema, schemas, known)
  return fc.record({ values, body: example === undefined ? drawn : fc.constant(example) })
}

function toPair(
  operation: Operation,
  { own, foreign, known }: Populated,
  name: string,
  values: Record<string, unknown>,
  body: unknown,
): Pair {
  const theirs = idOf(operation, name, foreign)!
  const mine = idOf(operation, name, known)
  const naming = (id: string): Request => {
    const all = { ...values, [name]: id }
    const path = operation.template.replace(/\{(\w+)\}/g, (_, part: string) => encodeURIComponent(String(all[part])))
    const query = operation.parameters
      .filter((each) => each.in === 'query' && each.name in all)
      .map((each) => `${each.name}=${encodeURIComponent(String(all[each.name]))}`)
    const text = body === undefined ? undefined : JSON.stringify(body)
    return {
      operation,
      path: query.length === 0 ? path : `${path}?${query.join('&')}`,
      headers: { ...credentialOf(operation, own), ...typeOf(operation, text) },
      body: text === undefined ? undefined : Buffer.from(mine === undefined ? text : text.replaceAll(mine, id)),
      isForeign: false,
    }
  }
  return { theirs: naming(theirs), nobodys: naming(nobodysLike(theirs)) }
}

/** In the Studies API each account counts from 1; elsewhere ids are UUIDs, with or without hyphens. */
function nobodysLike(id: string): string {
  if (/^\D*\d{1,3}$/.test(id)) return id.replace(/\d+$/, '999')
  return id.replace(/[\da-f-]{32,36}$/, id.includes('-') ? NOBODYS : NOBODYS.replaceAll('-', ''))
}

const typeOf = ({ bodies: [first] }: Operation, text: string | undefined): Record<string, string> =>
  text === undefined || first === undefined ? {} : { 'content-type': first[0] }

function credentialOf({ credential }: Operation, own: Populated['own']): Record<string, string> {
  switch (credential) {
    case 'key':
      return { 'x-api-key': own.key }
    case 'connectToken':
      return { 'api-token': own.connectToken }
    case 'userToken':
      return { authorization: `Bearer ${own.userToken}` }
    case 'careToken':
      return { authorization: `Bearer ${own.careToken}` }
    default:
      return {}
  }
}

/** What an answer says, without what differs from request to request. */
export const gistOf = ({ status, body, request }: Received): string => {
  const ids = [...request.path.matchAll(/[\da-f-]{32,36}/g)].map(([id]) => id)
  const text = ids.reduce((rest, id) => rest.replaceAll(id, '*').replaceAll(id.replaceAll('-', ''), '*'), body)
  return `${status} ${text.replace(/"req_id":"[^"]*"/, '')}`
}
