import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isToOne, type Resource } from '../../src/care/json-api/resource.ts'
import { careApi } from '../../src/care/resources.ts'
import {
  askCare,
  type CareAnswer,
  type CareClient,
  connectCare,
  createGroup,
  createPatient,
  patientIn,
} from '../support/care.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let whole: CareClient
/** Of one of two groups, and of the other; and of another organization. */
let inside: CareClient
let outside: CareClient
let foreign: CareClient
/** A resource of each type that `inside` sees. */
const ids: Record<string, string> = {}
let group: string
let otherGroup: string

beforeAll(async () => {
  server = await startServer({ worker: false })
  whole = await connectCare(server)
  group = await createGroup(whole, 'Ours')
  otherGroup = await createGroup(whole, 'Theirs')
  inside = await connectCare(server, { groups: [group] })
  outside = await connectCare(server, { groups: [otherGroup] })
  foreign = await connectCare(server, { environment: 'sandbox' })
  ids['organization'] = whole.organization
  ids['group'] = group
  for (const type of ['coach', 'patient', 'patient_health_metric']) {
    const { body } = await askCare(server, tokenFor(type), 'POST', `/${type}`, documentOf(type))
    ids[type] = body.data.id
  }
  expect(Object.keys(ids).toSorted()).toEqual(careApi.resources.map(({ type }) => type).toSorted())
})
afterAll(() => server.stop())

/** What a new one needs besides its relationships. */
const attributes: Record<string, object> = {
  group: { name: 'x' },
  patient_health_metric: { type: 'weight', value: 70, unit: 'kg', occurred_at: '2024-01-01T00:00:00Z' },
}

/** One that is related to those that there are. */
function documentOf(type: string) {
  const relationships = Object.entries(careApi.get(type).relationships ?? {}).map(([name, relationship]) => {
    const related = { type: relationship.type, id: ids[relationship.type] }
    return [name, { data: isToOne(relationship) ? related : [related] }]
  })
  return { data: { type, attributes: attributes[type] ?? {}, relationships: Object.fromEntries(relationships) } }
}

/** Of what the published API only reads, a secret key creates. */
const tokenFor = (type: string) =>
  careApi.get(type).operations.create?.isExtension === true ? server.keys.live : whole.token

const publishedOf = (operations: Resource['operations']): Resource['operations'] =>
  Object.fromEntries(Object.entries(operations).filter(([, operation]) => !('isExtension' in operation)))

/** Everything that the declarations serve, with a request that the right token may make. */
const requests = () =>
  careApi.resources.flatMap(({ type, operations: all, filters = {}, relationships = {} }) => {
    const operations = publishedOf(all)
    const byId = `/${type}/${ids[type]}`
    return [
      ...(operations.list === undefined
        ? []
        : Object.entries(filters).flatMap(([name, { names }]) => {
            const value =
              names?.type === 'organization' ? whole.organization : names?.type === 'group' ? group : undefined
            return value === undefined ? [] : [{ method: 'GET', path: `/${type}?filter[${name}]=${value}`, list: name }]
          })),
      ...(operations.fetch === undefined ? [] : [{ method: 'GET', path: byId }]),
      ...(operations.update === undefined ? [] : [{ method: 'PATCH', path: byId, body: { data: { type } } }]),
      ...(operations.create === undefined
        ? []
        : [{ method: 'POST', path: `/${type}`, body: documentOf(type), status: operations.create.status }]),
      ...Object.keys(operations.related ?? {}).map((name) => ({ method: 'GET', path: `${byId}/${name}` })),
      ...(operations.upsert === undefined || relationships['groups'] === undefined
        ? []
        : [
            {
              method: 'PUT',
              path: `/${type}`,
              body: { data: { type }, meta: { query: { identifier: { system: 's', value: type }, groups: [group] } } },
            },
          ]),
    ]
  }) as { method: string; path: string; body?: object; list?: string; status?: number }[]

type Request = ReturnType<typeof requests>[number]
const ask = (token: string | undefined, { method, path, body }: Request): Promise<CareAnswer> =>
  askCare(server, token, method, path, body)

/** Every token may list groups: those that it sees. */
const isListOfGroups = (path: string) => path.startsWith('/group?')
/** What only an organization's token may do. */
const isForOrganization = ({ method, path, list }: Request) =>
  (list === 'organization' && !isListOfGroups(path)) || (method === 'POST' && path === '/group')
/** What another organization may do without touching this one. */
const isHarmless = ({ method, path }: Request) => method === 'POST' && path === '/group'

describe('every operation', () => {
  test('without a token, with an unknown, an expired, a revoked one, or a key, is 401', async () => {
    const expired = await connectCare(server)
    const revoked = await connectCare(server)
    const { pool } = server.context
    await pool.query(`update oauth_token set access_expires_at = now() where client_id = $1`, [expired.id])
    await pool.query(`update oauth_token set revoked_at = now() where client_id = $1`, [revoked.id])
    const tokens = [undefined, 'x'.repeat(43), expired.token, revoked.token, server.keys.live, server.keys.client]
    for (const token of tokens) {
      for (const request of requests()) {
        const { status, body } = await ask(token, request)
        expect([request.method, request.path, status, body.errors[0].code]).toEqual([
          request.method,
          request.path,
          401,
          'Unauthorized',
        ])
      }
    }
  })

  test('for another organization is 404: nothing of this one exists', async () => {
    for (const request of requests().filter((each) => !isHarmless(each))) {
      const { status, body } = await ask(foreign.token, request)
      expect([request.method, request.path, status, body.errors[0].code]).toEqual([
        request.method,
        request.path,
        404,
        'ResourceNotFound',
      ])
    }
  })

  test('for another group is 403, but for what every token may see', async () => {
    for (const request of requests().filter(({ path }) => !path.startsWith('/organization') && !isListOfGroups(path))) {
      const { status, body } = await ask(outside.token, request)
      expect([request.method, request.path, status, body.errors?.[0].code]).toEqual([
        request.method,
        request.path,
        403,
        'Forbidden',
      ])
    }
  })

  test('for the group itself, and for the organization, is allowed', async () => {
    for (const request of requests()) {
      const expected = request.status ?? 200
      expect([request.path, (await ask(whole.token, request)).status]).toEqual([request.path, expected])
      const own = (await ask(inside.token, request)).status
      expect([request.path, own]).toEqual([request.path, isForOrganization(request) ? 403 : expected])
    }
  })
})

describe('a token of a group', () => {
  test('lists its groups and no others', async () => {
    const { status, body } = await inside.ask('GET', `/group?filter[organization]=${inside.organization}`)
    expect([status, body.meta.count, body.data.map(({ id }: any) => id)]).toEqual([200, 1, [group]])
  })

  test('sees no other group of its patients, and no coach of others', async () => {
    const both = await createPatient(whole, [otherGroup, group])
    const shown = await inside.ask('GET', `/patient/${both}`)
    expect(shown.body.data.relationships.groups.data).toEqual([{ type: 'group', id: group }])
    const groups = await inside.ask('GET', `/patient/${both}/groups`)
    expect([groups.body.meta.count, groups.body.data.map(({ id }: any) => id)]).toEqual([1, [group]])
  })

  test('takes away no group that it does not see, and gives none', async () => {
    const both = await createPatient(whole, [otherGroup, group])
    const related = (groups: string[]) => ({ data: { ...patientIn(groups), id: both } })
    expect((await inside.ask('PATCH', `/patient/${both}`, related([group, otherGroup]))).status).toBe(403)
    expect((await inside.ask('PATCH', `/patient/${both}`, related([group]))).status).toBe(200)
    const { body } = await whole.ask('GET', `/patient/${both}`)
    expect(new Set(body.data.relationships.groups.data.map(({ id }: any) => id))).toEqual(new Set([group, otherGroup]))
  })

  test('finds nobody of another group by identifier, nor updates them', async () => {
    const identifier = { system: 'MyEHR', value: 'hidden' }
    await createPatient(whole, [otherGroup], { identifiers: [identifier] })
    const filter = `filter[identifier][system]=MyEHR&filter[identifier][value]=hidden`
    const found = await inside.ask('GET', `/patient?filter[groups]=${group}&${filter}`)
    expect([found.body.data, found.body.meta.count]).toEqual([[], 0])
    const body = { data: { type: 'patient' }, meta: { query: { identifier, groups: [otherGroup] } } }
    expect((await inside.ask('PUT', '/patient', body)).status).toBe(403)
  })

  test('does not create a group by naming it', async () => {
    const query = { organization: inside.organization, name: 'New' }
    const data = { type: 'patient', relationships: { groups: { data: [{ type: 'group', meta: { query } }] } } }
    expect((await inside.ask('POST', '/patient', { data })).status).toBe(403)
    const { body } = await whole.ask('GET', `/group?filter[organization]=${whole.organization}&filter[name]=New`)
    expect(body.data).toEqual([])
  })
})
