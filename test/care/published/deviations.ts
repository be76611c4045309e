import { type JsonSchema, linkage, list, matching, oneOf, readOnly, string } from './notation.ts'
import { calendar } from './schemas/calendar.ts'
import { people } from './schemas/people.ts'
import { plans } from './schemas/plans.ts'
import { profiles } from './schemas/profiles.ts'
import { rewards } from './schemas/rewards.ts'

type Deviation = { type: string; at: string; is: (published: JsonSchema) => JsonSchema; because: string }

/** Where the document's schemas cannot be meant as they stand. What is here is all that the API may differ in. */
const deviations: Deviation[] = [
  {
    type: 'patient',
    at: 'relationships.coaches.links.related',
    is: () => matching('/patient/[0-9a-z]+/coaches'),
    because: 'It has the link to the groups. Its examples, and the schema of the request, have that to the coaches.',
  },
  {
    type: 'patient',
    at: 'attributes.archive_history',
    is: readOnly,
    because: 'It is the history of `archived`, which is read only.',
  },
  {
    type: 'action',
    at: 'attributes.type',
    is: () => string,
    because:
      'It allows `other_lifestyle` alone; the actions of its examples are of the type of their metric, `weight`.',
  },
  {
    type: 'calendar_event',
    at: 'attributes.completed_by',
    is: () => string,
    because: 'It has an object without members; its examples have the id of a coach.',
  },
  {
    type: 'calendar_event_response',
    at: 'attributes.attendee',
    is: () => string,
    because: 'It has an object without members; its examples have the id of an attendee.',
  },
  {
    type: 'bundle',
    at: 'relationships.actions.data',
    is: () => list(linkage),
    because: 'It has one action; a bundle is a collection of them, and the examples have lists.',
  },
  ...['actions', 'bundles', 'patient', 'current_results'].map((name) => ({
    type: 'patient_plan_summary',
    at: `relationships.${name}`,
    is: readOnly,
    because:
      'An action says itself in whose plan it is, a result whose it is; nothing says that a summary changes that.',
  })),
]

/** By type, what a resource is in an answer. Of some the document allows any `type`: here each has its own. */
export const resourceSchemas: Readonly<Record<string, JsonSchema>> = Object.fromEntries(
  Object.entries<JsonSchema>({ ...people, ...plans, ...calendar, ...profiles, ...rewards }).map(([type, published]) => [
    type,
    deviations
      .filter((deviation) => deviation.type === type)
      .reduce(
        (schema, { at, is }) => changed(schema, at.split('.'), is),
        changed(published, ['type'], () => oneOf(type)),
      ),
  ]),
)

/** `path` names members within members. Throws for one that is not there, so that no deviation outlives its cause. */
function changed(schema: JsonSchema, path: string[], is: Deviation['is']): JsonSchema {
  const [name, ...rest] = path
  if (name === undefined) return is(schema)
  const member = schema.properties?.[name]
  if (member === undefined) throw new Error(`the published schema has no ${name}`)
  return { ...schema, properties: { ...schema.properties, [name]: changed(member, rest, is) } }
}
