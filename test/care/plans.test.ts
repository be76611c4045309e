import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fromWireId } from '../../src/care/ids.ts'
import { call } from '../support/api.ts'
import { type CareAnswer, type CareClient, connectCare, createGroup, createPatient } from '../support/care.ts'
import { from, idOf, plansOf, type Plans, refusalOf, related, some, toPlan } from '../support/plans.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let receiver: Receiver
let care: CareClient
let plans: Plans
let group: string
/** A patient's id is the plan's. */
let plan: string

beforeAll(async () => {
  server = await startServer()
  receiver = await startReceiver()
  care = await connectCare(server)
  plans = plansOf(care)
  group = await createGroup(care, 'Diabetes')
  plan = await createPatient(care, [group])
})
afterAll(async () => {
  await server.stop()
  await receiver.stop()
})

const change = (...of: Parameters<Plans['change']>) => plans.change(...of)
const newAction = (attributes: object = {}, of = plan, relationships: object = {}) =>
  plans.newAction(of, attributes, relationships)
const newBundle = (relationships: object = {}, attributes: object = {}, of = plan) =>
  plans.newBundle(of, attributes, relationships)

describe('a plan', () => {
  const empty = { due: 0, complete: 0, streak: { count: 0 } }
  const times = { morning: 25200, afternoon: 43200, evening: 64800, night: 75600 }

  test('is there for everybody, whichever API created them', async () => {
    const { body } = await call(server, 'POST', '/user?appUserId=phone', { key: server.keys.live })
    const id = body.userId.replaceAll('-', '')
    const { status, body: fetched } = await care.ask('GET', `/patient_plan_summary/${id}`)
    expect([status, fetched.data]).toEqual([
      200,
      {
        type: 'patient_plan_summary',
        id,
        attributes: { adherence: empty, window_order: [], window_notification_times: times },
        relationships: {
          actions: { data: [] },
          bundles: { data: [] },
          patient: { data: { type: 'patient', id } },
          current_results: { data: [] },
        },
        links: { self: `/pub/patient_plan_summary/${id}` },
      },
    ])
  })

  test('is listed by patient, by groups and by organization, one of which is needed', async () => {
    const alone = await createGroup(care, 'Alone')
    const both = [await createPatient(care, [alone]), await createPatient(care, [alone])]
    const list = (filter: string) => care.ask('GET', `/patient_plan_summary?${filter}`)
    const ids = ({ body }: CareAnswer) => body.data.map(({ id }: any) => id)
    expect(ids(await list(`filter[patient]=${both[1]}`))).toEqual([both[1]])
    expect(ids(await list(`filter[groups]=${alone}`))).toEqual(both)
    expect(ids(await list(`filter[organization]=${care.organization}`))).toEqual(
      expect.arrayContaining([plan, ...both]),
    )
    expect((await list(`filter[organization]=${care.organization}&filter[patient]=${plan}`)).body.meta.count).toBe(1)
    expect((await list('page[size]=1')).status).toBe(409)
  })

  test('keeps what is critical, and its zone; null takes them away; what is read only is passed over', async () => {
    const critical = { blood_glucose: { data: { maximum: { unit: 'mg/dL', value: 300 } } }, effective_from: from }
    const sent = { critical, time_zone: 'America/New_York', adherence: { due: 9 }, effective_from: from }
    const { status, body } = await change('patient_plan_summary', plan, sent, { actions: { data: [] } })
    expect([status, body.meta.ignored]).toEqual([200, ['adherence', 'effective_from']])
    expect(body.data.attributes).toMatchObject({ critical, time_zone: 'America/New_York', adherence: empty })
    const cleared = await change('patient_plan_summary', plan, { critical: null, time_zone: null, window_order: null })
    expect(Object.keys(cleared.body.data.attributes)).not.toContain('critical')
    expect(Object.keys(cleared.body.data.attributes)).not.toContain('time_zone')
  })

  test.each([
    [{ time_zone: 'Mars/Olympus' }, 'time_zone'],
    [{ time_zone: '+05:00' }, 'time_zone'],
    [{ critical: 'high' }, 'critical'],
    [{ critical: [] }, 'critical'],
    [{ critical: { text: 'x'.repeat(10_001) } }, 'critical'],
    [{ window_order: { type: 'morning' } }, 'window_order'],
    [{ window_order: [{ type: 'morning' }] }, 'window_order/0/_actions'],
  ])('is not changed to %j', async (attributes, field) => {
    const answer = await change('patient_plan_summary', plan, attributes)
    expect(refusalOf(answer)).toEqual([409, `/data/attributes/${field}`])
  })

  test('has its actions and bundles, begins with the first of them, and includes what is asked for', async () => {
    const own = await createPatient(care, [group])
    const actions = [
      await idOf(newAction({}, own)),
      await idOf(newAction({ effective_from: '2016-01-01T00:00:00Z' }, own)),
    ]
    const bundle = await idOf(newBundle({ actions: related('action', actions) }, {}, own))
    const include = 'include=actions,bundles,patient'
    for (const path of [`/${own}?${include}`, `?filter[patient]=${own}&${include}`]) {
      const { body } = await care.ask('GET', `/patient_plan_summary${path}`)
      const [found] = [body.data].flat()
      expect(found.attributes.effective_from).toBe('2016-01-01T00:00:00.000Z')
      expect(found.relationships).toMatchObject({
        actions: related('action', actions),
        bundles: related('bundle', [bundle]),
      })
      const included = body.included.map(({ type, id }: any) => `${type} ${id}`)
      const all = [...actions.map((id) => `action ${id}`), `bundle ${bundle}`, `patient ${own}`]
      expect(included.toSorted()).toEqual(all.toSorted())
      const one = await care.ask('GET', `/action/${actions[0]}`)
      expect(body.included).toContainEqual(one.body.data)
    }
    expect((await care.ask('GET', `/patient_plan_summary/${own}?include=groups`)).status).toBe(409)
  })
})

describe('an action', () => {
  const metric = {
    metric_type: 'blood_pressure',
    unit: 'mmHg',
    goal: { data: { systolic: { value: 150, unit: 'mmHg' }, diastolic: { value: 95, unit: 'mmHg' } } },
  }
  const published = {
    effective_from: from,
    title: 'Record Blood Pressure',
    type: 'blood_pressure',
    frequency_goal: { weeks: { days: [0] } },
    metrics: [metric],
  }

  test('is created as published, and told of', async () => {
    const json = { url: receiver.url, events: ['action.*', 'bundle.*'] }
    await call(server, 'POST', '/api/webhooks', { key: server.keys.live, json })
    const bundle = await newBundle()
    expect(bundle.status).toBe(200)
    const bundles = related('bundle', [bundle.body.data.id])
    const { status, body } = await newAction(published, plan, { bundles })
    expect([status, body.data]).toEqual([
      201,
      {
        type: 'action',
        id: expect.any(String),
        attributes: {
          ...published,
          static_title: published.title,
          _thread: 'blood_pressure',
          adherence: { due: expect.any(Number), complete: 0, streak: { count: 0 } },
          identifiers: [],
          metric_required: false,
          metrics: [{ ...metric, _id: expect.any(String) }],
          tracking: true,
          windows: [],
          created_at: expect.any(String),
          updated_at: expect.any(String),
        },
        relationships: { ...toPlan(plan), bundles },
        links: { self: `/pub/action/${body.data.id}` },
      },
    ])
    expect((await care.ask('GET', `/action/${body.data.id}`)).body.data).toEqual(body.data)
    for (const [event, { data }] of Object.entries({ 'bundle.created': bundle.body, 'action.created': body })) {
      const told = await receiver.waitFor((request) => request.body.event === event)
      expect(told.body.data).toEqual(data)
    }
  })

  test('keeps what it is given; its parts keep their ids while they are sent', async () => {
    const identifier = { label: 'Super', system: 'http://x.example.com', value: 'action-0123' }
    const rest = { details: { some: 'mixed value' }, intake: { dose: [1, 'pill'] }, metric_required: true }
    const validations = { maximum: { unit: 'lb', value: 999 }, minimum: { unit: 'lb', value: 0 } }
    const parts = {
      identifiers: [identifier],
      metrics: [{ metric_type: 'weight', unit: 'lb', goal: { data: { unit: 'lb', value: 210 } }, validations }],
      windows: [{ title: 'Morning', type: 'morning' }],
    }
    const { body } = await newAction({ ...rest, ...parts, _thread: 'mine', tracking: false })
    const { attributes, id } = body.data
    expect(attributes).toMatchObject({ ...rest, ...parts, _thread: 'mine', tracking: false })
    const windows = [{ type: 'noon', _id: 'own' }, ...attributes.windows, { type: 'evening' }]
    const changed = (await change('action', id, { windows, title: 'Other', metrics: null, details: null })).body.data
    expect(changed.attributes).toMatchObject({
      title: 'Other',
      static_title: some.title,
      identifiers: attributes.identifiers,
    })
    expect(changed.attributes.windows).toEqual([...windows.slice(0, 2), { type: 'evening', _id: expect.any(String) }])
    expect([changed.attributes.metrics, 'details' in changed.attributes]).toEqual([[], false])
    const reset = (await change('action', id, { tracking: null, metric_required: null, _thread: null })).body.data
    expect(reset.attributes).toMatchObject({ tracking: true, metric_required: false, _thread: 'weight' })
  })

  test.each([
    [{ type: undefined }, 'type'],
    [{ type: 'x'.repeat(101) }, 'type'],
    [{ title: null }, 'title'],
    [{ effective_from: 'monday' }, 'effective_from'],
    [{ effective_to: from }, 'effective_to'],
    [{ effective_to: '2017-02-20T11:12:12Z' }, 'effective_to'],
    [{ frequency_goal: { weeks: { days: [7] } } }, 'frequency_goal/weeks/days/0'],
    [{ frequency_goal: { weeks: { days: [0, 1, 2, 3, 4, 5, 6, 0] } } }, 'frequency_goal/weeks/days'],
    [{ windows: [{ title: 'Morning' }] }, 'windows/0/type'],
    [{ windows: Array.from({ length: 21 }, () => ({ type: 'a' })) }, 'windows'],
    [
      {
        windows: [
          { type: 'a', _id: '1' },
          { type: 'b', _id: '1' },
        ],
      },
      'windows/1/_id',
    ],
    [{ metrics: [{ metric_type: 1 }] }, 'metrics/0/metric_type'],
    [{ metrics: [{ goal: 3 }] }, 'metrics/0/goal'],
    [{ metrics: [{ colour: 'red' }] }, 'metrics/0/colour'],
    [{ details: { text: 'a\0b' } }, 'details'],
    [{ intake: [] }, 'intake'],
    [{ identifiers: [{ system: 'x' }] }, 'identifiers/0/value'],
    [{ tracking: 'yes' }, 'tracking'],
  ])('with %j is refused, and its place named', async (attributes, field) => {
    expect(refusalOf(await newAction(attributes))).toEqual([409, `/data/attributes/${field}`])
  })

  test('ends after it begins, whichever of the two is changed', async () => {
    const id = await idOf(newAction({ effective_to: '2018-01-01T00:00:00Z' }))
    const early = await change('action', id, { effective_to: '2016-01-01T00:00:00Z' })
    expect(refusalOf(early)).toEqual([409, '/data/attributes/effective_to'])
    const late = await change('action', id, { effective_from: '2018-01-01T00:00:00Z' })
    expect(refusalOf(late)).toEqual([409, '/data/attributes/effective_from'])
    const moved = { effective_from: '2019-01-01T00:00:00Z', effective_to: '2020-01-01T00:00:00Z' }
    expect((await change('action', id, moved)).status).toBe(200)
    const open = await change('action', id, { effective_to: null })
    expect([open.status, 'effective_to' in open.body.data.attributes]).toEqual([200, false])
  })

  test('stays in its plan, and is bundled within it', async () => {
    const other = await createPatient(care, [group])
    const id = await idOf(newAction())
    for (const [type, own] of [
      ['action', id],
      ['bundle', await idOf(newBundle())],
    ] as const) {
      expect(refusalOf(await change(type, own, {}, toPlan(other)))).toEqual([409, '/data/relationships/plan/data'])
      expect((await change(type, own, { title: 'x' }, toPlan(plan))).status).toBe(200)
    }
    const bundles = [await idOf(newBundle()), await idOf(newBundle({}, {}, other))]
    const refused = [409, '/data/relationships/bundles/data/1']
    expect(refusalOf(await newAction({}, plan, { bundles: related('bundle', bundles) }))).toEqual(refused)
    expect(refusalOf(await change('action', id, {}, { bundles: related('bundle', bundles) }))).toEqual(refused)
    const foreign = await newBundle({ actions: related('action', [id]) }, {}, other)
    expect(refusalOf(foreign)).toEqual([409, '/data/relationships/actions/data/0'])
    const { body } = await care.ask('POST', '/action', { data: { type: 'action', attributes: some } })
    expect(body.errors[0].source.pointer).toBe('/data/relationships')
  })

  test('is one of 300 at most, also when several come at once', async () => {
    const full = await createPatient(care, [group])
    await server.context.pool.query(
      `insert into care_action (id, tenant_id, patient_id, type, title, static_title, effective_from, thread)
       select gen_random_uuid(), tenant_id, id, 'x', 'x', 'x', now(), 'x' from app_user, generate_series(1, 299)
       where id = $1`,
      [fromWireId(full)],
    )
    const answers = await Promise.all(Array.from({ length: 4 }, () => newAction({}, full)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409])
    const refused = answers.find(({ status }) => status === 409)!
    expect(refusalOf(refused)).toEqual([409, '/data/relationships/plan/data'])
  })
})

describe('a bundle', () => {
  test('has its actions in their order, taken as a list or as one', async () => {
    const [a, b, c] = [await idOf(newAction()), await idOf(newAction()), await idOf(newAction())]
    const { body } = await newBundle({ actions: related('action', [c, a, a]) }, { _thread: '123' })
    expect(body.data.relationships).toEqual({ ...toPlan(plan), actions: related('action', [c, a]) })
    expect(body.data.attributes).toMatchObject({ ...some, _thread: '123' })
    const { id } = body.data
    const actionsOf = async () => (await care.ask('GET', `/bundle/${id}`)).body.data.relationships.actions
    const bundles = related('bundle', [id])
    for (const action of [c, b, a]) await change('action', action, {}, { bundles })
    expect(await actionsOf()).toEqual(related('action', [c, a, b]))
    await change('action', a, {}, { bundles: { data: [] } })
    expect(await actionsOf()).toEqual(related('action', [c, b]))
    await change('bundle', id, { title: 'Same' })
    expect(await actionsOf()).toEqual(related('action', [c, b]))
    const one = await change('bundle', id, {}, { actions: { data: { type: 'action', id: a } } })
    expect([one.status, one.body.data.relationships.actions]).toEqual([200, related('action', [a])])
    expect((await care.ask('GET', `/action/${b}`)).body.data.relationships.bundles).toEqual({ data: [] })
  })

  test.each([
    [{ title: undefined }, {}, '/data/attributes/title'],
    [{ effective_to: '2000-01-01T00:00:00Z' }, {}, '/data/attributes/effective_to'],
    [{}, { actions: { data: { type: 'coach', id: 'x' } } }, '/data/relationships/actions/data/type'],
    [{}, { actions: { data: [{ type: 'coach', id: 'x' }] } }, '/data/relationships/actions/data/0/type'],
  ])('with %j and %j is refused, and its place named', async (attributes, relationships, pointer) => {
    expect(refusalOf(await newBundle(relationships, attributes))).toEqual([409, pointer])
  })

  test('that is written from both sides at once meets no fault', async () => {
    const ids = await Promise.all([1, 2, 3].map(() => idOf(newAction())))
    const bundles = await Promise.all([1, 2, 3].map(() => idOf(newBundle())))
    const answers = await Promise.all([
      ...bundles.map((id) => change('bundle', id, {}, { actions: related('action', ids) })),
      ...ids.map((id) => change('action', id, {}, { bundles: related('bundle', bundles) })),
    ])
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    for (const id of bundles) {
      const { body } = await care.ask('GET', `/bundle/${id}`)
      expect(new Set(body.data.relationships.actions.data.map((each: any) => each.id))).toEqual(new Set(ids))
    }
  })
})
