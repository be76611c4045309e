import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askCare, type CareAnswer, type CareClient, connectCare, createGroup, createPatient } from '../support/care.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { invalidIn } from './published/documents.ts'
import { publishedOperations } from './published/operations.ts'

let server: TestServer
let care: CareClient
let group: string

beforeAll(async () => {
  server = await startServer({ worker: false })
  care = await connectCare(server)
  group = await createGroup(care, 'Team Health')
})
afterAll(() => server.stop())

/** The answer is that of the published operation, and valid. Returns its data. */
function expectPublished(id: string, { status, body }: CareAnswer) {
  const operation = publishedOperations.find((each) => each.id === id)!
  expect([status, ...invalidIn(operation, status, body)]).toEqual([operation.status])
  return body.data
}

const inGroup = () => ({ groups: { data: [{ type: 'group', id: group }] } })
const jack = { first_name: 'Jack', last_name: 'Frost' }

/** What the examples' new patient has besides its names. */
const ofNew = {
  addresses: [],
  phone_numbers: [],
  identifiers: [],
  archived: false,
  archive_history: [],
  updated_at: expect.any(String),
}

describe('the example of a token', () => {
  const credentials = () => ({ grant_type: 'client_credentials', client_id: care.id, client_secret: care.secret })

  test.each([
    // The type is not that of the schema's enum.
    ['as a document', {}, () => ({ data: { type: 'oauth/token', attributes: credentials() } })],
    ['of an older client', { 'content-type': 'application/json' }, credentials],
  ])('%s', async (_, headers, body) => {
    const data = expectPublished(
      'createToken',
      await askCare(server, undefined, 'POST', '/oauth/token', body(), headers),
    )
    expect(data.attributes).toMatchObject({ token_type: 'bearer', expires_in: 3600 })
  })

  test('of some groups names them', async () => {
    const { id, secret } = await connectCare(server, { groups: [group] })
    const attributes = { grant_type: 'client_credentials', client_id: id, client_secret: secret }
    const body = { data: { type: 'oauth/token', attributes } }
    const data = expectPublished('createToken', await askCare(server, undefined, 'POST', '/oauth/token', body))
    expect(data.relationships.groups).toEqual({
      data: [{ type: 'group', id: group }],
      links: { related: `/pub/oauth/token/${data.id}/groups` },
    })
  })
})

describe('the example of an organization, a group, a coach', () => {
  test('is answered', async () => {
    const organization = await care.ask('GET', `/organization/${care.organization}`)
    expect(expectPublished('fetchOrganization', organization).attributes).toEqual({ name: 'test' })

    for (const attributes of [
      { name: 'New Group' },
      { name: 'Team Health', bio: 'Team Health is all about the patient experience.' },
    ]) {
      const created = await care.ask('POST', '/group', { data: { type: 'group', attributes } })
      expect(expectPublished('createGroup', created).attributes).toEqual(attributes)
    }

    const clarisa = { first_name: 'Clarisa', last_name: 'Rivera' }
    const data = { type: 'coach', attributes: clarisa, relationships: inGroup() }
    const { body } = await askCare(server, server.keys.live, 'POST', '/coach', { data })
    const coach = await care.ask('GET', `/coach/${body.data.id}`)
    expect(expectPublished('fetchCoach', coach).attributes).toMatchObject(clarisa)
  })
})

describe('the example of a patient', () => {
  test('who is created, updated and read', async () => {
    const created = await care.ask('POST', '/patient', {
      data: { type: 'patient', attributes: jack, relationships: inGroup() },
    })
    const data = expectPublished('createPatient', created)
    expect(data).toMatchObject({
      attributes: { ...jack, ...ofNew },
      relationships: {
        groups: { ...inGroup().groups, links: { related: `/pub/patient/${data.id}/groups` } },
        coaches: { data: [], links: { related: `/pub/patient/${data.id}/coaches` } },
      },
      links: { self: `/pub/patient/${data.id}` },
    })
    const jonathon = { id: data.id, type: 'patient', attributes: { first_name: 'Jonathon' } }
    const updated = await care.ask('PATCH', `/patient/${data.id}`, { data: jonathon })
    const expected = { first_name: 'Jonathon', last_name: 'Frost', ...ofNew }
    expect(expectPublished('updatePatient', updated).attributes).toMatchObject(expected)
    const fetched = await care.ask('GET', `/patient/${data.id}`)
    expect(expectPublished('fetchPatient', fetched).attributes).toMatchObject(expected)
  })

  test('whose group is named', async () => {
    const query = { organization: care.organization, name: 'Patients Lead' }
    const andrew = { first_name: 'Andrew', last_name: 'Smith' }
    const groups = { data: [{ type: 'group', meta: { query } }] }
    const data = { type: 'patient', attributes: andrew, relationships: { groups } }
    const created = expectPublished('createPatient', await care.ask('POST', '/patient', { data }))
    expect(created.attributes).toMatchObject(andrew)
    const listed = await care.ask('GET', `/patient/${created.id}/groups`)
    expect(expectPublished('fetchPatientGroups', listed)[0].attributes).toMatchObject({ name: 'Patients Lead' })
  })

  test('who is put', async () => {
    const identifier = { system: 'OtherPlace', value: '123456' }
    const data = { type: 'patient', attributes: jack, relationships: inGroup() }
    const put = await care.ask('PUT', '/patient', { meta: { query: { identifier, groups: [group] } }, data })
    const { attributes } = expectPublished('upsertPatient', put)
    expect(attributes).toMatchObject({ ...jack, ...ofNew, identifiers: [identifier] })
  })

  test('with each attribute that has an example; of what is read only it is said', async () => {
    const written = {
      first_name: 'Fiona',
      last_name: 'Reeves',
      email_address: 'fiona@example.com',
      birth_date: '1944-03-06',
      gender: 'female',
      note: 'Relies on daughter to get around',
      identifiers: [
        { label: 'Fitbit Plus Sample Data Filler Patient', system: 'twine-filler-patient', value: 'filler-92' },
      ],
      phone_numbers: [{ type: 'home', primary: true, value: '880-136-7979 x6183' }],
    }
    const readOnly = {
      updated_at: '2016-07-11T17:13:57.027Z',
      first_access_at: '2016-06-03T13:15:22.000Z',
      invited_at: '2016-06-01T16:20:16.000Z',
      enrolled_at: '2016-05-26T15:25:54.000Z',
      last_access_at: '2016-07-11T17:50:49.400Z',
      archived: true,
      statement: { value: 'Enjoying nature.', updated_at: '2016-06-03T13:15:22.000Z' },
    }
    const data = { type: 'patient', attributes: { ...written, ...readOnly }, relationships: inGroup() }
    const answer = await care.ask('POST', '/patient', { data })
    const { attributes } = expectPublished('createPatient', answer)
    expect(attributes).toMatchObject({ ...written, archived: false })
    expect(answer.body.meta.ignored.toSorted()).toEqual(Object.keys(readOnly).toSorted())
  })
})

describe('the example of a metric', () => {
  const attributes = {
    code: { system: 'LOINC', value: '13457-7' },
    type: 'ldl_cholesterol',
    occurred_at: '2017-03-14T11:00:57.000Z',
    value: 121,
    unit: 'mg/dl',
  }

  test('of a patient by id, and by identifier', async () => {
    const identifier = { system: 'medical-record-number', value: '121212' }
    const patient = await createPatient(care, [group], { identifiers: [identifier] })
    const query = { identifier, organization: care.organization }
    for (const of of [{ id: patient }, { meta: { query } }]) {
      const relationships = { patient: { data: { type: 'patient', ...of } } }
      const data = { type: 'patient_health_metric', attributes, relationships }
      const created = await care.ask('POST', '/patient_health_metric', { data })
      const metric = expectPublished('createPatientHealthMetric', created)
      expect(metric).toMatchObject({ attributes, relationships: { patient: { data: { id: patient } } } })
      const fetched = await care.ask('GET', `/patient_health_metric/${metric.id}`)
      expect(expectPublished('fetchPatientHealthMetric', fetched)).toEqual([metric])
    }
  })
})
