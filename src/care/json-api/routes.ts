import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Context } from '../../context.ts'
import { errorsOf } from '../../http/schemas.ts'
import { fromWireId } from '../ids.ts'
import { type Api, MEDIA_TYPE } from './api.ts'
import { toResourceObject } from './documents.ts'
import { readIncluded } from './included.ts'
import { listRelated, type ListQuery, listResources } from './list.ts'
import { readRow } from './read-rows.ts'
import { type Input, type Operation, type Resource, typesOf } from './resource.ts'
import {
  answerSchemaOf,
  CareError,
  collectionOf,
  createBodyOf,
  documentOf,
  fetchQueryOf,
  includedSchemaOf,
  inputSchemaOf,
  listQueryOf,
  writtenDocumentOf,
} from './schemas.ts'
import { notFound } from './visibility.ts'
import { createResources, removeResource, updateResource, upsertResource } from './write.ts'

/** Published operations are for clients' tokens, extensions for secret keys. */
type Kind = 'published' | 'extension'
type Served = { app: FastifyInstance; context: Context; api: Api; resource: Resource; Answer: z.ZodType; kind: Kind }
type Operations = Resource['operations']
type Body = { data: Input; meta?: Record<string, unknown> }

/** The routes of a kind that a resource's declaration asks for, and no others. Register where that kind is let in. */
export function registerResource(
  app: FastifyInstance,
  context: Context,
  api: Api,
  resource: Resource,
  kind: Kind,
): void {
  const served = { app, context, api, resource, Answer: answerSchemaOf(resource), kind }
  const { list, create, upsert, fetch, update, remove, related } = operationsOf(resource, kind)
  if (list !== undefined) serveList(served, list)
  if (create !== undefined) serveCreate(served, create)
  if (upsert !== undefined) serveUpsert(served, upsert)
  if (fetch !== undefined) serveFetch(served, fetch)
  if (update !== undefined) serveUpdate(served, update)
  if (remove !== undefined) serveRemove(served, remove)
  for (const [relationship, operation] of Object.entries(related ?? {})) serveRelated(served, relationship, operation)
}

function operationsOf({ operations: { related, ...own } }: Resource, kind: Kind): Operations {
  const isWanted = (operation: Operation) => (operation.isExtension === true) === (kind === 'extension')
  const wanted = Object.entries(own).filter(([, operation]) => isWanted(operation))
  return { ...Object.fromEntries(wanted), ...(kind === 'published' && related !== undefined ? { related } : {}) }
}

const describe = ({ resource, kind }: Served, { id, summary }: Operation) => ({
  operationId: id,
  tags: [`Care: ${resource.title}`],
  summary,
  ...(kind === 'published' ? {} : { description: 'An extension: the published API has no such operation.' }),
  security: kind === 'published' ? [{ careToken: [] }] : [{ apiKey: [] }, { bearerKey: [] }],
  consumes: [MEDIA_TYPE],
  produces: [MEDIA_TYPE],
})

const NoParameters = z.strictObject({})
const Id = z.object({ id: z.string() })
const ofReading = errorsOf(CareError, 401, 403, 404, 409, 429, 503)
const ofWriting = errorsOf(CareError, 401, 403, 404, 409, 413, 415, 429, 503)

function serveList(served: Served, operation: Operation): void {
  const { app, context, api, resource, Answer } = served
  const response = { 200: collectionOf(Answer, includedSchemaOf(api, resource, operation)), ...ofReading }
  const schema = { ...describe(served, operation), querystring: listQueryOf(resource, operation), response }
  app.get(`/${resource.type}`, { schema }, async (request) =>
    withMeta(request, await listResources(context, api, resource, request.care, listQueryFrom(request))),
  )
}

function serveCreate(served: Served, operation: NonNullable<Operations['create']>): void {
  const { app, context, api, resource, Answer } = served
  const response = { [operation.status]: writtenDocumentOf(z.union([Answer, z.array(Answer)])), ...ofWriting }
  const body = createBodyOf(resource)
  const schema = { ...describe(served, operation), querystring: NoParameters, body, response }
  app.post(`/${resource.type}`, { schema }, async (request, reply) => {
    const { data, meta } = request.body as Body
    const ignoreDuplicates = meta?.['ignore_duplicates'] === true
    reply.code(operation.status)
    return withMeta(request, await createResources(context, api, resource, request.care, data, ignoreDuplicates))
  })
}

function serveUpsert(served: Served, operation: NonNullable<Operations['upsert']>): void {
  const { app, context, api, resource, Answer } = served
  const body = z.looseObject({ data: inputSchemaOf(resource, 'update'), meta: operation.meta })
  const response = { 200: writtenDocumentOf(Answer), ...ofWriting }
  const schema = { ...describe(served, operation), querystring: NoParameters, body, response }
  app.put(`/${resource.type}`, { schema }, async (request) => {
    const sent = request.body as Required<Body>
    return withMeta(request, await upsertResource(context, api, resource, request.care, operation, sent))
  })
}

function serveFetch(served: Served, operation: NonNullable<Operations['fetch']>): void {
  const { app, context, api, resource, Answer } = served
  const { isList = false } = operation
  const data = isList ? z.array(Answer) : Answer
  const response = { 200: documentOf(data, includedSchemaOf(api, resource, operation)), ...ofReading }
  const schema = { ...describe(served, operation), params: Id, querystring: fetchQueryOf(operation), response }
  app.get(`/${resource.type}/:id`, { schema }, async (request) => {
    const row = await readRow(context.pool, api, resource, request.care, idIn(request, resource))
    const object = toResourceObject(resource, row)
    const { include } = request.query as { include?: string[] }
    const included = await readIncluded(context, api, resource, request.care, [row], include)
    return withMeta(request, { data: isList ? [object] : object, ...included })
  })
}

function serveUpdate(served: Served, operation: Operation): void {
  const { app, context, api, resource, Answer } = served
  const body = z.looseObject({ data: inputSchemaOf(resource, 'update') })
  const response = { 200: writtenDocumentOf(Answer), ...ofWriting }
  const schema = { ...describe(served, operation), params: Id, querystring: NoParameters, body, response }
  app.patch(`/${resource.type}/:id`, { schema }, async (request) => {
    const { data } = request.body as Body
    const id = idIn(request, resource)
    return withMeta(request, await updateResource(context, api, resource, request.care, id, data))
  })
}

function serveRemove(served: Served, operation: Operation): void {
  const { app, context, resource } = served
  const response = { 200: z.object({ meta: z.object({ req_id: z.string() }) }), ...ofReading }
  const schema = { ...describe(served, operation), params: Id, querystring: NoParameters, response }
  app.delete(`/${resource.type}/:id`, { schema }, async (request) => {
    await removeResource(context, resource, request.care, idIn(request, resource))
    return withMeta(request, {})
  })
}

function serveRelated(served: Served, relationship: string, operation: Operation): void {
  const { app, context, api, resource } = served
  const target = api.get(typesOf(resource.relationships![relationship]!)[0]!)
  const response = { 200: collectionOf(answerSchemaOf(target)), ...ofReading }
  const schema = { ...describe(served, operation), params: Id, querystring: listQueryOf({}), response }
  app.get(`/${resource.type}/:id/${relationship}`, { schema }, async (request) => {
    const of = { id: idIn(request, resource), relationship }
    return withMeta(request, await listRelated(context, api, resource, request.care, of, listQueryFrom(request)))
  })
}

/** What is no id of ours names nothing. */
function idIn(request: FastifyRequest, resource: Resource): string {
  const id = fromWireId((request.params as { id: string }).id)
  if (id === undefined) throw notFound(resource)
  return id
}

export const listQueryFrom = (request: FastifyRequest): ListQuery => ({
  sent: Object.fromEntries(new URL(request.url, 'http://localhost').searchParams),
  read: request.query as Record<string, unknown>,
})

/** The request's id, which every document has. */
export function withMeta<Document extends object>(request: FastifyRequest, document: Document) {
  const meta = 'meta' in document ? (document.meta as object) : {}
  return { ...document, meta: { req_id: request.id, ...meta } }
}
