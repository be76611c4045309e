const meaningOfStatus: Record<string, string> = {
  200: 'Done',
  201: 'Created',
  202: 'Accepted: it is done soon after',
  204: 'Done; there is nothing to answer',
  400: 'Malformed, or a parameter is unknown',
  401: 'The key or token is missing, unknown, expired or revoked',
  403: 'This kind of key, or a token of some groups, may not do this',
  404: 'It does not exist, or belongs to another account',
  409: 'Its state does not allow it',
  413: 'The body is over the limit',
  415: 'This content type or encoding is not taken',
  422: 'A rule is broken; the details name the field',
  429: 'Over the rate limit; Retry-After says when to try again',
  503: 'The database cannot be reached; the same request may be sent again',
}

type Schemas = Record<string, object>
type BodySchema = { type?: string; anyOf?: BodySchema[] }
type RequestBody = { content: Record<string, { schema: BodySchema }> }
type Document = { paths?: object; components?: { schemas?: Schemas } }

/**
 * Makes the generated OpenAPI document what a person would write: the generator gives every schema twice, as input
 * (`UserInput`) and as output (`User`), and every response the same description.
 */
export function tidyDocument<Generated extends object>(generated: Generated): Generated {
  const document: Document = generated
  const schemas = document.components?.schemas ?? {}
  const used = reachable(document.paths ?? {}, schemas)
  // An input keeps its name only beside an output that is used and differs.
  const plainName = (name: string) => {
    const plain = name.replace(/Input$/, '')
    return used.has(plain) && !isSame(schemas[plain], schemas[name]) ? name : plain
  }
  const tidied = { ...generated, components: { ...document.components, schemas: pick(schemas, used) } }
  return JSON.parse(JSON.stringify(tidied), (key, value) => {
    if (key === '$ref' && typeof value === 'string') return value.replace(/[^/]+$/, plainName)
    if (key === 'requestBody') {
      const body = value as RequestBody
      return { ...body, required: isRequired(body), content: schemaForEach(body.content) }
    }
    if (key === 'responses') return describeResponses(value as Record<string, { description?: string }>)
    if (key === 'schemas') return Object.fromEntries(Object.entries(value).map(([name, it]) => [plainName(name), it]))
    return value as unknown
  }) as Generated
}

/** The generator says so of every body; one that may be null may be left out. */
const isRequired = ({ content }: RequestBody): boolean =>
  !Object.values(content).some(({ schema }) => schema.anyOf?.some(({ type }) => type === 'null'))

/** A route that takes several media types declares a union, in their order. */
function schemaForEach(content: RequestBody['content']): RequestBody['content'] {
  const types = Object.entries(content)
  if (types.length === 1) return content
  return Object.fromEntries(
    types.map(([type, { schema }], index) => [type, { schema: schema.anyOf?.[index] ?? schema }]),
  )
}

/** The names of the schemas that `part` refers to, also through other schemas. */
function reachable(part: object, schemas: Schemas, found = new Set<string>()): Set<string> {
  for (const [, name] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
    const schema = schemas[name!]
    if (schema === undefined || found.has(name!)) continue
    found.add(name!)
    reachable(schema, schemas, found)
  }
  return found
}

const pick = (schemas: Schemas, names: Set<string>): Schemas =>
  Object.fromEntries(Object.entries(schemas).filter(([name]) => names.has(name)))

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

function describeResponses(responses: Record<string, { description?: string }>) {
  for (const [status, response] of Object.entries(responses)) {
    if (response.description === 'Default Response') response.description = meaningOfStatus[status] ?? status
  }
  return responses
}
