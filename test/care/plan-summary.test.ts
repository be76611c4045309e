import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fromWireId } from '../../src/care/ids.ts'
import { type CareClient, connectCare, createGroup, createPatient } from '../support/care.ts'
import { idOf, plansOf, type Plans, refusalOf, related } from '../support/plans.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let care: CareClient
let plans: Plans
let group: string

beforeAll(async () => {
  server = await startServer({ worker: false })
  care = await connectCare(server)
  plans = plansOf(care)
  group = await createGroup(care, 'Diabetes')
})
afterAll(() => server.stop())

const DAY = 86_400_000
/** A zone in which it is about noon: a day does not end while the tests run. */
const hour = new Date().getUTCHours()
const zone = hour === 12 ? 'UTC' : `Etc/GMT${hour > 12 ? '+' : '-'}${Math.abs(hour - 12)}`
/** The start of a day in that zone, some days ago. */
const midnight = Math.floor((Date.now() + (12 - hour) * 3_600_000) / DAY) * DAY - (12 - hour) * 3_600_000
const ago = (days: number, hours = 0) => new Date(midnight - days * DAY + hours * 3_600_000).toISOString()

async function newPlan(time_zone: string | null = zone): Promise<string> {
  const id = await createPatient(care, [group])
  await plans.change('patient_plan_summary', id, { time_zone })
  return id
}

/** Creates metrics of a patient, by the instant when they were taken, and returns their ids. */
async function measure(patient: string, type: string, ...occurredAt: string[]): Promise<string[]> {
  const data = occurredAt.map((occurred_at) => ({
    type: 'patient_health_metric',
    attributes: { type, value: 1, occurred_at },
    relationships: { patient: { data: { type: 'patient', id: patient } } },
  }))
  const { status, body } = await care.ask('POST', '/patient_health_metric', { data })
  expect(status).toBe(200)
  return body.data.map(({ id }: { id: string }) => id)
}

/** An action of weight, and the adherence to it. */
async function newAction(plan: string, attributes: object) {
  const id = await idOf(plans.newAction(plan, attributes))
  return {
    id,
    adherence: async () => (await care.ask('GET', `/action/${id}`)).body.data.attributes.adherence,
  }
}
const streak = (count: number, updated_at?: string) => ({ count, ...(updated_at === undefined ? {} : { updated_at }) })

describe('adherence to an action', () => {
  test('is of the days on which it was due, and on how many it was done', async () => {
    const plan = await newPlan()
    const { adherence } = await newAction(plan, { effective_from: ago(4) })
    expect(await adherence()).toEqual({ due: 5, complete: 0, streak: streak(0) })
    await measure(plan, 'weight', ago(5), ago(4), ago(3, 23), ago(1, 9), ago(1, 7))
    await measure(plan, 'heart_rate', ago(2))
    await measure(await newPlan(), 'weight', ago(2))
    expect(await adherence()).toEqual({ due: 5, complete: 3, streak: streak(1, ago(1, 7)) })
    await measure(plan, 'weight', ago(0, 1))
    expect(await adherence()).toEqual({ due: 5, complete: 4, streak: streak(2, ago(0, 1)) })
    await measure(plan, 'weight', ago(2))
    expect(await adherence()).toEqual({ due: 5, complete: 5, streak: streak(5, ago(0, 1)) })
  })

  test('is of the scheduled days of the week', async () => {
    const plan = await newPlan()
    const weekday = (days: number) => new Date(midnight - days * DAY + DAY / 2 + (12 - hour) * 3_600_000).getUTCDay()
    const on = (...days: number[]) => ({ effective_from: ago(13), frequency_goal: { weeks: { days } } })
    const { adherence } = await newAction(plan, on(weekday(1), weekday(2)))
    await measure(plan, 'weight', ago(0), ago(1), ago(3), ago(8), ago(9))
    expect(await adherence()).toEqual({ due: 4, complete: 3, streak: streak(1, ago(1)) })
    const never = await newAction(plan, on())
    expect(await never.adherence()).toEqual({ due: 0, complete: 0, streak: streak(0) })
    const daily = await newAction(plan, { effective_from: ago(13), frequency_goal: {} })
    expect(await daily.adherence()).toMatchObject({ due: 14, complete: 5 })
  })

  test('ends with it, and goes back a quarter', async () => {
    const plan = await newPlan()
    await measure(plan, 'weight', ago(9), ago(8, 1), ago(8, 3), ago(7), ago(400))
    const ended = await newAction(plan, { effective_from: ago(10), effective_to: ago(8, 2) })
    expect(await ended.adherence()).toEqual({ due: 3, complete: 2, streak: streak(2, ago(8, 1)) })
    const atMidnight = await newAction(plan, { effective_from: ago(10), effective_to: ago(8) })
    expect(await atMidnight.adherence()).toEqual({ due: 2, complete: 1, streak: streak(1, ago(9)) })
    const later = await newAction(plan, { effective_from: ago(-2) })
    expect(await later.adherence()).toEqual({ due: 0, complete: 0, streak: streak(0) })
    const old = await newAction(plan, { effective_from: ago(1000) })
    expect(await old.adherence()).toEqual({ due: 92, complete: 3, streak: streak(0) })
    const over = await newAction(plan, { effective_from: ago(1000), effective_to: ago(380) })
    expect(await over.adherence()).toEqual({ due: 0, complete: 0, streak: streak(0) })
  })

  test('is by its types of metric, or else by its own; what is not tracked is not due', async () => {
    const plan = await newPlan()
    await measure(plan, 'inr', ago(1))
    await measure(plan, 'creatinine', ago(0))
    const complete = async (attributes: object) => {
      const { adherence } = await newAction(plan, { effective_from: ago(1), ...attributes })
      const { due, complete: done } = await adherence()
      return [due, done]
    }
    const metrics = (...types: string[]) => ({ metrics: types.map((metric_type) => ({ metric_type })) })
    expect(await complete({ type: 'inr' })).toEqual([2, 1])
    expect(await complete({ type: 'x', ...metrics('inr', 'creatinine', 'weight') })).toEqual([2, 2])
    expect(await complete({ type: 'inr', ...metrics('weight') })).toEqual([2, 0])
    expect(await complete({ type: 'inr', tracking: false })).toEqual([0, 0])
    const { id, adherence } = await newAction(plan, { effective_from: ago(1), type: 'inr', ...metrics('weight') })
    await plans.change('action', id, { metrics: [] })
    expect((await adherence()).complete).toBe(1)
  })

  test("is of days in the plan's zone, and of a device's by the day that it counted", async () => {
    const plan = await newPlan(null)
    const utc = (days: number) => new Date(Math.floor(Date.now() / DAY) * DAY - days * DAY)
    const { adherence } = await newAction(plan, {
      effective_from: utc(9).toISOString(),
      effective_to: utc(5).toISOString(),
    })
    await measure(
      plan,
      'weight',
      new Date(+utc(8) + DAY - 3_600_000).toISOString(),
      new Date(+utc(7) + 60_000).toISOString(),
    )
    expect(await adherence()).toMatchObject({ due: 4, complete: 2 })
    await plans.change('patient_plan_summary', plan, { time_zone: 'Etc/GMT-6' })
    expect(await adherence()).toMatchObject({ due: 5, complete: 1 })
    const { pool } = server.context
    const days = [utc(8), utc(6)]
    await pool.query(
      `with c as (insert into connection (user_id, provider) values ($1, 'apple') returning user_id),
            d as (insert into device (id, user_id, provider, name)
                  select gen_random_uuid(), user_id, 'apple', 'Scale' from c returning id)
       insert into sample_day (user_id, data_type, day, device_id, count, sum, spill, packed, values)
       select $1, 'weight', day, id, 1, 70, '{}', '', '{}' from d, unnest($2::date[]) day`,
      [fromWireId(plan), days],
    )
    expect(await adherence()).toMatchObject({ due: 5, complete: 3 })
    await plans.change('patient_plan_summary', plan, { time_zone: 'Etc/GMT+6' })
    expect(await adherence()).toMatchObject({ due: 5, complete: 2 })
  })
})

test('adherence to a plan sums what is tracked; its streak is of days on which all was done', async () => {
  const plan = await newPlan()
  await newAction(plan, { effective_from: ago(3) })
  await newAction(plan, { effective_from: ago(2), type: 'inr' })
  await newAction(plan, { effective_from: ago(9), type: 'x', tracking: false })
  const adherence = async () => (await plans.read(plan)).adherence
  await measure(plan, 'weight', ago(3), ago(2), ago(1, 5), ago(0))
  await measure(plan, 'inr', ago(1, 3))
  expect(await adherence()).toEqual({ due: 7, complete: 5, streak: streak(1, ago(1, 5)) })
  await measure(plan, 'inr', ago(2), ago(0, 1))
  expect(await adherence()).toEqual({ due: 7, complete: 7, streak: streak(4, ago(0, 1)) })
  const { body } = await care.ask('GET', `/patient_plan_summary?filter[patient]=${plan}`)
  expect(body.data[0].attributes.adherence).toEqual(await adherence())
})

test('the current results of a plan are the latest of each tracked action', async () => {
  const plan = await newPlan()
  const resultsOf = async (query = '') => (await care.ask('GET', `/patient_plan_summary/${plan}${query}`)).body
  const [, weight] = await measure(plan, 'weight', ago(3), ago(2))
  const [inr] = await measure(plan, 'inr', ago(4), ago(1))
  await measure(plan, 'creatinine', ago(1))
  await newAction(plan, { effective_from: ago(9), type: 'creatinine', tracking: false })
  await newAction(plan, { effective_from: ago(9), type: 'triglycerides' })
  expect((await resultsOf()).data.relationships.current_results).toEqual({ data: [] })
  const { id } = await newAction(plan, { effective_from: ago(9) })
  await newAction(plan, { effective_from: ago(8) })
  await newAction(plan, { effective_from: ago(9), effective_to: ago(1), type: 'inr' })
  const { data, included } = await resultsOf('?include=current_results')
  expect(data.relationships.current_results).toEqual(related('result', [weight!, inr!]))
  expect(included.map((each: any) => [each.type, each.id]).toSorted()).toEqual(
    [weight, inr].map((each) => ['result', each]).toSorted(),
  )
  await plans.change('action', id, { effective_from: ago(1) })
  const { body } = await care.ask('GET', `/patient_plan_summary?filter[patient]=${plan}`)
  expect(body.data[0].relationships.current_results).toEqual(data.relationships.current_results)
})

describe('the order of windows', () => {
  const has = (...types: string[]) => ({ windows: types.map((type) => ({ type })) })
  const orderOf = async (id: string) => (await plans.read(id)).window_order
  const reorder = (id: string, window_order: unknown) => plans.change('patient_plan_summary', id, { window_order })

  test('has the actions that have each, is kept as it is sent, and follows them', async () => {
    const own = await createPatient(care, [group])
    const a = await idOf(plans.newAction(own, has('morning', 'evening')))
    const b = await idOf(plans.newAction(own, has('morning')))
    expect(await orderOf(own)).toEqual([
      { type: 'morning', _actions: [a, b] },
      { type: 'evening', _actions: [a] },
    ])
    const asked = [
      { type: 'evening', _actions: [a] },
      { type: 'noon', _actions: [] },
      { type: 'morning', _actions: [b, a] },
    ]
    const { status, body } = await reorder(own, asked)
    expect([status, body.data.attributes.window_order]).toEqual([200, [asked[0], asked[2]]])
    const c = await idOf(plans.newAction(own, has('night', 'noon', 'morning')))
    await plans.change('action', b, has('evening', 'morning', 'morning'))
    await plans.change('action', a, has('morning'))
    expect(await orderOf(own)).toEqual([
      { type: 'evening', _actions: [b] },
      { type: 'noon', _actions: [c] },
      { type: 'morning', _actions: [b, a, c] },
      { type: 'night', _actions: [c] },
    ])
    await plans.change('action', a, has('evening'))
    expect((await orderOf(own))[0]).toEqual({ type: 'evening', _actions: [a, b] })
    expect((await reorder(own, null)).body.data.attributes.window_order[0].type).toBe('evening')
  })

  test('names actions of the plan that have the window, each once', async () => {
    const own = await createPatient(care, [group])
    const a = await idOf(plans.newAction(own, has('morning')))
    const foreign = await idOf(plans.newAction(await createPatient(care, [group]), has('morning')))
    const morning = (...ids: string[]) => ({ type: 'morning', _actions: ids })
    const pointerOf = async (order: object[]) => {
      const [status, pointer] = refusalOf(await reorder(own, order))
      return `${status} ${pointer?.replace('/data/attributes/window_order/', '')}`
    }
    expect(await pointerOf([morning(a, foreign)])).toBe('409 0/_actions/1')
    expect(await pointerOf([morning(a, 'x')])).toBe('409 0/_actions/1')
    expect(await pointerOf([morning(a, a)])).toBe('409 0/_actions/1')
    expect(await pointerOf([morning(a), { type: 'noon', _actions: [a] }])).toBe('409 1/_actions/0')
    expect(await pointerOf([morning(a), morning()])).toBe('409 1/type')
    expect(await orderOf(own)).toEqual([morning(a)])
  })

  test('is that of its actions, while both are changed at once', async () => {
    const own = await createPatient(care, [group])
    const ids = await Promise.all([1, 2, 3].map(() => idOf(plans.newAction(own, has('a', 'b')))))
    const order = (type: string) => ({ type, _actions: ids.toReversed() })
    const answers = await Promise.all([
      ...Array.from({ length: 3 }, () => reorder(own, [order('b'), order('a')])),
      ...ids.map((id) => plans.change('action', id, has('b'))),
      plans.newAction(own, has('b')),
    ])
    expect(answers.map(({ status }) => status).filter((status) => ![200, 201, 409].includes(status))).toEqual([])
    const [{ type, _actions: ordered }, ...rest] = await orderOf(own)
    expect([rest, type, new Set(ordered)]).toEqual([[], 'b', new Set([...ids, answers.at(-1)!.body.data.id])])
  })
})
