import { v7 as uuidv7 } from 'uuid'
import type { CareGrant } from '../../accounts/care-tokens.ts'
import type { Context } from '../../context.ts'
import { raw, run, sql } from '../../database/sql.ts'
import { withTransaction } from '../../database/transaction.ts'
import { wakeDeliveries } from '../../webhooks/emit-event.ts'
import { fromWireId } from '../ids.ts'
import type { Api } from './api.ts'
import { toResourceObject } from './documents.ts'
import { emitCreated } from './emit-created.ts'
import { lockKeys } from './lock-keys.ts'
import { lockRow, readRowsById } from './read-rows.ts'
import { refusal } from './refusal.ts'
import { resolveRelationships } from './resolve-relationships.ts'
import type { Input, New, Resource, Upsert, WriteRequest } from './resource.ts'
import { forbidden, requireVisible } from './visibility.ts'
import { insertRow, updateRow, writeLinks } from './write-rows.ts'

export type WrittenDocument = { data: object | object[]; meta: { ignored?: string[] } }

/**
 * Creates one resource or, from an array, several: all or none. With `ignoreDuplicates` those that are there already are
 * passed over, and only what was created is answered.
 */
export function createResources(
  context: Context,
  api: Api,
  resource: Resource,
  grant: CareGrant,
  data: Input | Input[],
  ignoreDuplicates: boolean,
): Promise<WrittenDocument> {
  const { bulk, isForOrganization } = resource.operations.create!
  if (isForOrganization === true && grant.groupIds !== null) throw forbidden(resource)
  return write(context, api, resource, grant, data, async (request) => {
    const inputs = [data].flat()
    await resource.lock?.(request, inputs)
    const all: New[] = []
    for (const [index, input] of inputs.entries()) {
      const pointer = Array.isArray(data) ? `data.${index}` : 'data'
      const links = await resolveRelationships(request, api, resource, input, pointer)
      all.push({ attributes: writable(resource, input), links, pointer })
    }
    const isDuplicate = ignoreDuplicates ? bulk?.isDuplicate : undefined
    if (isDuplicate !== undefined && bulk?.keyOf !== undefined) await lockKeys(request, all.map(bulk.keyOf))
    const created: Touched[] = []
    for (const each of all) {
      if ((await isDuplicate?.(request, each)) === true) continue
      created.push(await create(request, api, resource, each))
    }
    return created
  })
}

/** Changes what the request has, and nothing else. Throws `not_found`, or `forbidden` where the token may not see it. */
export function updateResource(
  context: Context,
  api: Api,
  resource: Resource,
  grant: CareGrant,
  id: string,
  input: Input,
): Promise<WrittenDocument> {
  return write(context, api, resource, grant, input, async (request) => {
    if (input.id !== undefined && fromWireId(input.id) !== id)
      throw refusal('conflict', 'data.id', 'must be the id in the path')
    await resource.lock?.(request, [{ ...input, id }])
    return [await update(request, api, resource, id, input)]
  })
}

/** Changes the one that `meta` matches, or creates it. */
export function upsertResource(
  context: Context,
  api: Api,
  resource: Resource,
  grant: CareGrant,
  { names, find, complete }: Upsert,
  { data, meta }: { data: Input; meta: unknown },
): Promise<WrittenDocument> {
  return write(context, api, resource, grant, data, async (request) => {
    // The declaration's own schema has read it.
    const { type, ids, field } = names(meta as never)
    await requireVisible(request.tx, api.get(type), grant, ids, field)
    await resource.lock?.(request, [complete(data, meta as never, true)])
    const id = await find(request, meta as never)
    const completed = complete(data, meta as never, id === undefined)
    if (id !== undefined) return [await update(request, api, resource, id, completed)]
    const links = await resolveRelationships(request, api, resource, completed, 'data')
    return [await create(request, api, resource, { attributes: writable(resource, completed), links, pointer: 'data' })]
  })
}

/** Throws as updating does. What depends on it goes with it. */
export function removeResource(context: Context, resource: Resource, grant: CareGrant, id: string): Promise<void> {
  return withTransaction(context.pool, async (tx) => {
    await lockRow({ context, tx, grant, now: context.now() }, resource, id, { isToGo: true })
    await run(tx, sql`delete from ${raw(resource.table)} where id = ${id}::uuid`)
  })
}

type Touched = { id: string; isNew: boolean }

/** Runs `work` in one transaction, and answers the resources that it returns as they are then, in their order. */
async function write(
  context: Context,
  api: Api,
  resource: Resource,
  grant: CareGrant,
  data: Input | Input[],
  work: (request: WriteRequest) => Promise<Touched[]>,
): Promise<WrittenDocument> {
  const { objects, isToTell } = await withTransaction(context.pool, async (tx) => {
    const request = { context, tx, grant, now: context.now() }
    const touched = await work(request)
    const rows = await readRowsById(
      tx,
      api,
      resource,
      grant,
      touched.map(({ id }) => id),
    )
    const written = rows.map((row) => toResourceObject(resource, row))
    const created = touched.flatMap(({ isNew }, index) =>
      isNew ? [{ row: rows[index]!, object: written[index]! }] : [],
    )
    return { objects: written, isToTell: await emitCreated(request, resource, created) }
  })
  if (isToTell) wakeDeliveries(context.queue)
  const ignored = ignoredOf(resource, [data].flat())
  return {
    // One that was there already and is passed over leaves nothing: the published API has no null here.
    data: Array.isArray(data) ? objects : (objects[0] ?? []),
    meta: ignored.length === 0 ? {} : { ignored },
  }
}

async function create(
  request: WriteRequest,
  api: Api,
  resource: Resource,
  { attributes, links, pointer }: New,
): Promise<Touched> {
  const draft = { id: uuidv7(), attributes, links, isNew: true, pointer }
  const columns = (await resource.prepare?.(request, draft)) ?? {}
  await insertRow(request, resource, draft.id, { attributes, links, columns })
  await writeLinks(request, api, resource, draft.id, links)
  await resource.save?.(request, draft)
  return draft
}

async function update(request: WriteRequest, api: Api, resource: Resource, id: string, input: Input): Promise<Touched> {
  await requireVisible(request.tx, resource, request.grant, [id])
  // What it is related to first, as a deletion of that does, which then waits and does not end in a deadlock.
  const links = await resolveRelationships(request, api, resource, input, 'data')
  await lockRow(request, resource, id)
  const attributes = writable(resource, input)
  const draft = { id, attributes, links, isNew: false, pointer: 'data' }
  const columns = (await resource.prepare?.(request, draft)) ?? {}
  await updateRow(request, resource, id, { attributes, links, columns })
  await writeLinks(request, api, resource, id, links)
  await resource.save?.(request, draft)
  return draft
}

const isWritable = ({ attributes }: Resource, name: string) => attributes[name]?.isReadOnly === false

function writable(resource: Resource, { attributes = {} }: Input): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => isWritable(resource, name)))
}

/** The attributes that were sent and are not known, or read only. */
function ignoredOf(resource: Resource, inputs: Input[]): string[] {
  const sent = inputs.flatMap(({ attributes = {} }) => Object.keys(attributes))
  return [...new Set(sent)].filter((name) => !isWritable(resource, name))
}
