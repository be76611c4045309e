import { z } from 'zod'
import { text } from '../../http/schemas.ts'
import type { Api } from './api.ts'
import { PageParameters } from './paging.ts'
import {
  isToMany,
  isToOneOf,
  type Operation,
  parameterOf,
  type Relationship,
  type Resource,
  typesOf,
} from './resource.ts'

const MAX_RELATED = 100
const MAX_BULK = 100

const ErrorSource = z.object({ pointer: z.string().optional(), parameter: z.string().optional() })

export const CareError = z
  .object({
    meta: z.object({ req_id: z.string() }),
    errors: z.array(
      z.object({
        status: z.string(),
        code: z.string(),
        title: z.string(),
        detail: z.string(),
        source: ErrorSource.optional(),
      }),
    ),
  })
  .meta({ id: 'CareError' })

const Links = z.record(z.string(), z.string())
const AnsweredIdentifier = z.object({
  type: z.string(),
  id: z.string(),
  meta: z.record(z.string(), z.boolean()).optional(),
})

const nameOf = (type: string) => type.replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())

/** A resource as it is answered. */
export function answerSchemaOf({ type, attributes, relationships = {} }: Resource): z.ZodType {
  const related = Object.entries(relationships).map(([name, relationship]) => [
    name,
    isToMany(relationship)
      ? z.object({ data: z.array(AnsweredIdentifier), links: Links.optional() })
      : z.object({ data: AnsweredIdentifier.optional(), links: Links.optional() }).optional(),
  ])
  return z
    .object({
      type: z.literal(type),
      id: z.string(),
      attributes: z.object(
        Object.fromEntries(Object.entries(attributes).map(([name, { schema }]) => [name, schema.optional()])),
      ),
      relationships: z.object(Object.fromEntries(related)).optional(),
      links: Links.optional(),
    })
    .meta({ id: `Care${nameOf(type)}` })
}

export const documentOf = (data: z.ZodType, included?: z.ZodType) =>
  z.object({ meta: z.object({ req_id: z.string() }), data, ...includedOf(included) })

export const writtenDocumentOf = (data: z.ZodType) =>
  z.object({ meta: z.object({ req_id: z.string(), ignored: z.array(z.string()).optional() }), data })

export const collectionOf = (data: z.ZodType, included?: z.ZodType) =>
  z.object({
    meta: z.object({ req_id: z.string(), count: z.number().int() }),
    links: Links,
    data: z.array(data),
    ...includedOf(included),
  })

const includedOf = (included: z.ZodType | undefined) =>
  included === undefined ? {} : { included: z.array(included).optional() }

/** What `include` can add to a resource's document; undefined where it can add nothing. */
export function includedSchemaOf(api: Api, { relationships = {} }: Resource, { includes = [] }: Operation) {
  const types = new Set(includes.flatMap((name) => typesOf(relationships[name]!)))
  return types.size === 0 ? undefined : z.union([...types].map((type) => answerSchemaOf(api.get(type))))
}

/** A resource as it is sent. What is not known, or read only, is let through: the answer names it as ignored. */
export function inputSchemaOf(resource: Resource, how: 'create' | 'update') {
  const isCreate = how === 'create'
  const writable = Object.entries(resource.attributes).filter(([, { isReadOnly }]) => !isReadOnly)
  const relationships = Object.entries(resource.relationships ?? {}).filter(([, { isReadOnly }]) => isReadOnly !== true)
  const needsAttributes = isCreate && writable.some(([, { isRequired }]) => isRequired)
  const needsRelated = isCreate && relationships.some(([, { isRequired }]) => isRequired === true)
  const attributes = z.looseObject(
    Object.fromEntries(
      writable.map(([name, { schema, isRequired }]) => [
        name,
        isRequired ? (isCreate ? schema : schema.optional()) : schema.nullish(),
      ]),
    ),
  )
  const related = z.looseObject(
    Object.fromEntries(relationships.map(([name, relationship]) => [name, relatedSchemaOf(relationship, isCreate)])),
  )
  return z
    .looseObject({
      type: z.literal(resource.type),
      id: text(100).optional(),
      attributes: needsAttributes ? attributes : attributes.optional(),
      relationships: needsRelated ? related : related.optional(),
    })
    .meta({ id: `Care${nameOf(resource.type)}${isCreate ? 'Create' : 'Update'}` })
}

function relatedSchemaOf(relationship: Relationship, isCreate: boolean) {
  const { query, isRequired = false } = relationship
  const meta = isToMany(relationship) ? (relationship.meta ?? {}) : {}
  const members = Object.keys(meta).map((member) => [member, z.boolean().optional()])
  const identified = z.looseObject({
    type: z.enum([...typesOf(relationship), ...(isToOneOf(relationship) ? [relationship.generalType] : [])]),
    id: text(100).optional(),
    meta: z
      .looseObject({
        ...Object.fromEntries(members),
        ...(query === undefined ? {} : { query: query.schema.optional() }),
      })
      .optional(),
  })
  const many = z
    .array(identified)
    .min(isRequired ? 1 : 0)
    .max(MAX_RELATED)
  const one = isRequired ? identified : identified.nullable()
  const some = isToMany(relationship) && relationship.mayBeOne === true ? z.union([many, identified]) : many
  const related = z.looseObject({ data: isToMany(relationship) ? some : one })
  return isCreate && isRequired ? related : related.optional()
}

export function createBodyOf(resource: Resource) {
  const one = inputSchemaOf(resource, 'create')
  if (resource.operations.create?.bulk === undefined) return z.looseObject({ data: one })
  return z.looseObject({
    data: z.union([one, z.array(one).min(1).max(MAX_BULK)]),
    meta: z.looseObject({ ignore_duplicates: z.boolean().optional() }).optional(),
  })
}

/** The parameter `include`, of some names; several are separated by commas. Read, it is each that was named, once. */
export const includeOf = <const Name extends string>(names: readonly Name[]) =>
  text(300)
    .optional()
    .describe(`What to include of ${names.join(', ')}; several are separated by commas`)
    .transform((list) => [...new Set(list?.split(','))])
    .pipe(z.array(z.enum(names, { error: `must be of ${names.join(', ')}` })))

/** The parameters of what is read by its id. */
export const fetchQueryOf = ({ includes = [] }: Operation) =>
  z.strictObject(includes.length === 0 ? {} : { include: includeOf(includes) })

const sortOf = (names: string[]) =>
  z
    .enum(names.flatMap((name) => [name, `-${name}`]))
    .optional()
    .describe('What to sort by, with a - descending; else it is by id')

type Listed = Pick<Resource, 'filters' | 'oneFilterOf' | 'sorts'>

/** Every parameter of a list, each under the name that it has in the query. */
export function listQueryOf(
  { filters = {}, oneFilterOf, sorts = [] }: Listed,
  { includes = [] }: Pick<Operation, 'includes'> = {},
) {
  const named = Object.entries(filters).map(([name, filter]) => [
    parameterOf(name, filter),
    (filter.isRequired === true ? filter.schema : filter.schema.optional()).describe(filter.description),
  ])
  const query = z.strictObject({
    ...(Object.fromEntries(named) as Record<string, z.ZodType>),
    ...(sorts.length === 0 ? {} : { sort: sortOf(sorts) }),
    ...(includes.length === 0 ? {} : { include: includeOf(includes) }),
    ...PageParameters,
  })
  const oneOf = oneFilterOf?.map((name) => `filter[${name}]`)
  const pairs = Object.entries(filters).map(([name, filter]) => [parameterOf(name, filter), filter.isWith] as const)
  return query.check((checked) => {
    const sent = checked.value as Record<string, unknown>
    const refuse = (parameter: string, message: string) =>
      checked.issues.push({ code: 'custom', message, path: [parameter], input: checked.value })
    if (oneOf !== undefined && oneOf.every((parameter) => sent[parameter] === undefined)) {
      refuse(oneOf[0]!, `is required, or another of ${oneOf.join(', ')}`)
    }
    for (const [parameter, other] of pairs) {
      if (other !== undefined && sent[parameter] !== undefined && sent[other] === undefined)
        refuse(other, `is required with ${parameter}`)
    }
  })
}
