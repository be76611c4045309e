import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fromWireId } from '../../src/care/ids.ts'
import { call } from '../support/api.ts'
import {
  askCare,
  type CareClient,
  connectCare,
  createGroup,
  createPatient,
  MEDIA_TYPE,
  patientIn,
} from '../support/care.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let whole: CareClient
let inside: CareClient
let group: string
let hidden: string

beforeAll(async () => {
  server = await startServer({ worker: false })
  whole = await connectCare(server)
  group = await createGroup(whole, 'Ours')
  hidden = await createGroup(whole, 'Theirs')
  inside = await connectCare(server, { groups: [group] })
})
afterAll(() => server.stop())

const id = (value: string, unique?: boolean) => ({
  system: 'MyEHR',
  value,
  ...(unique === undefined ? {} : { unique }),
})
const create = (care: CareClient, data: unknown, meta?: object) => care.ask('POST', '/patient', { data, meta })
const upsert = (value: string, data: object, groups = [group]) =>
  whole.ask('PUT', '/patient', {
    data: { type: 'patient', ...data },
    meta: { query: { identifier: id(value), groups } },
  })
const metricOf = (patient: string, attributes: object) => ({
  data: {
    type: 'patient_health_metric',
    attributes: { type: 'weight', occurred_at: '2024-01-01T00:00:00Z', value: 70, ...attributes },
    relationships: { patient: { data: { type: 'patient', id: patient } } },
  },
})

describe('what is stored can be answered', () => {
  test('more identifiers than a request may have, after an upsert', async () => {
    const identifiers = Array.from({ length: 20 }, (_, i) => id(`many ${i}`))
    const { status, body } = await upsert('many', { attributes: { identifiers } })
    expect([status, body.data.attributes.identifiers.length]).toEqual([200, 21])
    expect((await whole.ask('GET', `/patient?filter[groups]=${group}`)).status).toBe(200)
  })

  test.each(['9999-12-31T23:59:59-10:00', '0000-01-01T00:00:00Z', '0999-12-31T23:59:59Z'])(
    'an instant of %s is refused',
    async (occurred_at) => {
      const patient = await createPatient(whole, [group])
      expect((await whole.ask('POST', '/patient_health_metric', metricOf(patient, { occurred_at }))).status).toBe(409)
    },
  )

  test('an instant with any offset is answered in UTC', async () => {
    const patient = await createPatient(whole, [group])
    const metric = metricOf(patient, { occurred_at: '2024-01-01T00:00:00-16:00' })
    const { body } = await whole.ask('POST', '/patient_health_metric', metric)
    expect(body.data.attributes.occurred_at).toBe('2024-01-01T16:00:00.000Z')
  })

  test('a value that cannot be stored is refused', async () => {
    const patient = await createPatient(whole, [group])
    const deep = '{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000)
    for (const value of ['{"a":"\\u0000"}', '{"a":"\\ud800"}', '{"a":{"\\u0000":1}}', deep]) {
      const text = JSON.stringify(metricOf(patient, { value: 'VALUE' })).replace('"VALUE"', value)
      const { status, body } = await whole.ask('POST', '/patient_health_metric', text)
      expect([status, body.errors[0].source]).toEqual([409, { pointer: '/data/attributes/value' }])
    }
  })
})

describe('identifiers', () => {
  test('that one holds as unique nobody else has, unique or not, and the other way round', async () => {
    expect((await create(whole, patientIn([group], { identifiers: [id('q1', true)] }))).status).toBe(201)
    expect((await create(whole, patientIn([group], { identifiers: [id('q1', false)] }))).status).toBe(409)
    expect((await create(whole, patientIn([group], { identifiers: [id('q2', false)] }))).status).toBe(201)
    expect((await create(whole, patientIn([group], { identifiers: [id('q2', true)] }))).status).toBe(409)
  })

  test('that are there already are passed over, also when several ask at once', async () => {
    const data = [patientIn([group], { identifiers: [id('at once')] })]
    const answers = await Promise.all(Array.from({ length: 8 }, () => create(whole, data, { ignore_duplicates: true })))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201))
    expect(answers.flatMap(({ body }) => body.data)).toHaveLength(1)
    const one = await create(whole, data[0], { ignore_duplicates: true })
    expect([one.status, one.body.data]).toEqual([201, []])
  })

  test('of patients that the token does not see are not duplicates, unless they are unique', async () => {
    await createPatient(whole, [hidden], { identifiers: [id('quiet', false)] })
    const data = [patientIn([group], { identifiers: [id('quiet', false)] })]
    expect((await create(inside, data, { ignore_duplicates: true })).body.data).toHaveLength(1)
  })

  test('of a coach that are changed by several at once are all of one of them', async () => {
    const coach = { type: 'coach', relationships: { groups: { data: [{ type: 'group', id: group }] } } }
    const { body } = await askCare(server, server.keys.live, 'POST', '/coach', { data: coach })
    const change = (value: string) =>
      askCare(server, server.keys.live, 'PATCH', `/coach/${body.data.id}`, {
        data: { type: 'coach', attributes: { identifiers: [id(value)] } },
      })
    const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => change(`badge ${i % 2}`)))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    const after = await whole.ask('GET', `/coach/${body.data.id}`)
    expect(after.body.data.attributes.identifiers).toHaveLength(1)
  })
})

describe('groups', () => {
  test('that the token does not see answer as those that are not there, whatever they are called', async () => {
    await createGroup(whole, 'Twice')
    await createGroup(whole, 'Twice')
    const named = async (name: string) => {
      const query = { organization: inside.organization, name }
      const groups = { data: [{ type: 'group', meta: { query } }] }
      const { status, body } = await create(inside, { type: 'patient', relationships: { groups } })
      return [status, body.errors?.[0]]
    }
    const nobody = await named('Nowhere')
    expect(nobody[0]).toBe(403)
    expect([await named('Theirs'), await named('Twice')]).toEqual([nobody, nobody])
    await createGroup(whole, 'Ours')
    expect((await named('Ours'))[0]).toBe(201)
  })

  test('of an upsert are where the patient is, whatever the request relates it to besides', async () => {
    const groupsOf = ({ body }: { body: any }) =>
      new Set(body.data.relationships.groups.data.map((each: any) => each.id))
    const related = (groups: string[]) => ({ relationships: patientIn(groups).relationships })
    expect((await upsert('where 1', related([]))).status).toBe(409)
    expect(groupsOf(await upsert('where 2', related([hidden])))).toEqual(new Set([group, hidden]))
    const again = await upsert('where 2', related([hidden]))
    expect([again.status, groupsOf(again)]).toEqual([200, new Set([group, hidden])])
  })

  test('cannot all be taken from a patient', async () => {
    const patient = await createPatient(whole, [group])
    const data = { ...patientIn([]), id: patient }
    const { status, body } = await whole.ask('PATCH', `/patient/${patient}`, { data })
    expect([status, body.errors[0].source.pointer]).toEqual([409, '/data/relationships/groups/data'])
  })
})

test('a patient who is deleted while others write is gone, and nobody meets a fault', async () => {
  for (let round = 0; round < 10; round++) {
    const patient = await createPatient(whole, [group])
    const data = { ...patientIn([group], { identifiers: [id(`gone ${round}`)] }), id: patient }
    const answers = await Promise.all([
      ...Array.from({ length: 3 }, () => whole.ask('PATCH', `/patient/${patient}`, { data })),
      ...Array.from({ length: 3 }, () => whole.ask('POST', '/patient_health_metric', metricOf(patient, {}))),
      call(server, 'DELETE', `/user/${fromWireId(patient)}`, { key: server.keys.live }),
    ])
    expect(answers.map(({ status }) => status).filter((status) => status !== 200 && status !== 404)).toEqual([])
    expect((await whole.ask('GET', `/patient/${patient}`)).status).toBe(404)
  }
})

describe('cursors and links', () => {
  test('keep a filter with a question mark', async () => {
    for (const value of ['a', 'b']) {
      await createPatient(whole, [group], { identifiers: [{ system: 'q?x', value: 'v', unique: false }], note: value })
    }
    const path = (system: string) =>
      `/patient?filter[organization]=${whole.organization}&filter[identifier][system]=${system}&filter[identifier][value]=v`
    const first = await whole.ask('GET', `${path('q?x')}&page[limit]=1`)
    const next = await whole.ask('GET', first.body.links.next.replace('/pub', ''))
    expect([next.status, next.body.data.length, next.body.links]).toEqual([200, 1, {}])
    const cursor = new URL(first.body.links.next, server.url).searchParams.get('page[after]')
    expect((await whole.ask('GET', `${path('q?y')}&page[limit]=1&page[after]=${cursor}`)).status).toBe(409)
  })

  test('are refused with anything added to them', async () => {
    const path = `/patient?filter[groups]=${group}&page[limit]=1`
    const { body } = await whole.ask('GET', path)
    const cursor = new URL(body.links.next, server.url).searchParams.get('page[after]')!
    for (const altered of [`${cursor}!`, `${cursor}=`, `!${cursor}`, ` ${cursor}`]) {
      expect((await whole.ask('GET', `${path}&page[after]=${encodeURIComponent(altered)}`)).status).toBe(409)
    }
  })
})

describe('errors', () => {
  test.each([
    ['/patient/%ZZ', 409, 'InvalidBodyParameter'],
    ['/nothing', 404, 'ResourceNotFound'],
    ['/patient/x', 404, 'ResourceNotFound'],
  ])('of %s have the form of all', async (path, status, code) => {
    const answer = await whole.ask('GET', path)
    expect([answer.status, answer.body.errors[0].code]).toEqual([status, code])
    expect(answer.body.meta.req_id).toBe(answer.headers.get('x-request-id'))
    expect(answer.headers.get('content-type')).toContain(MEDIA_TYPE)
  })

  test('name a parameter as one, whatever it is called', async () => {
    for (const name of ['meta', 'data.x', 'body']) {
      const { status, body } = await whole.ask('GET', `/patient?filter[groups]=${group}&${name}=1`)
      expect([status, body.errors[0]]).toMatchObject([409, { code: 'InvalidParameter', source: { parameter: name } }])
    }
  })

  test('of a body that is no document point at its root', async () => {
    const { status, body } = await whole.ask('POST', '/patient', '[]')
    expect([status, body.errors[0].source]).toEqual([409, { pointer: '' }])
  })
})

test('a refresh with a wrong secret is refused, and does not use the token up', async () => {
  const ask = (attributes: object) =>
    askCare(server, undefined, 'POST', '/oauth/token', { data: { type: 'oauth/token', attributes } })
  const client = { client_id: whole.id, client_secret: whole.secret }
  const { body } = await ask({ grant_type: 'client_credentials', ...client })
  const refresh = { grant_type: 'refresh_token', refresh_token: body.data.attributes.refresh_token, ...client }
  expect((await ask({ ...refresh, client_secret: 'x' })).status).toBe(401)
  expect((await ask(refresh)).status).toBe(201)
})
