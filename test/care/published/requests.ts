import { parameterOf } from '../../../src/care/json-api/resource.ts'
import { careApi } from '../../../src/care/resources.ts'
import { type Ask, exampleOf, type Ids } from '../../support/care-examples.ts'
import type { Parameter, PublishedOperation } from './operations.ts'

export type Request = { method: string; path: string; body?: { data: object } }

/** `ask` sees everything; `ids` has one of each type. */
export type World = { ask: Ask; ids: Ids }

/** Undefined for a token, which is none. */
const resourceAt = (path: string) => careApi.resources.find(({ type }) => type === path.split('/')[1])
const typeAt = (path: string) => resourceAt(path)?.type ?? 'token'

/** Requests that the right token may make: of those to read one with each value of each published parameter. */
export async function requestsOf(operation: PublishedOperation, world: World): Promise<Request[]> {
  const queries = queriesOf(operation, await namedIn(operation, world))
  const request = await requestOf(operation, world)
  const alone = queries.map((query) => ({ ...request, path: `${request.path}${query}` }))
  return [...alone, ...(await bulkOf(operation, world))]
}

/** Ids by type, and by relationship, that find what is listed: of whom the one that is there is. */
async function namedIn({ method, path }: PublishedOperation, { ask, ids }: World): Promise<Ids> {
  const resource = resourceAt(path)
  if (method !== 'GET' || resource?.operations.fetch === undefined) return ids
  const { body } = await ask('GET', `/${resource.type}/${ids[resource.type]}`)
  const related = Object.entries<any>([body.data].flat()[0].relationships ?? {}).filter(
    ([, { data }]) => data?.id !== undefined,
  )
  const byName = related.map(([name, { data }]) => [`filter[${name}]`, data.id])
  return { ...ids, ...Object.fromEntries([...related.map(([, { data }]) => [data.type, data.id]), ...byName]) }
}

/** Two at once, where they may be created so. */
async function bulkOf({ method, path }: PublishedOperation, { ask, ids }: World): Promise<Request[]> {
  const resource = resourceAt(path)
  if (method !== 'POST' || resource?.operations.create?.bulk === undefined) return []
  const [first, second] = [await exampleOf(resource.type, ask, ids), await exampleOf(resource.type, ask, ids)]
  return [{ method, path, body: { data: [first.data, second.data] } }]
}

async function requestOf({ method, path }: PublishedOperation, { ask, ids }: World): Promise<Request> {
  const type = typeAt(path)
  const byId = path.replace('{id}', ids[type]!)
  if (method === 'POST') return { method, path, body: await exampleOf(type, ask, ids) }
  if (method === 'PUT') return { method, path, body: upsertOf(type, ids) }
  if (method === 'PATCH') {
    // What was read is written back: what is read only is passed over.
    const { id, attributes } = (await ask('GET', byId)).body.data
    return { method, path: byId, body: { data: { type, id, attributes } } }
  }
  if (method === 'DELETE') {
    const { body } = await ask('POST', path.replace('/{id}', ''), await exampleOf(type, ask, ids))
    return { method, path: path.replace('{id}', body.data.id) }
  }
  return { method, path: byId }
}

const upsertOf = (type: string, ids: Ids) => ({
  data: { type, attributes: {} },
  meta: { query: { identifier: { system: 's', value: type }, groups: [ids['group']] } },
})

/** The query with only what is required, in each way; and one with each value of each other parameter. */
function queriesOf({ path, query = {}, oneOf = [] }: PublishedOperation, ids: Ids): string[] {
  const written = (name: string, value: string) => `${name}=${encodeURIComponent(value)}`
  const values = (name: string) => valuesOf(path, name, query[name] ?? query[`${name}!`]!, ids)
  const each = (name: string) => values(name).map((value) => written(name, value))
  const required = Object.keys(query).flatMap((name) => (name.endsWith('!') ? each(name.slice(0, -1)) : []))
  const alternatives = oneOf.length === 0 ? [required] : oneOf.map((name) => [...required, ...each(name)])
  const others = Object.keys(query).filter((name) => !name.endsWith('!') && !oneOf.includes(name) && !isCursor(name))
  const withOthers = others.flatMap((name) => {
    // The halves of an identifier are only taken together.
    const half = name.startsWith('filter[identifier]')
      ? ['system', 'value'].map((of) => `filter[identifier][${of}]=x`)
      : []
    return each(name).map((parameter) => [...alternatives[0]!, ...(half.length > 0 ? half : [parameter])])
  })
  return [...alternatives, ...withOthers].map((parameters) =>
    parameters.length === 0 ? '' : `?${parameters.join('&')}`,
  )
}

/** A cursor is walked with in the tests of paging. */
const isCursor = (name: string) => name === 'page[after]' || name === 'page[cursor]'

/** What the parameter may be: ids of what a filter names are of what is there. */
function valuesOf(path: string, name: string, parameter: Parameter, ids: Ids): readonly string[] {
  if (typeof parameter !== 'string') return parameter
  if (parameter === 'boolean') return ['true', 'false']
  if (parameter === 'integer') return ['1']
  if (parameter === 'instant') return ['2017-11-01T00:00:00-04:00']
  if (parameter === 'range') return ['2017-11-01T00:00:00-04:00..2117-12-01T00:00:00-05:00']
  const filters = resourceAt(path)?.filters ?? {}
  const declared = Object.entries(filters).find(([declaredName, filter]) => parameterOf(declaredName, filter) === name)
  const type = declared?.[1].names?.types.find((of) => ids[of] !== undefined)
  return [ids[name] ?? (type === undefined ? 'x' : ids[type]!)]
}
