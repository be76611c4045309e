import { isToMany, typesOf } from '../../src/care/json-api/resource.ts'
import { careApi } from '../../src/care/resources.ts'
import type { CareAnswer } from './care.ts'

export type Ask = (method: string, path: string, body?: unknown) => Promise<CareAnswer>
/** By type, the id of one that is there. */
export type Ids = Record<string, string>

/** Attributes that a new one must have; its relationships are to `ids`. */
const attributes: Record<string, object | ((ids: Ids) => object)> = {
  group: { name: 'x' },
  patient_health_metric: { type: 'weight', value: 70, unit: 'kg', occurred_at: '2024-01-01T00:00:00Z' },
  calendar_event: { type: 'reminder', title: 'x', start_at: '2024-01-01T09:00:00Z', attendees: [] },
  calendar_event_response: { response_status: 'accepted' },
  health_question_definition: { category: 'mental_wellbeing', text: 'x', format: { type: 'x' } },
  health_profile_answer: (ids) => ({ question_id: ids['health_question_definition'], latest: { value: 'x' } }),
  email_history: { send_time: '2024-01-01T00:00:00Z' },
  reward_program: {
    name: 'x',
    start_at: '2024-01-01T00:00:00Z',
    end_at: '2025-01-01T00:00:00Z',
    budget_value: 1_000_000,
    fulfill_as_earned: true,
  },
  reward_program_activation: { activated_at: '2024-01-01T00:00:00Z' },
  reward: { description: 'x', allocated_value: 1, allocated_at: '2024-01-02T00:00:00Z' },
  reward_earning: { earned_value: 1, earned_at: '2024-01-03T00:00:00Z' },
  reward_earning_fulfillment: { fulfilled_value: 1, fulfilled_at: '2024-01-03T00:00:00Z' },
  action: { type: 'weight', title: 'x', effective_from: '2024-01-01T00:00:00Z' },
  bundle: { type: 'weight', title: 'x', effective_from: '2024-01-01T00:00:00Z' },
}

/** What there can be only one of needs something of its own to be related to: returns those ids. */
const before: Record<string, (ask: Ask, ids: Ids) => Promise<Ids>> = {
  calendar_event_response: async (ask, ids) => {
    const { data } = await exampleOf('calendar_event', ask, ids)
    const event = await ask('POST', '/calendar_event', { data })
    const own = { type: 'calendar_event', attributes: { attendees: [{ user: ids['patient'] }] } }
    await ask('PATCH', `/calendar_event/${event.body.data.id}`, { data: own })
    return { calendar_event: event.body.data.id }
  },
  reward_program_activation: another('patient'),
  reward_earning: another('reward'),
  reward_earning_fulfillment: another('reward_earning'),
}

function another(type: string) {
  return async (ask: Ask, ids: Ids): Promise<Ids> => {
    const { body } = await ask('POST', `/${type}`, await exampleOf(type, ask, ids))
    return { [type]: body.data.id }
  }
}

/** The document of a new resource of a type, related to those that there are, which can be created now. */
export async function exampleOf(type: string, ask: Ask, ids: Ids): Promise<{ data: object }> {
  const own = { ...ids, ...(await before[type]?.(ask, ids)) }
  const relationships = Object.entries(careApi.get(type).relationships ?? {}).flatMap(([name, relationship]) => {
    const [target] = typesOf(relationship)
    if (relationship.isReadOnly === true || own[target!] === undefined) return []
    const related = { type: target, id: own[target!] }
    return [[name, { data: isToMany(relationship) ? [related] : related }]]
  })
  const given = attributes[type] ?? {}
  const filled = typeof given === 'function' ? given(own) : given
  return { data: { type, attributes: filled, relationships: Object.fromEntries(relationships) } }
}

/**
 * One of every type, by id, created in the order of the declarations: with `ask`, or with `askAsOperator` what the
 * published API only reads. What nobody creates is there with its patient. Throws where one cannot be had.
 */
export async function createOneOfEach(ask: Ask, askAsOperator: Ask, known: Ids): Promise<Ids> {
  const ids = { ...known }
  for (const { type, operations } of careApi.resources) {
    if (ids[type] !== undefined) continue
    const { create } = operations
    const { status, body } =
      create === undefined
        ? await ask('GET', `/${type}?filter[patient]=${ids['patient']}`)
        : await (create.isExtension ? askAsOperator : ask)('POST', `/${type}`, await exampleOf(type, ask, ids))
    const id = [body.data ?? []].flat()[0]?.id
    if (id === undefined) throw new Error(`there is no ${type}: ${status} ${JSON.stringify(body)}`)
    ids[type] = id
  }
  return ids
}
