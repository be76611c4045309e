import { type CareAnswer, type CareClient, createPatient } from './care.ts'

/** Days of the program: it starts with the first of January 2024. */
export const day = (number: number) => new Date(Date.UTC(2024, 0, number)).toISOString()

export const relatedTo = (related: Record<string, string>, types: Record<string, string> = {}) =>
  Object.fromEntries(Object.entries(related).map(([name, id]) => [name, { data: { type: types[name] ?? name, id } }]))

const documentOf = (type: string, attributes: object, related: Record<string, string>) => ({
  type,
  attributes,
  relationships: relatedTo(related),
})

export const programIn = (group: string, attributes: object = {}) =>
  documentOf(
    'reward_program',
    { name: 'Walk more', start_at: day(1), end_at: day(366), budget_value: 100, ...attributes },
    { group },
  )
export const activationOf = (reward_program: string, patient: string, attributes: object = {}) =>
  documentOf('reward_program_activation', { activated_at: day(1), ...attributes }, { reward_program, patient })
export const rewardOf = (reward_program_activation: string, attributes: object = {}) =>
  documentOf(
    'reward',
    { description: 'Walk 10 miles', allocated_value: 10, allocated_at: day(2), ...attributes },
    { reward_program_activation },
  )
export const earningOf = (reward: string, attributes: object = {}) =>
  documentOf('reward_earning', { earned_value: 8, earned_at: day(3), ...attributes }, { reward })
export const fulfillmentOf = (reward_earning: string, attributes: object = {}) =>
  documentOf(
    'reward_earning_fulfillment',
    { fulfilled_value: 8, fulfilled_at: day(4), ...attributes },
    {
      reward_earning,
    },
  )

export const create = ({ ask }: CareClient, data: { type: string }): Promise<CareAnswer> =>
  ask('POST', `/${data.type}`, { data })

/** Creates it and returns its id. */
export async function idOf(care: CareClient, data: { type: string }): Promise<string> {
  const { status, body } = await create(care, data)
  if (status !== 200) throw new Error(`no ${data.type}: ${JSON.stringify(body)}`)
  return body.data.id
}

export type Activated = { patient: string; program: string; activation: string }

/** A program of its own for a patient of its own. */
export async function activate(
  care: CareClient,
  group: string,
  { program = {}, activation = {} }: { program?: object; activation?: object } = {},
): Promise<Activated> {
  const patient = await createPatient(care, [group])
  const programId = await idOf(care, programIn(group, program))
  return { patient, program: programId, activation: await idOf(care, activationOf(programId, patient, activation)) }
}

/** The status, and what a refusal names. */
export const refusedAt = ({ status, body }: CareAnswer) => [status, body.errors?.[0].source.pointer]

export async function attributesOf({ ask }: CareClient, type: string, id: string): Promise<any> {
  const { body } = await ask('GET', `/${type}/${id}`)
  return body.data.attributes
}
