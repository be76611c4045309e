import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askCare, type CareClient, connectCare, createGroup, createPatient } from '../support/care.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let care: CareClient
let group: string

beforeAll(async () => {
  server = await startServer({ worker: false })
  care = await connectCare(server)
  group = await createGroup(care, 'Prevention')
})
afterAll(() => server.stop())

const type = 'health_question_definition'
/** As published. */
const colonoscopy = {
  category: 'preventative_care',
  format: {
    data: [
      { label: "I Don't know", value: '0' },
      { label: "I've never had a colonoscopy", value: '1' },
    ],
    type: 'last_occurrence',
  },
  requirements: [{ property: 'age', shouldBeGreaterThan: 49, shouldBeLessThan: 76 }],
  text: 'When was your last colonoscopy?',
}
const create = (attributes: object, key = server.keys.live) =>
  askCare(server, key, 'POST', `/${type}`, { data: { type, attributes } })
const update = (id: string, attributes: object, key = server.keys.live) =>
  askCare(server, key, 'PATCH', `/${type}/${id}`, { data: { type, id, attributes } })

const times = (count: number, value: object) => Array.from({ length: count }, () => value)

describe('a definition', () => {
  test('is created and updated with a secret key, and read by every token of the organization', async () => {
    const { status, body } = await create({ ...colonoscopy, icon: 'x' })
    const { id } = body.data
    expect([status, body.meta.ignored, body.data]).toEqual([
      201,
      ['icon'],
      { type, id: expect.stringMatching(/^[0-9]/), attributes: colonoscopy, links: { self: `/pub/${type}/${id}` } },
    ])
    const changed = await update(id, { text: 'When?', requirements: null })
    expect([changed.status, changed.body.data.attributes]).toEqual([
      200,
      { ...colonoscopy, text: 'When?', requirements: [] },
    ])
    const inside = await connectCare(server, { groups: [group] })
    for (const client of [care, inside]) {
      expect((await client.ask('GET', `/${type}/${id}`)).body.data).toEqual(changed.body.data)
      const listed = await client.ask('GET', `/${type}`)
      expect([listed.status, listed.body.meta.count, listed.body.data]).toEqual([200, 1, [changed.body.data]])
    }
  })

  test('is nothing to others', async () => {
    const { id } = (await create(colonoscopy)).body.data
    const foreign = await connectCare(server, { environment: 'sandbox' })
    expect((await foreign.ask('GET', `/${type}`)).body.data).toEqual([])
    expect((await foreign.ask('GET', `/${type}/${id}`)).status).toBe(404)
    expect((await update(id, {}, server.keys.sandbox)).status).toBe(404)
    expect((await create(colonoscopy, care.token)).status).toBe(401)
    expect((await create(colonoscopy, server.keys.client)).status).toBe(403)
    expect((await care.ask('GET', `/${type}?filter[organization]=${care.organization}`)).status).toBe(409)
  })

  const age = { property: 'age' }
  const female = { property: 'gender', shouldBeEqual: true, value: 'female' }
  test.each([
    [{ category: undefined }, ''],
    [{ category: 'overall' }, 'category'],
    [{ text: '' }, 'text'],
    [{ text: 'x'.repeat(5001) }, 'text'],
    [{ format: null }, 'format'],
    [{ format: { data: [] } }, 'format/type'],
    [{ format: { type: 'x', data: [{ label: 'x' }] } }, 'format/data/0/value'],
    [{ format: { type: 'x', data: times(101, { label: 'x', value: 'x' }) } }, 'format/data'],
    [{ requirements: times(21, { ...age, shouldBeLessThan: 1 }) }, 'requirements'],
    [{ requirements: [{ property: 'weight', shouldBeLessThan: 100 }] }, 'requirements/0/property'],
    [{ requirements: [age] }, 'requirements/0/property'],
    [{ requirements: [{ ...age, shouldBeEqual: true }] }, 'requirements/0/value'],
    [{ requirements: [{ ...age, value: '40', shouldBeLessThan: 50 }] }, 'requirements/0/shouldBeEqual'],
    [{ requirements: [{ ...age, shouldBeEqual: true, value: 'forty' }] }, 'requirements/0/value'],
    [{ requirements: [{ ...age, shouldBeLessThan: '50' }] }, 'requirements/0/shouldBeLessThan'],
    [{ requirements: [{ ...age, shouldBeLessThan: 1e300 }] }, 'requirements/0/shouldBeLessThan'],
    [{ requirements: [{ property: 'gender', shouldBeEqual: true, value: 'f' }] }, 'requirements/0/value'],
    [{ requirements: [{ ...female, shouldBeLessThan: 1 }] }, 'requirements/0/shouldBeLessThan'],
  ])('with %j is refused, and its place named', async (attributes, place) => {
    const { status, body } = await create({ ...colonoscopy, ...attributes })
    const expected = `/data/attributes/${place === '' ? 'category' : place}`
    expect([status, body.errors.map(({ source }: any) => source.pointer)]).toEqual([409, [expected]])
  })

  test('is one of 100 at most, also when several are created at once', async () => {
    const { pool } = server.context
    await pool.query(
      `insert into health_question_definition (id, tenant_id, category, text, format)
       select gen_random_uuid(), id, 'mental_wellbeing', 'x', '{}' from tenant, generate_series(1, 99)
       where environment = 'sandbox'`,
    )
    const answers = await Promise.all(Array.from({ length: 4 }, () => create(colonoscopy, server.keys.sandbox)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409])
    expect(answers.find(({ status }) => status === 409)!.body.errors[0].source).toEqual({ pointer: '/data' })
  })
})

/** Somebody's birth date who has their birthday `days` from today. Leap years remain leap years. */
function bornYearsAgo(years: number, days = 0): string {
  const now = new Date()
  return new Date(Date.UTC(now.getUTCFullYear() - years, now.getUTCMonth(), now.getUTCDate() + days))
    .toISOString()
    .slice(0, 10)
}
const [AT_52, BEFORE_52, UNKNOWN] = [{ birth_date: bornYearsAgo(52) }, { birth_date: bornYearsAgo(52, 1) }, {}]
const above = (bound: number) => ({ property: 'age', shouldBeGreaterThan: bound })
const below = (bound: number) => ({ property: 'age', shouldBeLessThan: bound })
const equal = (property: string, value: string, shouldBeEqual = true) => ({ property, value, shouldBeEqual })

describe('what is asked', () => {
  let definition: string
  beforeAll(async () => {
    definition = (await create(colonoscopy)).body.data.id
  })

  test.each([
    [[], UNKNOWN, true],
    [[above(51)], AT_52, true],
    [[above(51)], BEFORE_52, false],
    [[above(52)], AT_52, false],
    [[above(51.5)], AT_52, true],
    [[above(51.5)], BEFORE_52, false],
    [[above(-1)], UNKNOWN, false],
    [[below(52)], AT_52, false],
    [[below(52)], BEFORE_52, true],
    [[below(51.5)], BEFORE_52, true],
    [[below(1000)], UNKNOWN, false],
    [[{ ...above(51), ...below(53) }], AT_52, true],
    [[above(51), below(52)], AT_52, false],
    [[above(60), above(40)], AT_52, false],
    [[equal('age', '52')], AT_52, true],
    [[equal('age', '52')], BEFORE_52, false],
    [[equal('age', '52'), equal('age', '51')], AT_52, false],
    [[equal('age', '52', false)], AT_52, false],
    [[equal('age', '52', false)], BEFORE_52, true],
    [[equal('age', '52', false)], UNKNOWN, false],
    [[equal('gender', 'female')], { gender: 'female' }, true],
    [[equal('gender', 'female')], { gender: 'male' }, false],
    [[equal('gender', 'female')], UNKNOWN, false],
    [[equal('gender', 'female', false)], { gender: 'male' }, true],
    [[equal('gender', 'female', false)], { gender: 'female' }, false],
    [[equal('gender', 'female', false)], UNKNOWN, false],
    [[equal('gender', 'female'), above(51)], { gender: 'female', ...AT_52 }, true],
    [[equal('gender', 'female'), above(51)], { gender: 'female', ...BEFORE_52 }, false],
  ])('where %j is required of %j: %s', async (requirements, attributes, isAsked) => {
    await update(definition, { requirements })
    const patient = await createPatient(care, [group], attributes)
    const { body } = await care.ask('GET', `/health_profile_question?filter[patient]=${patient}`)
    const asked = body.data.map(({ relationships }: any) => relationships.question_definition.data.id)
    expect(asked.includes(definition)).toBe(isAsked)
  })

  test('follows what is known of the patient, and what is required', async () => {
    await update(definition, { requirements: [above(51)] })
    const patient = await createPatient(care, [group], BEFORE_52)
    const path = `/health_profile_question?filter[patient]=${patient}`
    const count = async () => (await care.ask('GET', path)).body.meta.count
    const before = await count()
    const change = (attributes: object) =>
      care.ask('PATCH', `/patient/${patient}`, { data: { type: 'patient', id: patient, attributes } })
    await change(AT_52)
    expect(await count()).toBe(before + 1)
    await update(definition, { requirements: [equal('gender', 'other')] })
    expect(await count()).toBe(before)
    await change({ gender: 'other' })
    expect(await count()).toBe(before + 1)
  })
})
