import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonSchema } from './notation.ts'

const document = JSON.parse(readFileSync(join(import.meta.dirname, '../../../openapi/openapi.json'), 'utf8'))

const MEDIA_TYPE = 'application/vnd.api+json'

/** An operation as our own OpenAPI document has it. */
export type OwnOperation = {
  method: string
  path: string
  /** Of the query. Those that are required have a `!` after their name. */
  query: string[]
  statuses: number[]
  /** The schemas of what is sent and answered as JSON:API; undefined where nothing is. */
  body: any
  answers: Record<number, any>
}

/** Ours, by id: those below /pub. */
export const ownOperations: Readonly<Record<string, OwnOperation>> = Object.fromEntries(
  Object.entries<Record<string, any>>(document.paths)
    .filter(([path]) => path.startsWith('/pub/'))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [
        operation.operationId,
        ownOperation(path, method, operation),
      ]),
    ),
)

function ownOperation(path: string, method: string, operation: any): OwnOperation {
  const parameters: { name: string; in: string; required: boolean }[] = operation.parameters ?? []
  const answers = Object.entries<any>(operation.responses).map(([status, answer]) => [
    status,
    answer.content?.[MEDIA_TYPE]?.schema,
  ])
  return {
    method: method.toUpperCase(),
    path: path.slice('/pub'.length),
    query: parameters
      .filter((parameter) => parameter.in === 'query')
      .map(({ name, required }) => (required ? `${name}!` : name)),
    statuses: Object.keys(operation.responses).map(Number),
    body: operation.requestBody?.content?.[MEDIA_TYPE]?.schema,
    answers: Object.fromEntries(answers),
  }
}

/** What any of the schemas that one of ours stands for has under a name. */
export function memberOf(own: any, name: string): any {
  return alternativesOf(own).flatMap((each) => each.properties?.[name] ?? [])[0]
}

/** A schema behind references, of each of its alternatives; a list's is that of its elements. */
function alternativesOf(own: any): any[] {
  if (own === undefined) return []
  if (own.$ref !== undefined) return alternativesOf(document.components.schemas[own.$ref.split('/').at(-1)])
  const all = [...(own.anyOf ?? []), ...(own.oneOf ?? []), ...(own.allOf ?? [])]
  return all.length > 0 ? all.flatMap(alternativesOf) : [own]
}

/**
 * What the published schema has and ours has not, or has otherwise: members, types, values of an enum. Ours may say no
 * more than that there is an object, or anything. With `isSent`, what is read only may be missing.
 */
export function missingIn(published: JsonSchema, own: any, isSent: boolean, at: string): string[] {
  const alternatives = alternativesOf(own)
  if (alternatives.length === 0) return [`${at} is missing`]
  if (alternatives.some(isAnything)) return []
  if (published.enum !== undefined) return differencesOf(published.enum, alternatives, at)
  if (published.type === undefined) return []
  const ofType = alternatives.filter((each) => typesOf(each).includes(published.type!))
  if (ofType.length === 0) return [`${at} is ${alternatives.flatMap(typesOf).join(' or ')}, not ${published.type}`]
  if (published.items !== undefined) return missingIn(published.items, ofType[0].items, isSent, `${at}[]`)
  if (ofType.some(isFree)) return []
  return Object.entries(published.properties ?? {})
    .filter(([, { readOnly }]) => !(isSent && readOnly === true))
    .flatMap(([name, member]) => missingIn(member, memberOf(own, name), isSent, `${at}.${name}`))
}

const isAnything = (own: any) => own.type === undefined && own.enum === undefined && own.const === undefined
const isFree = ({ type, properties, additionalProperties }: any) =>
  type === 'object' && properties === undefined && additionalProperties !== false

/** What is any number is what is published to be one, also where ours are whole. */
const typesOf = ({ type }: any): string[] =>
  [type].flat().flatMap((each) => (each === 'integer' ? [each, 'number'] : [each]))

/** Those that one of ours allows, where it is an enum, one value or few whole numbers. */
function valuesOf({ enum: values, const: value, type, minimum, maximum }: any): unknown[] {
  if (values !== undefined) return values
  if (value !== undefined) return [value]
  const isRange = type === 'integer' && maximum - minimum < 100
  return isRange ? Array.from({ length: maximum - minimum + 1 }, (_, i) => minimum + i) : []
}

function differencesOf(published: readonly unknown[], alternatives: any[], at: string): string[] {
  const own = alternatives.flatMap(valuesOf)
  if (own.length === 0) return [`${at} is not of ${published.join(', ')}`]
  return [
    ...published.filter((value) => !own.includes(value)).map((value) => `${at} is not ${String(value)}`),
    ...own.filter((value) => !published.includes(value)).map((value) => `${at} is also ${String(value)}`),
  ]
}
