import { z } from 'zod'
import { raw, run, sql } from '../../database/sql.ts'
import { text } from '../../http/schemas.ts'
import { idOrNobody, toWireId } from '../ids.ts'
import { refusal } from '../json-api/refusal.ts'
import type { Attribute, Draft, WriteRequest } from '../json-api/resource.ts'
import { uuids } from '../json-api/visibility.ts'
import { MAX_PARTS } from './action-parts.ts'
import { MAX_OF_PLAN } from './plan-items.ts'

/** As many as the actions of a plan can have. */
const MAX_WINDOWS = MAX_OF_PLAN * MAX_PARTS

const Window = z.strictObject({ type: text(100), _actions: z.array(text(100)).max(MAX_OF_PLAN) })
const WindowOrder = z.array(Window).max(MAX_WINDOWS)
type WindowOrder = z.infer<typeof WindowOrder>

/**
 * The windows that the actions of a plan have, and in each the actions that have it: those of the stored order in that
 * order, all others after them, as they were created and have them. What is stored is a preference: what is not so any
 * more is not read.
 */
const read = `(
  select coalesce(jsonb_agg(jsonb_build_object('type', w.type, '_actions', w.ids) order by w.place, w.first), '[]')
  from (
    select had.type, s.place, min(had.id || lpad(had.nth::text, 3, '0')) as first,
           jsonb_agg(had.id order by e.place, had.id) as ids
    from (select replace(a.id::text, '-', '') as id, v ->> 'type' as type, min(nth) as nth
          from care_action a cross join jsonb_array_elements(a.windows) with ordinality as o (v, nth)
          where a.patient_id = r.id group by 1, 2) had
    left join (select s ->> 'type' as type, place
               from jsonb_array_elements(r.plan_window_order) with ordinality as o (s, place)) s on s.type = had.type
    left join (select s ->> 'type' as type, e.id, e.place
               from jsonb_array_elements(r.plan_window_order) s
               cross join jsonb_array_elements_text(s -> '_actions') with ordinality as e (id, place)) e
      on e.type = had.type and e.id = had.id
    group by had.type, s.place
  ) w)`

export const windowOrder: Record<string, Attribute> = {
  window_order: { schema: WindowOrder, isReadOnly: false, isRequired: false, read: raw(read) },
}

/**
 * The column of the order that a request has. Throws `conflict` for a window that is there twice, and for an action that
 * is, or that is not the plan's, or does not have the window.
 */
export async function windowOrderColumn(
  { tx }: WriteRequest,
  { id, attributes, pointer }: Draft,
): Promise<Record<string, unknown>> {
  if (attributes['window_order'] === undefined) return {}
  const order = ((attributes['window_order'] ?? []) as WindowOrder).map(({ type, _actions }) => ({
    type,
    _actions: _actions.map(idOrNobody),
  }))
  const field = `${pointer}.attributes.window_order`
  const windows = await readWindows(
    tx,
    id,
    order.flatMap(({ _actions }) => _actions),
  )
  for (const [place, { type, _actions }] of order.entries()) {
    if (order.findIndex((other) => other.type === type) < place) {
      throw refusal('conflict', `${field}.${place}.type`, 'is there twice')
    }
    for (const [index, actionId] of _actions.entries()) {
      const refuse = (reason: string) => refusal('conflict', `${field}.${place}._actions.${index}`, reason)
      const types = windows.get(actionId)
      if (types === undefined) throw refuse('is no action of the plan')
      if (!types.includes(type)) throw refuse('is an action without this window')
      if (_actions.indexOf(actionId) < index) throw refuse('is there twice')
    }
  }
  const named = order.map(({ type, _actions }) => ({ type, _actions: _actions.map(toWireId) }))
  return { plan_window_order: JSON.stringify(named) }
}

/** The types of the windows that the plan's own of these actions have, by id. */
async function readWindows(tx: WriteRequest['tx'], planId: string, ids: string[]): Promise<Map<string, string[]>> {
  const rows = await run<{ id: string; types: string[] }>(
    tx,
    sql`select id, array(select v ->> 'type' from jsonb_array_elements(windows) v) as types
        from care_action where id in (${uuids(ids)}) and patient_id = ${planId}::uuid`,
  )
  return new Map(rows.map(({ id, types }) => [id, types]))
}
