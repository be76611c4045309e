import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { text } from '../../http/schemas.ts'
import { toWireId } from '../ids.ts'
import { refusal } from '../json-api/refusal.ts'
import type { Draft } from '../json-api/resource.ts'
import { isStorableJson } from '../../http/storable-json.ts'

/** An object of anything, within bounds. */
export const JsonObject = z
  .record(z.string(), z.unknown())
  .refine(isStorableJson, 'must be JSON of 10 levels and 1000 values at most, that can be stored')

/** The days of the week on which an action is to be done, 0 is Sunday; none: never. */
export const FrequencyGoal = z.strictObject({
  weeks: z.strictObject({ days: z.array(z.number().int().min(0).max(6)).max(7).optional() }).optional(),
})

/** By what a part is known. */
const PartId = { _id: text(100).optional() }
const Limit = z.strictObject({ value: z.number().optional(), unit: text(100).optional() })

/** What an action measures. */
const Metric = z.strictObject({
  ...PartId,
  metric_type: text(100).optional(),
  unit: text(100).optional(),
  goal: JsonObject.optional(),
  validations: z.strictObject({ minimum: Limit.optional(), maximum: Limit.optional() }).optional(),
  accepted_values: z.array(z.unknown()).max(100).refine(isStorableJson, 'must be JSON that can be stored').optional(),
})

/** A time of day: `morning`. */
const Window = z.strictObject({ ...PartId, title: text(300, 0).optional(), type: text(100) })

const Identifier = z.strictObject({ ...PartId, label: text(300, 0).optional(), system: text(300), value: text(300) })

/** Of a kind, an action has. */
export const MAX_PARTS = 20
export const Metrics = z.array(Metric).max(MAX_PARTS)
export const Windows = z.array(Window).max(MAX_PARTS)
export const Identifiers = z.array(Identifier).max(MAX_PARTS)

type Part = { _id?: string | undefined; metric_type?: string | undefined }

/**
 * The columns of an action's parts that a request has. Each part has an `_id` by which it is known: the one that was sent,
 * or a new one. Throws `conflict` where two of a kind have the same.
 */
export function partColumnsOf({ attributes, pointer }: Draft): Record<string, unknown> {
  const columns: Record<string, unknown> = {}
  for (const name of ['identifiers', 'metrics', 'windows']) {
    // The declaration's own schema has read it.
    const parts = attributes[name] as Part[] | null | undefined
    if (parts === undefined) continue
    const named = (parts ?? []).map(({ _id: id = toWireId(uuidv7()), ...part }) => ({ ...part, _id: id }))
    const ids = named.map(({ _id: id }) => id)
    const twice = ids.findIndex((id, index) => ids.indexOf(id) < index)
    if (twice !== -1) throw refusal('conflict', `${pointer}.attributes.${name}.${twice}._id`, 'is there twice')
    columns[name] = JSON.stringify(named)
    if (name === 'metrics') columns['metric_types'] = [...new Set(named.flatMap((part) => part.metric_type ?? []))]
  }
  return columns
}
