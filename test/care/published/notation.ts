/** JSON Schema 2020-12, as much of it as the published document uses. */
export type JsonSchema = {
  type?: 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object'
  enum?: readonly (string | number)[]
  format?: 'date-time' | 'date'
  pattern?: string
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  minItems?: number
  readOnly?: true
}

export const string: JsonSchema = { type: 'string' }
export const number: JsonSchema = { type: 'number' }
export const integer: JsonSchema = { type: 'integer' }
export const boolean: JsonSchema = { type: 'boolean' }
/** The document calls it `dateTime`, and `ISODate` of calendar events; its examples are RFC 3339. */
export const instant: JsonSchema = { type: 'string', format: 'date-time' }
export const date: JsonSchema = { type: 'string', format: 'date' }
export const anything: JsonSchema = {}
export const anyObject: JsonSchema = { type: 'object' }

export const matching = (pattern: string): JsonSchema => ({ type: 'string', pattern })
export const oneOf = (...values: (string | number)[]): JsonSchema => ({ enum: values })
export const list = (items: JsonSchema): JsonSchema => ({ type: 'array', items })
export const readOnly = (schema: JsonSchema): JsonSchema => ({ ...schema, readOnly: true })

/** Members that must be there have a `!` after their name. Others than these may be there too. */
export const object = (members: Record<string, JsonSchema>): JsonSchema => ({
  type: 'object',
  properties: Object.fromEntries(Object.entries(members).map(([name, schema]) => [name.replace('!', ''), schema])),
  required: Object.keys(members).flatMap((name) => (name.endsWith('!') ? [name.slice(0, -1)] : [])),
})

/** What a relationship names. The document requires its members only of some relationships. */
export const linkage = object({ type: string, id: string })
export const fullLinkage = object({ 'type!': string, 'id!': string })
