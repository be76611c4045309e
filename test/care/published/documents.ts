import { z } from 'zod'
import { resourceSchemas } from './deviations.ts'
import { integer, type JsonSchema, list, object, oneOf, string } from './notation.ts'
import type { PublishedOperation } from './operations.ts'

/** The document has two, alike but for the one member that the other has not. Ours always has the id. */
const Meta = object({ 'req_id!': string, count: integer, ignored: list(string) })
const Links = object({ self: string, next: string, prev: string, last: string })

/** The document has one error where JSON:API has a list of them, as ours does; and requires none of its members. */
const PublishedError = object({
  'status!': string,
  'code!': oneOf(
    'Forbidden',
    'InvalidParameter',
    'InvalidBodyParameter',
    'ResourceNotFound',
    'Unauthorized',
    'InvalidCredentials',
    'InvalidGrantType',
  ),
  'title!': string,
  'detail!': string,
  source: object({ parameter: string, pointer: string }),
})
const ErrorDocument = object({ 'meta!': Meta, 'errors!': { ...list(PublishedError), minItems: 1 } })

/** What a body has that its schema does not allow; nothing where it is valid. */
export function invalidIn(operation: PublishedOperation, status: number, body: any): string[] {
  if (status !== operation.status) return violations(ErrorDocument, body)
  const included = (body.included ?? []) as { type: string }[]
  return [
    ...violations(documentOf(operation, body.data), body),
    ...included.flatMap((resource) => violations(resourceSchemas[resource.type]!, resource)),
  ]
}

/** A list is answered also to a list of what to create, of which the document says only in words that it may be sent. */
function documentOf({ method, answers }: PublishedOperation, data: unknown): JsonSchema {
  if (answers === undefined) return object({ 'meta!': Meta })
  const resource = resourceSchemas[[answers].flat()[0]!]!
  const isList = typeof answers !== 'string' || (method === 'POST' && Array.isArray(data))
  return object({ 'meta!': Meta, 'data!': isList ? list(resource) : resource, links: Links })
}

function violations(schema: JsonSchema, value: unknown): string[] {
  const { error } = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).safeParse(value)
  return error?.issues.map(({ path, message }) => `${path.join('/')}: ${message}`) ?? []
}
