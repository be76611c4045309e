import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CareClient, connectCare, createGroup, createPatient, MEDIA_TYPE, patientIn } from '../support/care.ts'
import { call } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let care: CareClient
let group: string

beforeAll(async () => {
  server = await startServer({ worker: false })
  care = await connectCare(server)
  group = await createGroup(care, 'Diabetes')
})
afterAll(() => server.stop())

const mrn = (value: string) => ({ system: 'MyEHR', value })

describe('a patient', () => {
  test('is created and answered as the document says', async () => {
    const attributes = {
      first_name: 'Andrew',
      last_name: 'Smith',
      email_address: 'andrew@example.com',
      phone_numbers: [{ type: 'mobile', value: '+1 555 0100', primary: true }],
      addresses: [{ city: 'Boston', lines: ['1 Main Street'] }],
      identifiers: [{ label: 'MRN', ...mrn('12345') }],
      birth_date: '1980-02-29',
      gender: 'male',
      note: 'Prefers the telephone.',
    }
    const { status, headers, body } = await care.ask('POST', '/patient', { data: patientIn([group], attributes) })
    expect([status, headers.get('content-type')]).toEqual([201, MEDIA_TYPE])
    expect(body.meta).toEqual({ req_id: headers.get('x-request-id') })
    expect(body.data).toEqual({
      type: 'patient',
      id: expect.stringMatching(/^[0-9a-z]+$/),
      attributes: {
        ...attributes,
        identifiers: [{ label: 'MRN', ...mrn('12345'), unique: true }],
        archived: false,
        archive_history: [],
        updated_at: expect.stringMatching(/Z$/),
      },
      relationships: {
        groups: { data: [{ type: 'group', id: group }], links: { related: `/pub/patient/${body.data.id}/groups` } },
        coaches: { data: [], links: { related: `/pub/patient/${body.data.id}/coaches` } },
      },
      links: { self: `/pub/patient/${body.data.id}` },
    })
    const fetched = await care.ask('GET', `/patient/${body.data.id}`)
    expect([fetched.status, fetched.body.data]).toEqual([200, body.data])
  })

  test('is a user of the Devices API, whichever created it', async () => {
    const id = await createPatient(care, [group])
    const users = (await call(server, 'GET', '/user', { key: server.keys.live })).body.connectedUsers
    expect(users.map(({ metriportUserId }: any) => metriportUserId.replaceAll('-', ''))).toContain(id)

    const { userId } = (await call(server, 'POST', '/user?appUserId=abc', { key: server.keys.live })).body
    const { status, body } = await care.ask('GET', `/patient/${userId}`)
    expect([status, body.data.id, body.data.relationships.groups.data]).toEqual([200, userId.replaceAll('-', ''), []])
    await call(server, 'DELETE', `/user/${userId}`, { key: server.keys.live })
    expect((await care.ask('GET', `/patient/${userId}`)).status).toBe(404)
  })

  test('keeps what an update does not have, and loses what it sets to null', async () => {
    const id = await createPatient(care, [group], {
      first_name: 'Ada',
      last_name: 'L',
      phone_numbers: [],
      gender: 'female',
    })
    const before = (await care.ask('GET', `/patient/${id}`)).body.data
    const data = { type: 'patient', id, attributes: { last_name: null, note: 'x' } }
    const { status, body } = await care.ask('PATCH', `/patient/${id}`, { data })
    expect(status).toBe(200)
    expect(body.data.attributes).toMatchObject({ first_name: 'Ada', note: 'x', gender: 'female' })
    expect(body.data.attributes.last_name).toBeUndefined()
    expect(body.data.relationships).toEqual(before.relationships)
    expect(body.data.attributes.updated_at > before.attributes.updated_at).toBe(true)
  })

  test('says which attributes were ignored, unknown or read only', async () => {
    const data = patientIn([group], { first_name: 'Ada', archived: true, shoe_size: 40 })
    const { status, body } = await care.ask('POST', '/patient', { data })
    expect([status, body.meta.ignored]).toEqual([201, ['archived', 'shoe_size']])
    expect(body.data.attributes.archived).toBe(false)
  })

  test('is told of by webhook', async () => {
    const id = await createPatient(care, [group])
    const { body } = await call(server, 'GET', '/changes?type=patient.created&limit=1000', { key: server.keys.live })
    expect(body.data.map(({ data }: any) => data)).toContainEqual({ type: 'patient', id })
  })
})

describe('identifiers', () => {
  const twice = async (first: object, second: object) => {
    await createPatient(care, [group], { identifiers: [first] })
    return care.ask('POST', '/patient', { data: patientIn([group], { identifiers: [second] }) })
  }

  test('are unique unless they say otherwise', async () => {
    const { status, body } = await twice(mrn('twice'), mrn('twice'))
    expect(status).toBe(409)
    expect(body.errors).toMatchObject([
      { status: '409', code: 'InvalidBodyParameter', source: { pointer: '/data/attributes/identifiers/0' } },
    ])
    const shared = { ...mrn('shared'), unique: false }
    expect((await twice(shared, shared)).status).toBe(201)
  })

  test('are unique also among patients that are created at the same moment', async () => {
    const data = patientIn([group], { identifiers: [mrn('race')] })
    const answers = await Promise.all(Array.from({ length: 20 }, () => care.ask('POST', '/patient', { data })))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array.from({ length: 19 }, () => 409)])
  })

  test('find a patient by system and value of the same identifier', async () => {
    const identifiers = [mrn('one'), { system: 'Other', value: 'two' }]
    const id = await createPatient(care, [group], { identifiers })
    const find = async (system: string, value: string) => {
      const filter = `filter[identifier][system]=${system}&filter[identifier][value]=${value}`
      const { body } = await care.ask('GET', `/patient?filter[organization]=${care.organization}&${filter}`)
      return body.data.map((found: any) => found.id)
    }
    expect([await find('MyEHR', 'one'), await find('Other', 'two'), await find('MyEHR', 'two')]).toEqual([
      [id],
      [id],
      [],
    ])
    const half = await care.ask(
      'GET',
      `/patient?filter[organization]=${care.organization}&filter[identifier][value]=one`,
    )
    expect([half.status, half.body.errors[0].source]).toEqual([409, { parameter: 'filter[identifier][system]' }])
  })
})

describe('bulk create', () => {
  test('creates all, or none and names the element', async () => {
    const good = (value: string) => patientIn([group], { identifiers: [mrn(value)] })
    const created = await care.ask('POST', '/patient', { data: [good('b1'), good('b2')] })
    expect([created.status, created.body.data.length]).toEqual([201, 2])
    const before = (await care.ask('GET', `/patient?filter[organization]=${care.organization}&page[size]=0`)).body.meta
      .count
    const taken = await care.ask('POST', '/patient', { data: [good('b3'), good('b4'), good('b1')] })
    expect([taken.status, taken.body.errors[0].source.pointer]).toEqual([409, '/data/2/attributes/identifiers/0'])
    const wrong = { ...good('b5'), attributes: { gender: 'unknown' } }
    const invalid = await care.ask('POST', '/patient', { data: [good('b6'), wrong] })
    expect([invalid.status, invalid.body.errors[0].source.pointer]).toEqual([409, '/data/1/attributes/gender'])
    const after = (await care.ask('GET', `/patient?filter[organization]=${care.organization}&page[size]=0`)).body.meta
      .count
    expect(after).toBe(before)
  })

  test('passes over duplicates where it is told to', async () => {
    const good = (value: string) => patientIn([group], { identifiers: [mrn(value)] })
    await care.ask('POST', '/patient', { data: good('d1') })
    const meta = { ignore_duplicates: true }
    const { status, body } = await care.ask('POST', '/patient', { meta, data: [good('d1'), good('d2'), good('d2')] })
    expect(status).toBe(201)
    expect(body.data.map(({ attributes }: any) => attributes.identifiers[0].value)).toEqual(['d2'])
  })
})

describe('a group by its name', () => {
  const named = (name: string) => ({
    type: 'patient',
    relationships: {
      groups: { data: [{ type: 'group', meta: { query: { organization: care.organization, name } } }] },
    },
  })

  test('is created where there is none, once, and taken where there is one', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => care.ask('POST', '/patient', { data: named('Leads') })),
    )
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201))
    const groups = new Set(answers.map(({ body }) => body.data.relationships.groups.data[0].id))
    expect(groups.size).toBe(1)
  })

  test('is refused where there are several, and in another organization', async () => {
    await createGroup(care, 'Twins')
    await createGroup(care, 'Twins')
    const several = await care.ask('POST', '/patient', { data: named('Twins') })
    const pointer = '/data/relationships/groups/data/0/meta/query/name'
    expect([several.status, several.body.errors[0].source.pointer]).toEqual([409, pointer])
    const other = await connectCare(server, { environment: 'sandbox' })
    expect((await other.ask('POST', '/patient', { data: named('Leads') })).status).toBe(404)
  })
})

describe('upsert', () => {
  const put = (value: string, attributes: object) => {
    const data = { type: 'patient', attributes }
    return care.ask('PUT', '/patient', { meta: { query: { identifier: mrn(value), groups: [group] } }, data })
  }

  test('creates a patient with the identifier, and updates that one from then on', async () => {
    const first = await put('u1', { first_name: 'Ann' })
    expect([first.status, first.body.data.attributes.identifiers]).toEqual([200, [{ ...mrn('u1'), unique: true }]])
    const second = await put('u1', { last_name: 'Lee' })
    expect(second.body.data.id).toBe(first.body.data.id)
    expect(second.body.data.attributes).toMatchObject({ first_name: 'Ann', last_name: 'Lee' })
  })

  test('leaves the identifier that it matched by as it is stored', async () => {
    const stored = { label: 'MRN', system: 's', value: 'shared', unique: false }
    for (const each of [group, await createGroup(care, 'Elsewhere')])
      await createPatient(care, [each], { identifiers: [stored] })
    const meta = { query: { identifier: { system: 's', value: 'shared' }, groups: [group] } }
    const other = { system: 't', value: 'own' }
    const { status, body } = await care.ask('PUT', '/patient', {
      meta,
      data: { type: 'patient', attributes: { identifiers: [other] } },
    })
    expect([status, body.data?.attributes.identifiers]).toEqual([200, [{ ...other, unique: true }, stored]])
  })

  test('creates one where several ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => put('u2', { first_name: 'Ann' })))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(new Set(answers.map(({ body }) => body.data.id)).size).toBe(1)
  })
})

describe('bad input', () => {
  test.each([
    ['no groups', { relationships: undefined }, '/data/relationships'],
    ['another type', { ...patientIn([]), type: 'coach' }, '/data/type'],
    ['a birth date that is none', { attributes: { birth_date: '2023-02-30' } }, '/data/attributes/birth_date'],
    ['a name that is a number', { attributes: { first_name: 5 } }, '/data/attributes/first_name'],
    ['a NUL', { attributes: { first_name: 'a\0b' } }, '/data/attributes/first_name'],
  ])('%s is refused with 409 and its place', async (_, wrong, pointer) => {
    const { status, body } = await care.ask('POST', '/patient', { data: { ...patientIn([group]), ...wrong } })
    expect([status, body.errors[0].code]).toEqual([409, 'InvalidBodyParameter'])
    expect(body.errors.map(({ source }: any) => source.pointer)).toContain(pointer)
  })

  test.each([
    ['filter[shoe]=1', 'filter[shoe]'],
    ['filter[archived]=maybe', 'filter[archived]'],
    ['filter[created_at]=2017-11-01', 'filter[created_at]'],
    ['filter[created_at]=2017-11-01T00:00:00..2017-12-01T00:00:00', 'filter[created_at]'],
    ['page[size]=1001', 'page[size]'],
    ['page[size]=10&page[limit]=10', 'page[limit]'],
    ['page[limit]=5&page[after]=abc', 'page[after]'],
    ['sort=first_name', 'sort'],
    ['include=groups', 'include'],
  ])('%s is refused with 409 and named', async (query, parameter) => {
    const { status, body } = await care.ask('GET', `/patient?filter[organization]=${care.organization}&${query}`)
    expect([status, body.errors[0].code, body.errors[0].source]).toEqual([409, 'InvalidParameter', { parameter }])
  })

  test('a list without the filter that it needs is refused', async () => {
    const { status, body } = await care.ask('GET', '/patient')
    expect([status, body.errors[0].source]).toEqual([409, { parameter: 'filter[groups]' }])
  })

  test('a media type that is none of these is 415, broken JSON 409', async () => {
    const text = await care.ask('POST', '/patient', 'x', { 'content-type': 'text/csv' })
    expect([text.status, text.body.errors[0].status]).toEqual([415, '415'])
    const broken = await care.ask('POST', '/patient', '{')
    expect([broken.status, broken.body.errors[0].code]).toEqual([409, 'InvalidBodyParameter'])
    const plain = await care.ask(
      'POST',
      '/patient',
      { data: patientIn([group]) },
      { 'content-type': 'application/json' },
    )
    expect(plain.status).toBe(201)
  })
})
