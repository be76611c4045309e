import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fromWireId } from '../../src/care/ids.ts'
import { call } from '../support/api.ts'
import { type CareClient, connectCare, createGroup, createPatient } from '../support/care.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let receiver: Receiver
let care: CareClient
let group: string
let patient: string

beforeAll(async () => {
  server = await startServer()
  receiver = await startReceiver()
  care = await connectCare(server)
  group = await createGroup(care, 'Diabetes')
  patient = await createPatient(care, [group], { identifiers: [{ system: 'medical-record-number', value: '121212' }] })
})
afterAll(async () => {
  await server.stop()
  await receiver.stop()
})

const ldl = {
  code: { system: 'LOINC', value: '13457-7' },
  type: 'ldl_cholesterol',
  occurred_at: '2017-03-14T11:00:57.000Z',
  value: 121,
  unit: 'mg/dl',
}
const metricIn = (attributes: object = {}, of: object = { id: patient }) => ({
  type: 'patient_health_metric',
  attributes: { ...ldl, ...attributes },
  relationships: { patient: { data: { type: 'patient', ...of } } },
})
const create = (data: unknown, meta?: object) => care.ask('POST', '/patient_health_metric', { data, meta })
const of = (query: object) => ({ meta: { query } })
const mrn = { system: 'medical-record-number', value: '121212' }

describe('a metric', () => {
  test('is refused whose value is beyond what a number can be', async () => {
    const sent = JSON.stringify({ data: metricIn({ value: { a: [0] } }) }).replace('[0]', '[-1e400]')
    const { status, body } = await care.ask('POST', '/patient_health_metric', sent)
    expect([status, body.errors?.[0].source]).toEqual([409, { pointer: '/data/attributes/value' }])
  })

  test('is created and answered, and fetched as a list of one, as published', async () => {
    const { status, body } = await create(metricIn())
    expect([status, body.data]).toEqual([
      200,
      {
        type: 'patient_health_metric',
        id: expect.any(String),
        attributes: ldl,
        relationships: { patient: { data: { type: 'patient', id: patient } } },
        links: { self: `/pub/patient_health_metric/${body.data.id}` },
      },
    ])
    const fetched = await care.ask('GET', `/patient_health_metric/${body.data.id}`)
    expect([fetched.status, fetched.body.data]).toEqual([200, [body.data]])
  })

  test.each([
    ['a text', { value: 'positive' }],
    ['true or false', { value: false }],
    ['an object', { value: { left: 1, right: [2] } }],
    ['two numbers', { type: 'blood_pressure', value: undefined, systolic: 120, diastolic: 80 }],
  ])('has %s as its value', async (_, attributes) => {
    const { status, body } = await create(metricIn(attributes))
    expect([status, body.data.attributes]).toEqual([200, JSON.parse(JSON.stringify({ ...ldl, ...attributes }))])
  })

  test('is of the one patient whom an identifier matches', async () => {
    const found = await create(metricIn({}, of({ identifier: mrn, organization: care.organization })))
    expect([found.status, found.body.data.relationships.patient.data.id]).toEqual([200, patient])
    expect((await create(metricIn({}, of({ identifier: mrn, groups: [group] })))).status).toBe(200)
    const pointer = '/data/relationships/patient/data/meta/query'
    const refused = async (query: object) => {
      const { status, body } = await create(metricIn({}, of(query)))
      return [status, body.errors[0].source.pointer]
    }
    const nobody = { ...mrn, value: '0' }
    expect(await refused({ identifier: nobody, organization: care.organization })).toEqual([404, pointer])
    expect(await refused({ identifier: mrn, groups: [await createGroup(care, 'Other')] })).toEqual([404, pointer])
    expect(await refused({ identifier: mrn })).toEqual([409, `${pointer}/organization`])
    const shared = { system: 's', value: 'shared', unique: false }
    for (let i = 0; i < 2; i++) await createPatient(care, [group], { identifiers: [shared] })
    expect(await refused({ identifier: shared, organization: care.organization })).toEqual([409, pointer])
  })

  test.each([
    [{ type: 'shoe_size' }, '/data/attributes/type'],
    [{ occurred_at: 'yesterday' }, '/data/attributes/occurred_at'],
    [{ occurred_at: undefined }, '/data/attributes/occurred_at'],
    [{ systolic: 'high' }, '/data/attributes/systolic'],
  ])('with %j is refused, and its place named', async (attributes, pointer) => {
    const { status, body } = await create(metricIn(attributes))
    expect([status, body.errors.map(({ source }: any) => source.pointer)]).toEqual([409, [pointer]])
  })

  test('is told of by webhook, with the resource as its data', async () => {
    const json = { url: receiver.url, events: ['patient_health_metric.*'] }
    const { secret } = (await call(server, 'POST', '/api/webhooks', { key: server.keys.live, json })).body
    const { body } = await create(metricIn())
    const told = await receiver.waitFor((request) => request.body.event === 'patient_health_metric.created')
    expect(told.body.data).toEqual(body.data)
    const { signature, ...signed } = told.body
    const expected = createHmac('sha256', secret).update(JSON.stringify(signed)).digest('hex')
    expect(signature).toBe(`sha256=${expected}`)
  })

  test("goes with the patient's user", async () => {
    const gone = await createPatient(care, [group])
    const { body } = await create(metricIn({}, { id: gone }))
    await call(server, 'DELETE', `/user/${fromWireId(gone)}`, { key: server.keys.live })
    expect((await care.ask('GET', `/patient_health_metric/${body.data.id}`)).status).toBe(404)
  })
})

describe('several metrics', () => {
  const at = (day: number) => metricIn({ occurred_at: `2018-01-0${day}T00:00:00.000Z` })

  test('are created all, or none', async () => {
    const someone = await createPatient(care, [group])
    const count = async () =>
      (await care.ask('GET', `/patient_health_metric?filter[patient]=${someone}&page[size]=0`)).body.meta.count
    const own = (attributes: object) => metricIn(attributes, { id: someone })
    const wrong = await create([own({}), own({}), own({ value: 1, type: 'x' })])
    expect([wrong.status, wrong.body.errors[0].source.pointer]).toEqual([409, '/data/2/attributes/type'])
    const missing = await create([own({}), metricIn({}, { id: '0'.repeat(32) })])
    expect([missing.status, missing.body.errors[0].source.pointer]).toEqual([404, '/data/1/relationships/patient/data'])
    expect(await count()).toBe(0)
    expect((await create([own({}), own({ value: 2 })])).body.data).toHaveLength(2)
    expect(await count()).toBe(2)
  })

  test('pass over duplicates where they are told to, in one request and in several at once', async () => {
    const meta = { ignore_duplicates: true }
    const answers = await Promise.all(Array.from({ length: 8 }, () => create([at(1), at(2), at(1)], meta)))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(answers.flatMap(({ body }) => body.data)).toHaveLength(2)
  })
})
