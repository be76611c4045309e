/** A JSON schema, as far as the API's document uses it. */
export type Schema = {
  $ref?: string
  type?: string | string[]
  description?: string
  const?: unknown
  enum?: unknown[]
  anyOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
}

/** Of one API that the Python SDK does not cover, and whose names would bury the others. */
const LEFT_OUT = /^Care/

const HEADER = `"""What the API takes and answers, as on the wire: made of openapi/openapi.json by \`npm run openapi\`. Do not edit."""

from __future__ import annotations

from typing import Any, Literal, TypedDict
`

const scalars: Record<string, string> = {
  string: 'str',
  integer: 'int',
  number: 'float',
  boolean: 'bool',
  null: 'None',
}

/**
 * The document's named schemas as a Python module for Python 3.10 and later: a TypedDict for each object, an alias for
 * each other. Throws where a schema uses what this does not know.
 */
export function writePythonTypes(schemas: Record<string, Schema>): string {
  const classes: string[] = []
  const aliases: string[] = []
  for (const [name, schema] of Object.entries(schemas)) {
    if (LEFT_OUT.test(name)) continue
    if (schema.properties === undefined) aliases.push(`${name} = ${typeOf(schema, name, classes)}\n`)
    else writeClass(name, schema, classes)
  }
  return [HEADER, ...aliases, '', classes.join('\n\n')].join('\n')
}

/** 3.10 has no NotRequired: members that may be absent are in a class of their own, which inherits the others. */
function writeClass(name: string, schema: Schema, classes: string[]): void {
  const members = Object.entries(schema.properties ?? {})
  const isRequired = ([key]: [string, Schema]) => schema.required?.includes(key) === true
  const required = members.filter(isRequired)
  const optional = members.filter((member) => !isRequired(member))
  const about = schema.description === undefined ? [] : [`    ${docstring(schema.description)}`, '']
  const bodyOf = (of: [string, Schema][]) => of.flatMap(([key, member]) => writeMember(name, key, member, classes))
  const put = (heading: string, lines: string[]) =>
    classes.push([heading, ...(lines.length === 0 ? ['    pass'] : lines), ''].join('\n'))
  if (optional.some(([key]) => KEYWORDS.has(key))) throw new Error(`${name}: an optional member is a keyword of Python`)
  if (required.some(([key]) => KEYWORDS.has(key))) {
    const called = optional.length === 0 ? name : `_${name}`
    classes.push(callOf(called, required, classes))
    if (optional.length === 0) return
  } else if (optional.length === 0) return void put(`class ${name}(TypedDict):`, [...about, ...bodyOf(required)])
  else if (required.length > 0) put(`class _${name}(TypedDict):`, bodyOf(required))
  const base = required.length > 0 ? `_${name}` : 'TypedDict'
  put(`class ${name}(${base}, total=False):`, [...about, ...bodyOf(optional)])
}

/** Members that Python keeps for itself, such as `from`, can be named in a call alone. */
const KEYWORDS = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global if ' +
    'import in is lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
)

function callOf(name: string, members: [string, Schema][], classes: string[]): string {
  const lines = members.map(
    ([key, member]) => `    "${key}": "${callType(typeOf(member, name + toPascal(key), classes))}",`,
  )
  return [
    `${name} = TypedDict(`,
    `    "${name}",`,
    '    {',
    ...lines.map((line) => `    ${line}`),
    '    },',
    ')',
    '',
  ].join('\n')
}

const callType = (type: string) => type.replaceAll('"', "'")

function writeMember(owner: string, key: string, schema: Schema, classes: string[]): string[] {
  if (!/^[A-Za-z_]\w*$/.test(key)) throw new Error(`${owner}.${key} is no name in Python`)
  const line = `    ${key}: ${typeOf(schema, owner + toPascal(key), classes)}`
  return schema.description === undefined ? [line] : [line, `    ${docstring(schema.description)}`]
}

/** `name` is what an object without a name of its own is called. */
function typeOf(schema: Schema, name: string, classes: string[]): string {
  if (schema.$ref !== undefined) return schema.$ref.split('/').at(-1)!
  if (schema.const !== undefined) return `Literal[${literal(schema.const)}]`
  if (schema.enum !== undefined) return `Literal[${schema.enum.map(literal).join(', ')}]`
  if (schema.anyOf !== undefined) {
    return union(schema.anyOf.map((one, index) => typeOf(one, index === 0 ? name : `${name}${index + 1}`, classes)))
  }
  if (Array.isArray(schema.type)) return union(schema.type.map((type) => typeOf({ ...schema, type }, name, classes)))
  if (schema.type === 'array') return `list[${typeOf(schema.items ?? {}, `${name}Item`, classes)}]`
  if (schema.type === 'object' && schema.properties !== undefined) {
    writeClass(name, schema, classes)
    return name
  }
  if (schema.type === 'object') {
    const values = schema.additionalProperties
    return `dict[str, ${typeof values === 'object' ? typeOf(values, `${name}Value`, classes) : 'Any'}]`
  }
  if (schema.type === undefined) return 'Any'
  const scalar = scalars[schema.type]
  if (scalar === undefined) throw new Error(`${name}: the type ${schema.type} is not known`)
  return scalar
}

const union = (types: string[]): string => [...new Set(types)].join(' | ')

const literal = (value: unknown): string => {
  if (typeof value !== 'string') throw new Error(`${JSON.stringify(value)}: only texts can be listed`)
  return JSON.stringify(value)
}

const docstring = (text: string): string => `"""${text.replaceAll('\\', '\\\\').replaceAll('"""', "'''")}"""`

const toPascal = (key: string): string => key.replace(/(?:^|_)([A-Za-z])/g, (_, letter: string) => letter.toUpperCase())
