import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { fromWireId } from '../../src/care/ids.ts'
import { call } from '../support/api.ts'
import { askCare, type CareAnswer, type CareClient, connectCare, createGroup, createPatient } from '../support/care.ts'
import {
  activate,
  activationOf,
  attributesOf,
  create,
  day,
  earningOf,
  fulfillmentOf,
  idOf,
  programIn,
  refusedAt,
  relatedTo,
  rewardOf,
} from '../support/rewards.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let care: CareClient
let group: string

beforeAll(async () => {
  server = await startServer({ worker: false })
  care = await connectCare(server)
  group = await createGroup(care, 'Walkers')
})
afterAll(() => server.stop())

const AT_ONCE = 50
const atOnce = (ask: (index: number) => Promise<CareAnswer>) =>
  Promise.all(Array.from({ length: AT_ONCE }, (_, index) => ask(index)))
/** How many answers there are of each status. */
const statusesOf = (answers: CareAnswer[]) =>
  answers.reduce<Record<number, number>>((all, { status }) => ({ ...all, [status]: (all[status] ?? 0) + 1 }), {})
const countersOf = async (activation: string) => {
  const shown = await attributesOf(care, 'reward_program_activation', activation)
  return [shown.allocated_count, shown.total_allocated_value, shown.earned_count, shown.total_earned_value]
}
const sumsOf = async (activation: string) => {
  const { rows } = await server.context.pool.query(
    `select (select array[count(*), sum(allocated_value)] from reward where reward_program_activation_id = $1)
         || (select array[count(*), coalesce(sum(earned_value), 0)] from reward_earning
             where reward_program_activation_id = $1) as sums`,
    [fromWireId(activation)],
  )
  return rows[0].sums.map(Number)
}

describe('at once', () => {
  test('rewards never overspend an activation, and each has its own budget', async () => {
    const { program, activation } = await activate(care, group, { program: { budget_value: 0.3 } })
    const other = await idOf(care, activationOf(program, await createPatient(care, [group])))
    const answers = await atOnce((index) =>
      create(care, rewardOf(index % 5 === 0 ? other : activation, { allocated_value: 0.1 })),
    )
    expect(statusesOf(answers)).toEqual({ 200: 6, 409: 44 })
    const refused = answers.filter(({ status }) => status === 409)
    expect(new Set(refused.map((each) => refusedAt(each)[1]))).toEqual(new Set(['/data/attributes/allocated_value']))
    for (const each of [activation, other]) {
      expect(await countersOf(each)).toEqual([3, 0.3, 0, 0])
      expect(await sumsOf(each)).toEqual([3, 0.3, 0, 0])
    }
  })

  test('earnings of one reward leave one, and fulfillments of it too', async () => {
    const { activation } = await activate(care, group, { program: { fulfill_as_earned: true } })
    const reward = await idOf(care, rewardOf(activation))
    const earnings = await atOnce((index) => create(care, earningOf(reward, { earned_value: index / 10 })))
    expect(statusesOf(earnings)).toEqual({ 200: 1, 409: 49 })
    const { id, attributes } = earnings.find(({ status }) => status === 200)!.body.data
    expect(await countersOf(activation)).toEqual([1, 10, 1, attributes.earned_value])
    const fulfillments = await atOnce(() => create(care, fulfillmentOf(id, { fulfilled_value: 0 })))
    expect(statusesOf(fulfillments)).toEqual({ 200: 1, 409: 49 })
    const { earned_value, fulfilled_value, fulfilled_at } = await attributesOf(care, 'reward', reward)
    expect([earned_value, fulfilled_value, fulfilled_at]).toEqual([attributes.earned_value, 0, day(4)])
    expect(await attributesOf(care, 'reward_earning', id)).toMatchObject({ fulfilled_value: 0, fulfilled_at: day(4) })
  })

  test('activations of one program for one patient leave one', async () => {
    const [patient, program] = [await createPatient(care, [group]), await idOf(care, programIn(group))]
    expect(statusesOf(await atOnce(() => create(care, activationOf(program, patient))))).toEqual({ 200: 1, 409: 49 })
  })

  test('several earnings of rewards of several activations, in whatever order, leave one of each', async () => {
    const activated = await Promise.all([1, 2, 3].map(() => activate(care, group)))
    const rewards = await Promise.all(activated.map(({ activation }) => idOf(care, rewardOf(activation))))
    const answers = await atOnce((index) => {
      const data = (index % 2 === 0 ? rewards : rewards.toReversed()).map((reward) => earningOf(reward))
      return care.ask('POST', '/reward_earning', { data })
    })
    expect(statusesOf(answers)).toEqual({ 200: 1, 409: 49 })
    for (const { activation } of activated) expect(await countersOf(activation)).toEqual([1, 10, 1, 8])
  })

  test('rewards, and an end of the activation before them, do not both happen', async () => {
    for (let round = 0; round < 5; round++) {
      const { activation } = await activate(care, group)
      const [end, ...rewards] = await Promise.all([
        update('reward_program_activation', activation, { deactivated_at: day(2) }),
        ...[1, 2, 3, 4].map(() => create(care, rewardOf(activation))),
      ])
      const created = rewards.filter(({ status }) => status === 200).length
      expect(end.status).toBe(created === 0 ? 200 : 409)
      expect([0, 4]).toContain(created)
    }
  })

  test('a patient who is deleted meanwhile is gone, and nobody meets a fault', async () => {
    for (let round = 0; round < 5; round++) {
      const { patient, activation } = await activate(care, group)
      const reward = await idOf(care, rewardOf(activation))
      const answers = await Promise.all([
        create(care, rewardOf(activation)),
        create(care, earningOf(reward)),
        call(server, 'DELETE', `/user/${fromWireId(patient)}`, { key: server.keys.live }),
        create(care, earningOf(reward)),
        create(care, rewardOf(activation)),
      ])
      expect(answers.map(({ status }) => status).filter((status) => ![200, 404, 409].includes(status))).toEqual([])
      expect((await care.ask('GET', `/reward/${reward}`)).status).toBe(404)
    }
  })
})

/**
 * Asks while somebody else's transaction has a row, waits until all wait for that, and runs the transaction's `rest`:
 * which fails where those who wait have taken what it needs.
 */
async function askBehind(locked: string, id: string, asks: (() => Promise<CareAnswer>)[], rest: string) {
  const tx = await server.context.pool.connect()
  try {
    await tx.query(`begin; set local lock_timeout = '500ms'`)
    await tx.query(`select from ${locked} where id = $1 for update`, [id])
    const answers = Promise.all(asks.map((ask) => ask()))
    const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    await vi.waitFor(async () => expect((await tx.query(waiting)).rowCount).toBe(asks.length), 5000)
    await tx.query(rest)
    await tx.query('commit')
    return await answers
  } finally {
    await tx.query('rollback')
    tx.release()
  }
}

describe('whoever waits has nothing that others wait for:', () => {
  test('additions to an activation, for the deletion of its patient', async () => {
    const { patient, activation } = await activate(care, group, { program: { fulfill_as_earned: true } })
    const [reward, earned] = [await idOf(care, rewardOf(activation)), await idOf(care, rewardOf(activation))]
    const earning = await idOf(care, earningOf(earned))
    const documents = [rewardOf(activation), earningOf(reward), fulfillmentOf(earning)]
    const asks = documents.map((data) => () => create(care, data))
    const id = fromWireId(patient)!
    const answers = await askBehind('app_user', id, asks, `delete from app_user where id = '${id}'`)
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404])
  })

  test('earnings of several activations, for the first of these', async () => {
    const activated = [await activate(care, group), await activate(care, group)].map(({ activation }) => activation)
    const rewards = [await idOf(care, rewardOf(activated[0]!)), await idOf(care, rewardOf(activated[1]!))]
    const several = (ids: string[]) => () =>
      care.ask('POST', '/reward_earning', { data: ids.map((id) => earningOf(id)) })
    const asks = [several(rewards), several(rewards.toReversed())]
    const [first, last] = activated.map((id) => fromWireId(id)!)
    const rest = `select from reward_program_activation where id = '${last}' for update`
    const answers = await askBehind('reward_program_activation', first!, asks, rest)
    expect(statusesOf(answers)).toEqual({ 200: 1, 409: 1 })
  })
})

test('values are exact, and answered as they were sent', async () => {
  const { activation } = await activate(care, group, { program: { budget_value: 1 } })
  for (const allocated_value of [0.7, 0.1, 0.1, 1e-7]) {
    const { body } = await create(care, rewardOf(activation, { allocated_value }))
    expect(body.data.attributes.allocated_value).toBe(allocated_value)
  }
  expect((await create(care, rewardOf(activation, { allocated_value: 0.1 }))).status).toBe(409)
  expect((await create(care, rewardOf(activation, { allocated_value: 0.0999999 }))).status).toBe(200)
  expect(await countersOf(activation)).toEqual([5, 1, 0, 0])
})

const update = (type: string, id: string, attributes: object, relationships?: object, token = server.keys.live) =>
  askCare(server, token, 'PATCH', `/${type}/${id}`, { data: { type, attributes, relationships } })
const conflictAt = (name: string) => [409, `/data/attributes/${name}`]

describe('with a secret key, and no token', () => {
  test('an activation is deactivated: what was earned is ready then, and nothing is allocated after', async () => {
    const { activation, program, patient } = await activate(care, group)
    const earning = await idOf(care, earningOf(await idOf(care, rewardOf(activation))))
    const related = '/data/relationships/reward_earning/data'
    expect(refusedAt(await create(care, fulfillmentOf(earning)))).toEqual([409, related])
    const change = (attributes: object, relationships?: object) =>
      update('reward_program_activation', activation, attributes, relationships)
    expect((await update('reward_program_activation', activation, {}, undefined, care.token)).status).toBe(401)
    for (const deactivated_at of [day(1), day(2), day(3)])
      expect(refusedAt(await change({ deactivated_at }))).toEqual(conflictAt('deactivated_at'))
    expect(refusedAt(await change({ activated_at: day(2) }))).toEqual(conflictAt('activated_at'))
    const moved = relatedTo({ patient: await createPatient(care, [group]) })
    expect(refusedAt(await change({}, moved))).toEqual([409, '/data/relationships/patient/data'])
    const same = relatedTo({ patient, reward_program: program })
    const ended = await change({ activated_at: day(1), deactivated_at: day(9), active: false }, same)
    expect([ended.status, ended.body.data.attributes]).toMatchObject([200, { active: false, deactivated_at: day(9) }])
    expect((await attributesOf(care, 'reward_earning', earning)).ready_for_fulfillment).toBe(true)
    const late = await create(care, rewardOf(activation, { allocated_at: day(9) }))
    expect(refusedAt(late)).toEqual(conflictAt('allocated_at'))
    expect((await create(care, fulfillmentOf(earning))).status).toBe(200)
    expect((await change({ active: false })).body.data.attributes.deactivated_at).toBe(day(9))
    expect((await change({ deactivated_at: null })).body.data.attributes).toMatchObject({ active: true })
    const now = await change({ active: false })
    expect(Date.parse(now.body.data.attributes.deactivated_at)).toBeGreaterThan(Date.parse(day(400)))
  })

  test('a program is frozen: nothing new is allocated or activated, and what was goes on', async () => {
    const { program, activation } = await activate(care, group)
    const reward = await idOf(care, rewardOf(activation))
    expect((await update('reward_program', program, { frozen: true })).body.data.attributes.frozen).toBe(true)
    const refused = await create(care, rewardOf(activation))
    expect(refusedAt(refused)).toEqual([409, '/data/relationships/reward_program_activation/data'])
    expect((await create(care, earningOf(reward))).status).toBe(200)
    expect((await update('reward_program', program, { frozen: null })).body.data.attributes.frozen).toBe(false)
    expect((await create(care, rewardOf(activation))).status).toBe(200)
  })

  test('a program keeps the terms on which it was activated', async () => {
    const { program } = await activate(care, group, { activation: { activated_at: day(5) } })
    const change = (attributes: object, relationships?: object) =>
      update('reward_program', program, attributes, relationships)
    for (const terms of [
      { budget_value: 99 },
      { budget_unit: 'point' },
      { duration_active: 1 },
      { fulfill_as_earned: true },
      { start_at: day(6) },
      { end_at: day(4) },
      { end_at: day(1) },
      { start_at: day(366) },
    ])
      expect(refusedAt(await change(terms))).toEqual(conflictAt(Object.keys(terms)[0]!))
    const other = relatedTo({ group: await createGroup(care, 'Others') })
    expect(refusedAt(await change({}, other))).toEqual([409, '/data/relationships/group/data'])
    const own = { name: 'Run', start_at: day(5), end_at: day(5 + 366), budget_value: 100, budget_unit: null }
    const { status, body } = await change(own, relatedTo({ group }))
    expect([status, body.data.attributes]).toMatchObject([200, { ...own, budget_unit: 'dollar' }])
    const unused = await idOf(care, programIn(group))
    const free = await update('reward_program', unused, { budget_value: 5, duration_active: 1 })
    expect(free.body.data.attributes).toMatchObject({ budget_value: 5, duration_active: 1 })
  })
})

test('a token of another group of the patient sees the rewards, and not whose program it is', async () => {
  const other = await createGroup(care, 'Cardiology')
  const outside = await connectCare(server, { groups: [other] })
  const patient = await createPatient(care, [group, other])
  const program = await idOf(care, programIn(group))
  const activation = await idOf(care, activationOf(program, patient))
  const reward = await idOf(care, rewardOf(activation))
  const earning = await idOf(care, earningOf(reward))
  expect((await outside.ask('GET', `/reward_program/${program}`)).status).toBe(403)
  expect((await outside.ask('GET', `/reward_program/${program}/group`)).status).toBe(403)
  expect((await create(outside, activationOf(program, patient))).status).toBe(403)
  // The budget is the program's: such a token spends nothing of it, and does not learn how much there is.
  const spending = await create(outside, rewardOf(activation))
  expect(refusedAt(spending)).toEqual([403, '/data/relationships/reward_program_activation/data'])
  const unearned = await idOf(care, rewardOf(activation))
  expect((await create(outside, earningOf(unearned))).status).toBe(403)
  const seen = await outside.ask('GET', `/reward_program_activation/${activation}`)
  expect(seen.body.data.relationships.reward_program).toBeUndefined()
  const list = await outside.ask('GET', `/reward?filter[groups]=${other}`)
  expect(list.body.data.map(({ id }: any) => id)).toEqual([reward, unearned])
  const shown = await outside.ask('GET', `/reward_earning/${earning}`)
  expect(shown.body.data.relationships.group).toBeUndefined()
  expect((await outside.ask('GET', `/reward_earning?filter[groups]=${group}&filter[patient]=${patient}`)).status).toBe(
    403,
  )
})
