import { emitEvents } from '../../webhooks/emit-event.ts'
import { toWireId } from '../ids.ts'
import type { Related, Row } from './read-rows.ts'
import type { Resource, WriteRequest } from './resource.ts'

/** A message has 256 kB at most. A larger resource can be fetched by its id; a character may be three bytes. */
const MAX_LENGTH = 80 * 1024

export type Created = { row: Row; object: object }

/**
 * Tells webhooks of new resources, in the transaction that creates them; nobody where their declaration says nothing.
 * When it returns true, call `wakeDeliveries` after the commit.
 */
export async function emitCreated(
  { context, tx, grant, now }: WriteRequest,
  { type, created }: Resource,
  all: Created[],
): Promise<boolean> {
  if (created === undefined || all.length === 0) return false
  const { event, of } = created
  const events = all.map(({ row: { id, relationships }, object }) => {
    const userId = of === 'itself' ? id : (relationships[of.relationship] as Related | null)?.id
    if (userId === undefined) throw new Error(`a new ${type} is nobody's`)
    const data = { type, id: toWireId(id) }
    const resource = JSON.stringify(object).length > MAX_LENGTH ? { ...data, truncated: true } : object
    return { type: event, tenantId: grant.organizationId, userId, data, occurredAt: now, resource }
  })
  return emitEvents(tx, context.secrets, events, async (told) =>
    told.map(({ userId, resource }) => [{ userId, [type]: resource }]),
  )
}
