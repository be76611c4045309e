import type { CareAnswer, CareClient } from './care.ts'

export const from = '2017-02-20T11:12:13.000Z'
/** What an action and a bundle must have. */
export const some = { type: 'weight', title: 'Measure Weight', effective_from: from }

export const related = (type: string, ids: string[]) => ({ data: ids.map((id) => ({ type, id })) })
/** A patient's id is the plan's. */
export const toPlan = (id: string) => ({ plan: { data: { type: 'patient_plan_summary', id } } })
export const idOf = async (answer: Promise<CareAnswer>): Promise<string> => (await answer).body.data.id
export const refusalOf = ({ status, body }: CareAnswer) => [status, body.errors?.[0].source.pointer]

export type Plans = ReturnType<typeof plansOf>

export function plansOf({ ask }: CareClient) {
  const create = (type: string, plan: string, attributes: object, relationships: object) =>
    ask('POST', `/${type}`, {
      data: { type, attributes: { ...some, ...attributes }, relationships: { ...toPlan(plan), ...relationships } },
    })
  return {
    newAction: (plan: string, attributes: object = {}, relationships: object = {}) =>
      create('action', plan, attributes, relationships),
    newBundle: (plan: string, attributes: object = {}, relationships: object = {}) =>
      create('bundle', plan, attributes, relationships),
    change: (type: string, id: string, attributes: object, relationships: object = {}) =>
      ask('PATCH', `/${type}/${id}`, { data: { type, id, attributes, relationships } }),
    /** The plan's attributes. */
    read: async (plan: string) => (await ask('GET', `/patient_plan_summary/${plan}`)).body.data.attributes,
  }
}
