import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fromWireId } from '../../src/care/ids.ts'
import { call } from '../support/api.ts'
import { type CareClient, connectCare, createGroup, createPatient } from '../support/care.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
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
let receiver: Receiver
let care: CareClient
let group: string

beforeAll(async () => {
  server = await startServer()
  receiver = await startReceiver()
  care = await connectCare(server)
  group = await createGroup(care, 'Walkers')
})
afterAll(async () => {
  await server.stop()
  await receiver.stop()
})

const attribute = (name: string) => `/data/attributes/${name}`
const relationship = (name: string) => `/data/relationships/${name}/data`
const idsOf = async (path: string) => {
  const { status, body } = await care.ask('GET', path)
  return [status, body.data.map(({ id }: any) => id)]
}

describe('from program to fulfillment', () => {
  test('each is created, fetched and says what its rows say', async () => {
    const terms = { fulfill_as_earned: true, budget_unit: 'point', duration_active: 90 }
    const { patient, program, activation } = await activate(care, group, { program: terms })
    const reward = await idOf(care, rewardOf(activation, { _thread: 'walking', target_at: day(5) }))
    await idOf(care, rewardOf(activation, { allocated_value: 0.5 }))
    const earned = await create(care, earningOf(reward))
    const earning = earned.body.data.id
    expect([earned.status, earned.body.data]).toEqual([
      200,
      {
        type: 'reward_earning',
        id: earning,
        attributes: { earned_value: 8, earned_unit: 'point', earned_at: day(3), ready_for_fulfillment: true },
        relationships: relatedTo({ group, patient, reward_program_activation: activation, reward }),
        links: { self: `/pub/reward_earning/${earning}` },
      },
    ])
    const { status, body } = await create(care, fulfillmentOf(earning, { fulfilled_value: 7.5 }))
    const got = { fulfilled_value: 7.5, fulfilled_at: day(4) }
    expect([status, body.data]).toEqual([
      200,
      {
        type: 'reward_earning_fulfillment',
        id: expect.any(String),
        attributes: { ...got, fulfilled_unit: 'point' },
        relationships: relatedTo({ patient, reward_earning: earning }),
        links: { self: `/pub/reward_earning_fulfillment/${body.data.id}` },
      },
    ])
    expect((await care.ask('GET', `/reward_earning_fulfillment/${body.data.id}`)).body.data).toEqual(body.data)
    expect(await attributesOf(care, 'reward_earning', earning)).toEqual({ ...earned.body.data.attributes, ...got })
    const shown = await care.ask('GET', `/reward/${reward}`)
    expect(shown.body.data).toMatchObject({
      attributes: {
        _thread: 'walking',
        description: 'Walk 10 miles',
        allocated_value: 10,
        allocated_unit: 'point',
        allocated_at: day(2),
        target_at: day(5),
        earned_value: 8,
        earned_at: day(3),
        ...got,
      },
      relationships: relatedTo({ patient, reward_program_activation: activation }),
    })
    expect((await care.ask('GET', `/reward_program_activation/${activation}`)).body.data).toMatchObject({
      attributes: {
        active: true,
        activated_at: day(1),
        expires_at: day(91),
        fulfill_as_earned: true,
        allocated_count: 2,
        total_allocated_value: 10.5,
        earned_count: 1,
        total_earned_value: 8,
        budget_unit: 'point',
      },
      relationships: relatedTo({ patient, reward_program: program }),
    })
  })

  test('what is derived is passed over when it is sent, and named', async () => {
    const { activation } = await activate(care, group)
    const sent = rewardOf(activation, { earned_value: 10, fulfilled_at: day(3), allocated_unit: 'credit' })
    const other = { ...sent, relationships: { ...sent.relationships, ...relatedTo({ patient: 'x' }) } }
    const { status, body } = await create(care, other)
    expect([status, body.meta.ignored]).toEqual([200, ['earned_value', 'fulfilled_at', 'allocated_unit']])
    expect(body.data.attributes).not.toHaveProperty('earned_value')
    expect(body.data.attributes.allocated_unit).toBe('dollar')
  })

  test('a patient who is deleted takes all of it along', async () => {
    const { patient, program, activation } = await activate(care, group, { program: { fulfill_as_earned: true } })
    const reward = await idOf(care, rewardOf(activation))
    const earning = await idOf(care, earningOf(reward))
    await idOf(care, fulfillmentOf(earning))
    await call(server, 'DELETE', `/user/${fromWireId(patient)}`, { key: server.keys.live })
    expect((await care.ask('GET', `/reward_program_activation/${activation}`)).status).toBe(404)
    expect((await care.ask('GET', `/reward/${reward}`)).status).toBe(404)
    expect((await care.ask('GET', `/reward_program/${program}`)).status).toBe(200)
  })

  test('webhooks are told of each, with the resource as its data', async () => {
    const types = ['reward_program_activation', 'reward', 'reward_earning', 'reward_earning_fulfillment']
    const json = { url: receiver.url, events: types.map((type) => `${type}.created`) }
    await call(server, 'POST', '/api/webhooks', { key: server.keys.live, json })
    const { activation } = await activate(care, group, { program: { fulfill_as_earned: true } })
    const reward = await idOf(care, rewardOf(activation))
    const earning = await idOf(care, earningOf(reward))
    const fulfillment = await idOf(care, fulfillmentOf(earning))
    for (const [index, id] of [activation, reward, earning, fulfillment].entries()) {
      const type = types[index]
      const { body } = await receiver.waitFor((request) => request.body.event === `${type}.created`)
      expect(body.data).toMatchObject({ type, id })
    }
  })
})

describe('a program', () => {
  test('has defaults, also where null is sent', async () => {
    const defaults = { budget_unit: 'dollar', duration_active: 540, fulfill_as_earned: false, frozen: false }
    const { body } = await create(care, programIn(group, { tagline: 'Step by step' }))
    const of = { name: 'Walk more', start_at: day(1), end_at: day(366), budget_value: 100 }
    expect(body.data.attributes).toEqual({ ...of, ...defaults, tagline: 'Step by step' })
    const nulls = { budget_unit: null, duration_active: null, fulfill_as_earned: null, frozen: null, tagline: null }
    expect((await create(care, programIn(group, nulls))).body.data.attributes).toEqual({ ...of, ...defaults })
  })

  test.each([
    ['end_at', { end_at: day(1) }],
    ['end_at', { end_at: undefined }],
    ['start_at', { start_at: '2024-01-01' }],
    ['budget_value', { budget_value: 0 }],
    ['budget_value', { budget_value: 1e300 }],
    ['budget_unit', { budget_unit: 'euro' }],
    ['duration_active', { duration_active: 0 }],
    ['duration_active', { duration_active: 1e9 }],
    ['name', { name: undefined }],
    ['description', { description: 'x'.repeat(5001) }],
  ])('with a wrong %s is refused', async (name, attributes) => {
    expect(refusedAt(await create(care, programIn(group, attributes)))).toEqual([409, attribute(name)])
  })

  test('is listed by groups or organization, and leads to its group', async () => {
    const own = await createGroup(care, 'Runners')
    const program = await idOf(care, programIn(own))
    expect(await idsOf(`/reward_program?filter[groups]=${own}`)).toEqual([200, [program]])
    const whole = await care.ask('GET', `/reward_program?filter[organization]=${care.organization}&page[size]=1000`)
    expect(whole.body.data.map(({ id }: any) => id)).toContain(program)
    expect((await care.ask('GET', '/reward_program')).status).toBe(409)
    const { status, body } = await care.ask('GET', `/reward_program/${program}/group`)
    expect([status, body.data.map(({ type, id }: any) => [type, id])]).toEqual([200, [['group', own]]])
    const shown = await care.ask('GET', `/reward_program/${program}`)
    expect(shown.body.data.relationships.group).toEqual({
      data: { type: 'group', id: own },
      links: { related: `/pub/reward_program/${program}/group` },
    })
  })
})

describe('an activation', () => {
  test('is refused for patients of other groups, of a frozen program, and twice', async () => {
    const { patient, program } = await activate(care, group)
    const twice = await create(care, activationOf(program, patient))
    expect(refusedAt(twice)).toEqual([409, relationship('reward_program')])
    const stranger = await createPatient(care, [await createGroup(care, 'Others')])
    expect(refusedAt(await create(care, activationOf(program, stranger)))).toEqual([409, relationship('patient')])
    const frozen = await idOf(care, programIn(group, { frozen: true }))
    expect(refusedAt(await create(care, activationOf(frozen, patient)))).toEqual([409, relationship('reward_program')])
    const another = await idOf(care, programIn(group))
    expect((await create(care, activationOf(another, patient))).status).toBe(200)
  })

  test.each([
    ['activated_at', { activated_at: '2023-12-31T23:59:59.999Z' }, 409],
    ['activated_at', { activated_at: '2024-12-31T00:00:00.001Z' }, 409],
    ['activated_at', { activated_at: undefined }, 409],
    ['deactivated_at', { deactivated_at: day(1) }, 409],
    ['active', { active: true, deactivated_at: day(2) }, 409],
    ['nothing', { activated_at: day(366) }, 200],
    ['nothing', { active: null, deactivated_at: null }, 200],
  ])('refuses %s of %j: %i', async (name, attributes, status) => {
    const [patient, program] = [await createPatient(care, [group]), await idOf(care, programIn(group))]
    const answer = await create(care, activationOf(program, patient, attributes))
    expect(refusedAt(answer)).toEqual([status, status === 200 ? undefined : attribute(name)])
  })

  test.each([
    [{ deactivated_at: day(9) }, { active: false, deactivated_at: day(9) }],
    [
      { active: false, deactivated_at: day(9) },
      { active: false, deactivated_at: day(9) },
    ],
    [{ active: false }, { active: false, deactivated_at: expect.stringMatching(/^20/) }],
    [{ active: true }, { active: true }],
  ])('with %j is answered with %j', async (activation, expected) => {
    const activated = await activate(care, group, { activation })
    const { active, deactivated_at } = await attributesOf(care, 'reward_program_activation', activated.activation)
    expect({ active, ...(deactivated_at === undefined ? {} : { deactivated_at }) }).toEqual(expected)
  })

  test('that would expire when no year can be written is refused', async () => {
    const program = { start_at: '9999-01-01T00:00:00Z', end_at: '9999-12-30T00:00:00Z' }
    const id = await idOf(care, programIn(group, program))
    const late = activationOf(id, await createPatient(care, [group]), { activated_at: '9999-06-01T00:00:00Z' })
    expect(refusedAt(await create(care, late))).toEqual([409, attribute('activated_at')])
  })

  test('is listed by patient, groups or organization', async () => {
    const { patient, activation } = await activate(care, group)
    const path = '/reward_program_activation'
    expect(await idsOf(`${path}?filter[patient]=${patient}`)).toEqual([200, [activation]])
    expect(await idsOf(`${path}?filter[patient]=${patient}&filter[groups]=${group}`)).toEqual([200, [activation]])
    const organization = `filter[organization]=${care.organization}`
    expect(await idsOf(`${path}?${organization}&filter[patient]=${patient}`)).toEqual([200, [activation]])
    const empty = await createGroup(care, 'Empty')
    expect(await idsOf(`${path}?filter[groups]=${empty}`)).toEqual([200, []])
    expect((await care.ask('GET', path)).status).toBe(409)
  })
})

describe('a reward', () => {
  test.each([
    ['allocated_at', { allocated_at: day(1) }, 409],
    ['allocated_at', { allocated_at: day(20) }, 409],
    ['allocated_at', { allocated_at: day(25) }, 409],
    ['target_at', { target_at: day(1) }, 409],
    ['allocated_value', { allocated_value: -1 }, 409],
    ['allocated_value', { allocated_value: 100.01 }, 409],
    ['allocated_value', { allocated_value: '1' }, 409],
    ['description', { description: undefined }, 409],
    ['_thread', { _thread: '' }, 409],
    ['nothing', { target_at: day(2), allocated_value: 100 }, 200],
    ['nothing', { target_at: null, _thread: null, allocated_value: 0 }, 200],
  ])('refuses %s of %j: %i', async (name, attributes, status) => {
    const { activation } = await activate(care, group, { activation: { deactivated_at: day(20) } })
    const answer = await create(care, rewardOf(activation, attributes))
    expect(refusedAt(answer)).toEqual([status, status === 200 ? undefined : attribute(name)])
  })

  test('is allocated before its activation expires', async () => {
    const { activation } = await activate(care, group, { program: { duration_active: 1.5 } })
    const at = (allocated_at: string) => create(care, rewardOf(activation, { allocated_at }))
    expect(refusedAt(await at('2024-01-02T12:00:00Z'))).toEqual([409, attribute('allocated_at')])
    expect((await at('2024-01-02T11:59:59Z')).status).toBe(200)
  })

  test('is listed by patient, groups or organization, activation and thread', async () => {
    const { patient, program, activation } = await activate(care, group)
    const other = await createPatient(care, [group])
    const elsewhere = await idOf(care, rewardOf(await idOf(care, activationOf(program, other)), { _thread: 'a' }))
    const [a, b] = [
      await idOf(care, rewardOf(activation, { _thread: 'a' })),
      await idOf(care, rewardOf(activation, { _thread: 'b' })),
    ]
    expect(await idsOf(`/reward?filter[patient]=${patient}`)).toEqual([200, [a, b]])
    expect(await idsOf(`/reward?filter[patient]=${patient}&filter[thread]=b`)).toEqual([200, [b]])
    const ofActivation = `filter[reward_program_activation]=${activation}`
    expect(await idsOf(`/reward?filter[groups]=${group}&${ofActivation}`)).toEqual([200, [a, b]])
    expect(await idsOf(`/reward?filter[patient]=${other}&${ofActivation}`)).toEqual([200, []])
    const organization = `filter[organization]=${care.organization}`
    expect(await idsOf(`/reward?${organization}&filter[thread]=a&filter[patient]=${other}`)).toEqual([200, [elsewhere]])
    expect((await care.ask('GET', `/reward?${ofActivation}`)).status).toBe(409)
  })
})

describe('an earning', () => {
  test.each([
    ['earned_value', { earned_value: 10.01 }, 409],
    ['earned_value', { earned_value: -1 }, 409],
    ['earned_at', { earned_at: day(2) }, 409],
    ['earned_at', { earned_at: day(20) }, 409],
    ['nothing', { earned_value: 10, earned_at: '2024-01-19T23:59:59Z' }, 200],
    ['nothing', { earned_value: 0 }, 200],
  ])('refuses %s of %j: %i', async (name, attributes, status) => {
    const { activation } = await activate(care, group, { activation: { deactivated_at: day(20) } })
    const answer = await create(care, earningOf(await idOf(care, rewardOf(activation)), attributes))
    expect(refusedAt(answer)).toEqual([status, status === 200 ? undefined : attribute(name)])
  })

  test('is earned before its activation expires, and once', async () => {
    const { activation } = await activate(care, group, { program: { duration_active: 10 } })
    const reward = await idOf(care, rewardOf(activation))
    const late = await create(care, earningOf(reward, { earned_at: day(11) }))
    expect(refusedAt(late)).toEqual([409, attribute('earned_at')])
    expect((await create(care, earningOf(reward))).status).toBe(200)
    expect(refusedAt(await create(care, earningOf(reward)))).toEqual([409, relationship('reward')])
  })

  test('several are created, all or none', async () => {
    const { activation } = await activate(care, group)
    const rewards = await Promise.all([1, 2, 3].map(() => idOf(care, rewardOf(activation))))
    const several = (data: object[], meta?: object) => care.ask('POST', '/reward_earning', { data, meta })
    const twice = await several([rewards[0]!, rewards[1]!, rewards[0]!].map((id) => earningOf(id)))
    expect(refusedAt(twice)).toEqual([409, '/data/2/relationships/reward/data'])
    const tooMuch = await several([earningOf(rewards[0]!), earningOf(rewards[1]!, { earned_value: 11 })])
    expect(refusedAt(tooMuch)).toEqual([409, '/data/1/attributes/earned_value'])
    expect((await attributesOf(care, 'reward_program_activation', activation)).earned_count).toBe(0)
    const { status, body } = await several(rewards.slice(0, 2).map((id) => earningOf(id)))
    expect([status, body.data.length]).toEqual([200, 2])
    const rest = await several(
      rewards.map((id) => earningOf(id)),
      { ignore_duplicates: true },
    )
    expect(rest.body.data.map((each: any) => each.relationships.reward.data.id)).toEqual([rewards[2]])
  })

  test('is listed by groups and patient, both, and by whether it can be fulfilled', async () => {
    const { patient, activation } = await activate(care, group, { program: { fulfill_as_earned: true } })
    const waiting = await idOf(care, activationOf(await idOf(care, programIn(group)), patient))
    const [done, ready] = [
      await idOf(care, earningOf(await idOf(care, rewardOf(activation)))),
      await idOf(care, earningOf(await idOf(care, rewardOf(activation)))),
    ]
    const later = await idOf(care, earningOf(await idOf(care, rewardOf(waiting))))
    await idOf(care, fulfillmentOf(done))
    const list = (filters: string) =>
      idsOf(`/reward_earning?filter[groups]=${group}&filter[patient]=${patient}${filters}`)
    expect(await list('')).toEqual([200, [done, ready, later]])
    expect(await list('&filter[ready_for_fulfillment]=true')).toEqual([200, [ready]])
    expect(await list('&filter[ready_for_fulfillment]=false')).toEqual([200, [later]])
    const refused = async (filters: string) => {
      const { status, body } = await care.ask('GET', `/reward_earning?${filters}`)
      return [status, body.errors[0].source.parameter]
    }
    expect(await refused(`filter[patient]=${patient}`)).toEqual([409, 'filter[groups]'])
    expect(await refused(`filter[groups]=${group}`)).toEqual([409, 'filter[patient]'])
    const other = await createGroup(care, 'Elsewhere')
    expect(await idsOf(`/reward_earning?filter[groups]=${other}&filter[patient]=${patient}`)).toEqual([200, []])
  })
})

describe('a fulfillment', () => {
  test.each([
    ['fulfilled_value', { fulfilled_value: -0.01 }, 409],
    ['fulfilled_value', { fulfilled_value: 8.01 }, 409],
    ['fulfilled_at', { fulfilled_at: '2024-01-02T23:59:59.999Z' }, 409],
    ['nothing', { fulfilled_value: 0, fulfilled_at: day(3) }, 200],
  ])('refuses %s of %j: %i', async (name, attributes, status) => {
    const { activation } = await activate(care, group, { program: { fulfill_as_earned: true } })
    const earning = await idOf(care, earningOf(await idOf(care, rewardOf(activation))))
    const answer = await create(care, fulfillmentOf(earning, attributes))
    expect(refusedAt(answer)).toEqual([status, status === 200 ? undefined : attribute(name)])
  })

  test('is one of an earning that is ready, and listed by patient', async () => {
    const { patient, activation } = await activate(care, group, { activation: { deactivated_at: day(9) } })
    const fulfillment = fulfillmentOf(await idOf(care, earningOf(await idOf(care, rewardOf(activation)))))
    const id = await idOf(care, fulfillment)
    expect(refusedAt(await create(care, fulfillment))).toEqual([409, relationship('reward_earning')])
    expect(await idsOf(`/reward_earning_fulfillment?filter[patient]=${patient}`)).toEqual([200, [id]])
    expect((await care.ask('GET', '/reward_earning_fulfillment')).status).toBe(409)
  })
})
