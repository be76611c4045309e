import fc from 'fast-check'
import type { Schema } from './operations.ts'

/** What is there, by the name of the member or parameter that may name it. */
export type Known = Record<string, unknown[]>

const DEPTH = 8

/** Values that a schema allows, nearly: patterns are not read. Members that may name something that exists often do. */
export function valuesOf(
  schema: Schema,
  schemas: Record<string, Schema>,
  known: Known,
  name = '',
  depth = 0,
): fc.Arbitrary<unknown> {
  const drawn = drawnFrom(schema, schemas, known, depth)
  const there = known[name]
  return there === undefined
    ? drawn
    : fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...there) }, { weight: 1, arbitrary: drawn })
}

function drawnFrom(
  schema: Schema,
  schemas: Record<string, Schema>,
  known: Known,
  depth: number,
): fc.Arbitrary<unknown> {
  const inner = (of: Schema, name = '') => valuesOf(of, schemas, known, name, depth + 1)
  if (depth > DEPTH) return fc.constant(null)
  if (schema.$ref !== undefined) return inner(schemas[schema.$ref.split('/').at(-1)!] ?? {})
  if ('const' in schema) return fc.constant(schema.const)
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  const either = schema.anyOf ?? schema.oneOf
  if (either !== undefined) return fc.oneof(...either.map((each) => inner(each)))
  switch (schema.type) {
    case 'object':
      return objects(schema, inner, known)
    case 'array': {
      const { minItems = 0, maxItems = 3 } = schema
      return fc.array(inner(schema.items ?? {}), { minLength: minItems, maxLength: Math.min(maxItems, minItems + 3) })
    }
    case 'string':
      return strings(schema)
    case 'integer':
    case 'number': {
      const { minimum: min = -1e9, maximum: max = 1e9 } = schema
      return schema.type === 'integer'
        ? fc.maxSafeInteger().map((n) => Math.max(Math.ceil(min), Math.min(Math.floor(max), n % 1000)))
        : fc.double({ min, max, noNaN: true })
    }
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    default:
      return fc.jsonValue({ maxDepth: 3 })
  }
}

/** A resource that is named by type and id is, often, one that exists. */
function objects(
  { properties = {}, required = [] }: Schema,
  inner: (of: Schema, name: string) => fc.Arbitrary<unknown>,
  known: Known,
): fc.Arbitrary<unknown> {
  const members = Object.fromEntries(Object.entries(properties).map(([name, of]) => [name, inner(of, name)]))
  const objectsOf = fc.record(members, { requiredKeys: required, noNullPrototype: true })
  return fc.tuple(objectsOf, fc.nat()).map(([object, at]) => {
    const ids = known[`${String(object['type'])} id`]
    return ids === undefined || !('id' in properties) ? object : { ...object, id: ids[at % ids.length] }
  })
}

function strings({ format, minLength = 0, maxLength = 20 }: Schema): fc.Arbitrary<string> {
  switch (format) {
    case 'uuid':
      return fc.uuid()
    case 'date':
      return fc.constantFrom('2024-01-05', '1970-01-01', '2099-12-31', '2026-03-29')
    case 'date-time':
      return fc.constantFrom('2024-01-05T08:00:00Z', '1970-01-01T00:00:00.000+14:00', '2026-12-31T23:59:59.999999Z')
    case 'email':
      return fc.emailAddress()
    default:
      return fc.string({ unit: 'grapheme', minLength, maxLength: Math.max(minLength, Math.min(maxLength, 20)) })
  }
}
