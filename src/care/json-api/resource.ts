import type { z } from 'zod'
import type { CareGrant } from '../../accounts/care-tokens.ts'
import type { Context } from '../../context.ts'
import type { Transaction } from '../../database/pool.ts'
import { raw, type Sql } from '../../database/sql.ts'

/** In the SQL of a declaration `r` is the row of the resource. */
export type Attribute = {
  schema: z.ZodType
  isReadOnly: boolean
  isRequired: boolean
  /** Of what only some tokens see, by the groups of the token; null is the whole organization. */
  read: Sql | ((groupIds: string[] | null) => Sql)
  /** Where it is written; undefined where the resource's own `save` does. */
  column?: string
  toColumn?: (value: unknown) => unknown
}

export type Relationship = ToOne | ToOneOf | ToMany
type Related = {
  isRequired?: boolean
  /** What a request says of it is passed over. */
  isReadOnly?: boolean
  /** What `meta.query` may be in place of an id, and whom it finds. Throws where that is not exactly one. */
  query?: { schema: z.ZodType; find: (request: WriteRequest, query: never, pointer: string) => Promise<string> }
}

/** Whose id stands in a column. */
export type ToOne = Related & { type: string; column: string }

/** One of one of several types, by type the column with its id; requests may also say `generalType` of any of them. */
export type ToOneOf = Related & { columns: Record<string, string>; generalType: string }

/**
 * Related through a table of pairs, in the order of its column `position`. What is read only may come from anything
 * that can be selected from.
 */
export type ToMany = Related & {
  type: string
  table: string
  own: string
  other: string
  orderBy?: string
  /** What is related is seen by whoever sees this, and need not be looked up. */
  isPart?: boolean
  /** `position` is that of the other's relationship: pairs that stay keep theirs, new ones come last. */
  isOrderOfOther?: boolean
  /** A request may send one in place of a list. */
  mayBeOne?: boolean
  /** Members of an element's `meta`, and their columns: true or false. */
  meta?: Record<string, string>
}

export const isToOne = (relationship: Relationship): relationship is ToOne => 'column' in relationship
export const isToOneOf = (relationship: Relationship): relationship is ToOneOf => 'columns' in relationship
export const isToMany = (relationship: Relationship): relationship is ToMany => 'table' in relationship
export const typesOf = (relationship: Relationship): string[] =>
  isToOneOf(relationship) ? Object.keys(relationship.columns) : [relationship.type]

export type Filter = {
  description: string
  schema: z.ZodType
  /** Where it is not `filter[name]`; and the parameter without which it is not taken. */
  parameter?: string
  isWith?: string
  isRequired?: boolean
  /** `query` has all parameters as they were read, for filters of several. */
  where: (value: never, query: Record<string, unknown>) => Sql
  /** Ids that it names, and of what they may be: each must exist and be visible. */
  names?: { types: string[]; ids: (value: never) => string[] }
  /** Asks for the whole organization, which a token of some groups may not. */
  isForOrganization?: boolean
}

export type WriteRequest = { context: Context; tx: Transaction; grant: CareGrant; now: Date }
/** By relationship, whom a request relates a resource to; of a relationship to one, that one. */
export type Links = Record<string, Link[]>
export type Link = { type: string; id: string; meta: Record<string, unknown> | undefined }
/** A resource whose row is about to be written; `attributes` and `links` are those that the request has. */
export type Draft = Written & { links: Links }
/** A resource whose row was written. `pointer` is where the request has it, `data.3`; `isNew` when it was created. */
export type Written = { id: string; attributes: Record<string, unknown>; isNew: boolean; pointer: string }

export type Operation = {
  id: string
  summary: string
  /** Not published, or nothing could be created that the published API only reads: for secret keys alone. */
  isExtension?: boolean
  /** The relationships that `include` may name. */
  includes?: string[]
}

/** A resource is this and nothing else: the engine knows none by name. */
export type Resource = {
  type: string
  /** What a person calls it: `health profile`. */
  title: string
  table: string
  /** The column that says of which organization a row is. */
  organization: string
  /** Which of the organization's rows a token of these groups sees; `row` is the alias of the table. */
  isVisibleTo: (row: Sql, groupIds: Sql) => Sql
  /** What else holds of the rows with some ids, where those are in no index. */
  isAmong?: (ids: string[]) => Sql
  /** Which rows there are of a table that has more; asked only of those that a token may see. */
  isThere?: Sql
  /** The relationship to one by which lists are sorted before ids, where those are in no index. */
  listedBy?: string
  attributes: Record<string, Attribute>
  relationships?: Record<string, Relationship>
  filters?: Record<string, Filter>
  /** Of these filters one must be given. */
  oneFilterOf?: string[]
  /** Attributes that a list can be sorted by: their columns are never null. Without `sort` it is by id. */
  sorts?: string[]
  /** Columns of a new row that no attribute has. */
  defaults?: (id: string) => Record<string, unknown>
  /** The column that says when it was written last. */
  touched?: string
  operations: {
    list?: Operation
    /** `isList`: the published API answers a list of one. */
    fetch?: Operation & { isList?: boolean }
    create?: Operation & { status: 200 | 201; isForOrganization?: boolean; bulk?: Bulk }
    update?: Operation
    upsert?: Operation & Upsert
    remove?: Operation
    /** By relationship: the list of what is related. */
    related?: Record<string, Operation>
  }
  /** Locks what writing all of these will, in one order: before any of them is looked at, each in its own. */
  lock?: (request: WriteRequest, inputs: Input[]) => Promise<void>
  /**
   * Rules that only this resource has: throws where they refuse what the request has. Returns columns that are written
   * besides it. Within the transaction of the write, as `save` is, and with the row locked when there is one.
   */
  prepare?: (request: WriteRequest, draft: Draft) => Promise<Record<string, unknown>>
  /** Rows of other tables that only this resource has, written after its own. */
  save?: (request: WriteRequest, written: Written) => Promise<void>
  /** The event that tells webhooks of a new one, and whose data it is: the resource's, or its relationship's. */
  created?: { event: string; of: 'itself' | { relationship: string } }
}

export const parameterOf = (name: string, { parameter }: Filter): string => parameter ?? `filter[${name}]`

/** A resource that is to be created. */
export type New = Omit<Draft, 'id' | 'isNew'>

/** What is asked where `ignore_duplicates` is set. */
export type Bulk = {
  /** Whether an element is there already. */
  isDuplicate: (request: WriteRequest, element: New) => Promise<boolean>
  /** What is locked before any is looked at, where `lock` has not locked enough: nobody else creates the same meanwhile. */
  keyOf?: (element: New) => unknown[]
}

/** `meta` says whom to update, undefined where it is to be created; `complete` adds what it says to the data. */
export type Upsert = {
  meta: z.ZodType
  /** What `meta` names: each must exist and be visible. */
  names: (meta: never) => { type: string; ids: string[]; field: string }
  find: (request: WriteRequest, meta: never) => Promise<string | undefined>
  complete: (data: Input, meta: never, isNew: boolean) => Input
}

/** A resource as a request has it. */
export type Input = {
  type: string
  id?: string | undefined
  attributes?: Record<string, unknown> | undefined
  relationships?: Record<string, { data: Identified | Identified[] } | undefined> | undefined
}
export type Identified = { type: string; id?: string | undefined; meta?: Record<string, unknown> | undefined }

type Options = { column?: string; isReadOnly?: boolean; isRequired?: boolean }

/** Stored in a column, by default of its own name. */
export function stored(
  name: string,
  schema: z.ZodType,
  { column = name, isReadOnly = false, isRequired = false }: Options = {},
): Record<string, Attribute> {
  return { [name]: { schema, isReadOnly, isRequired, column, read: raw(`r.${column}`) } }
}

/** An instant, with whatever offset it was sent. */
export function storedInstant(name: string, schema: z.ZodType, options: Options = {}): Record<string, Attribute> {
  const toColumn = (value: unknown) => (typeof value === 'string' ? new Date(value) : null)
  return { [name]: { ...stored(name, schema, options)[name]!, toColumn } }
}

/** A day, as text. */
export const storedDate = (name: string, schema: z.ZodType): Record<string, Attribute> => ({
  [name]: { schema, isReadOnly: false, isRequired: false, column: name, read: raw(`r.${name}::text`) },
})

/** Stored as JSON; `none` is what stands for no value. */
export function storedJson(
  name: string,
  schema: z.ZodType,
  { isReadOnly = false, isRequired = false, none = '[]' }: Options & { none?: '[]' | null } = {},
): Record<string, Attribute> {
  const toColumn = (value: unknown) => (value === null || value === undefined ? none : JSON.stringify(value))
  return { [name]: { schema, isReadOnly, isRequired, column: name, read: raw(`r.${name}`), toColumn } }
}
