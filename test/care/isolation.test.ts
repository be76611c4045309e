import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Resource } from '../../src/care/json-api/resource.ts'
import { parameterOf } from '../../src/care/json-api/resource.ts'
import { careApi } from '../../src/care/resources.ts'
import { createOneOfEach, exampleOf, type Ids } from '../support/care-examples.ts'
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
let ids: Ids
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
  const known = { organization: whole.organization, group }
  ids = await createOneOfEach(
    whole.ask,
    (method, path, body) => askCare(server, server.keys.live, method, path, body),
    known,
  )
})
afterAll(() => server.stop())

type Operations = Resource['operations']
const publishedOf = (operations: Operations): Operations =>
  Object.fromEntries(Object.entries(operations).filter(([, operation]) => !('isExtension' in operation)))

/** `create`: of which type the request creates one, or deletes the one that its path is to name. */
type Request = { method: string; path: string; body?: object; filter?: string; creates?: string; status?: number }

/** Everything that the declarations serve, with a request that the right token may make. */
const requests = (): Request[] =>
  careApi.resources.flatMap((resource) => {
    const { type } = resource
    const { list, fetch, create, update, upsert, remove, related = {} } = publishedOf(resource.operations)
    const byId = `/${type}/${ids[type]}`
    return [
      ...(list === undefined ? [] : listRequests(resource)),
      ...(fetch === undefined ? [] : [{ method: 'GET', path: byId }]),
      ...(update === undefined ? [] : [{ method: 'PATCH', path: byId, body: { data: { type, id: ids[type] } } }]),
      ...(create === undefined ? [] : [{ method: 'POST', path: `/${type}`, creates: type, status: create.status }]),
      ...(remove === undefined ? [] : [{ method: 'DELETE', path: byId, creates: type }]),
      ...Object.keys(related).map((name) => ({ method: 'GET', path: `${byId}/${name}` })),
      ...(upsert === undefined ? [] : [{ method: 'PUT', path: `/${type}`, body: upsertOf(type) }]),
    ]
  })

/** One with each filter that names somebody, and with those that are required; or one without any. */
function listRequests(resource: Resource): Request[] {
  const named = Object.entries(resource.filters ?? {}).flatMap(([name, filter]) => {
    const id = ids[filter.names?.types.find((type) => ids[type] !== undefined) ?? '']
    return id === undefined ? [] : [{ name, filter, parameter: `${parameterOf(name, filter)}=${id}` }]
  })
  const required = named.filter(({ filter }) => filter.isRequired === true).map(({ parameter }) => parameter)
  const path = `/${resource.type}`
  if (named.length === 0) return [{ method: 'GET', path }]
  const alone = (resource.oneFilterOf ?? []).flatMap((name) => named.find((each) => each.name === name) ?? [])
  return named.map(({ name, parameter }) => {
    const needed = required.length > 0 || alone.some((each) => each.name === name) ? required : [alone[0]!.parameter]
    return { method: 'GET', path: `${path}?${[...new Set([...needed, parameter])].join('&')}`, filter: name }
  })
}

const upsertOf = (type: string) => ({
  data: { type },
  meta: { query: { identifier: { system: 's', value: type }, groups: [group] } },
})

async function ask(token: string | undefined, { method, path, body, creates }: Request): Promise<CareAnswer> {
  const sent = method === 'POST' ? await exampleOf(creates!, whole.ask, ids) : body
  return askCare(server, token, method, path, sent)
}

/** As `ask`, of what may be deleted: of one that is there for it. */
async function askOfNew(token: string, request: Request): Promise<CareAnswer> {
  const { method, creates } = request
  if (method !== 'DELETE') return ask(token, request)
  const { body } = await ask(whole.token, { method: 'POST', path: `/${creates}`, creates: creates! })
  return askCare(server, token, method, `/${creates}/${body.data.id}`)
}

/** What every token of an organization sees. */
const isSeenByAll = ({ path }: Request) => /^\/(organization|health_question_definition)/.test(path)
/** Every token may list groups: those that it sees. */
const isListOfGroups = (path: string) => path.startsWith('/group?')
/** What only an organization's token may do. */
const isForOrganization = ({ method, path, filter }: Request) =>
  (filter === 'organization' && !isListOfGroups(path)) || (method === 'POST' && path === '/group')
/** What another organization may do without touching this one: of its own. */
const isHarmless = ({ method, path }: Request) =>
  (method === 'POST' && path === '/group') || path === '/health_question_definition'

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
    for (const request of requests().filter((each) => !isSeenByAll(each) && !isListOfGroups(each.path))) {
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
      expect([request.path, (await askOfNew(whole.token, request)).status]).toEqual([request.path, expected])
      const own = (await askOfNew(inside.token, request)).status
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

  test('names no group that it does not see, not even to find a patient whom it sees', async () => {
    const identifier = { system: 'MyEHR', value: 'in both' }
    await createPatient(whole, [otherGroup, group], { identifiers: [identifier] })
    const query = { identifier, groups: [otherGroup] }
    const data = {
      type: 'patient_health_metric',
      attributes: { type: 'weight', value: 70, occurred_at: '2024-01-01T00:00:00Z' },
      relationships: { patient: { data: { type: 'patient', meta: { query } } } },
    }
    expect((await inside.ask('POST', '/patient_health_metric', { data })).status).toBe(403)
  })

  test('does not create a group by naming it', async () => {
    const query = { organization: inside.organization, name: 'New' }
    const data = { type: 'patient', relationships: { groups: { data: [{ type: 'group', meta: { query } }] } } }
    expect((await inside.ask('POST', '/patient', { data })).status).toBe(403)
    const { body } = await whole.ask('GET', `/group?filter[organization]=${whole.organization}&filter[name]=New`)
    expect(body.data).toEqual([])
  })
})
