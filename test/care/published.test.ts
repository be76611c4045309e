import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toWireId } from '../../src/care/ids.ts'
import { type Ask, createOneOfEach } from '../support/care-examples.ts'
import { askCare, type CareClient, connectCare, createGroup, MEDIA_TYPE } from '../support/care.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { resourceSchemas } from './published/deviations.ts'
import { invalidIn } from './published/documents.ts'
import { anyObject, type JsonSchema, object } from './published/notation.ts'
import { memberOf, missingIn, ownOperations } from './published/openapi.ts'
import { type PublishedOperation, publishedOperations } from './published/operations.ts'
import { type Request, requestsOf, type World } from './published/requests.ts'

/** Parameters that the document has in its words on paging, or in the schema of an answer, and in no list of them. */
const besides: Record<string, string[]> = { fetchCalendarEvents: ['sort'], fetchCalendarEvent: ['include'] }

/** What every token of an organization may see; and lists of what it may see. Of others it is 403. */
const seenByAll = [
  'fetchOrganization',
  'fetchGroups',
  'fetchHealthQuestionDefinitions',
  'fetchHealthQuestionDefinition',
]
/** What names nothing that could be missing. Of others it is 404. */
const namingNobody = ['createGroup', 'fetchHealthQuestionDefinitions']

const isList = ({ answers, path }: PublishedOperation) => typeof answers === 'object' && !path.endsWith('/{id}')

describe('our OpenAPI document', () => {
  test('has the 62 published operations', () => {
    expect(publishedOperations).toHaveLength(62)
    expect(publishedOperations.filter(({ id }) => ownOperations[id] === undefined)).toEqual([])
  })

  // Every list has pages, also those of which the document does not say so in its parameters.
  const paging = ['page[number]', 'page[size]', 'page[limit]', 'page[after]', 'page[cursor]']

  test.each(publishedOperations)('has $id where it is published, with its parameters and statuses', (operation) => {
    const { id, method, path, query = {}, status, errors } = operation
    const own = ownOperations[id]!
    expect([own.method, own.path]).toEqual([method, path])
    const parameters = new Set([...Object.keys(query), ...(besides[id] ?? []), ...(isList(operation) ? paging : [])])
    expect(own.query.toSorted()).toEqual([...parameters].toSorted())
    expect(own.statuses.filter((each) => each < 300)).toEqual([status])
    expect(own.statuses).toEqual(expect.arrayContaining([...errors]))
  })

  test.each(publishedOperations.filter(({ answers }) => answers !== undefined))(
    'answers $id with all that is published',
    (operation) => {
      const { id, status, answers } = operation
      const type = [answers].flat()[0]!
      const data = memberOf(ownOperations[id]!.answers[status], 'data')
      const own = typeof answers === 'string' ? data : data.items
      expect(missingIn(attributesAndRelated(type, false), own, false, type)).toEqual([])
    },
  )

  const writing = publishedOperations.filter(
    ({ id, method }) => id !== 'createToken' && ['POST', 'PUT', 'PATCH'].includes(method),
  )

  test.each(writing)('takes of $id all that is published', ({ id, answers }) => {
    const type = [answers].flat()[0]!
    const data = memberOf(ownOperations[id]!.body, 'data')
    expect(missingIn(attributesAndRelated(type, true), data, true, type)).toEqual([])
  })
})

/** Of a resource, what attributes it has, and whether it is related to one or to many. */
function attributesAndRelated(type: string, isSent: boolean): JsonSchema {
  const { attributes = anyObject, relationships } = resourceSchemas[type]!.properties!
  const related = Object.entries(relationships?.properties ?? {}).flatMap(([name, { properties, readOnly }]) =>
    properties?.['data'] === undefined || (isSent && readOnly === true)
      ? []
      : [[name, object({ data: { type: properties['data'].type! } })]],
  )
  return object({ attributes, relationships: object(Object.fromEntries(related)) })
}

/** The same of what does not exist. */
function ofNobody(path: string, { method, body }: Request): Request {
  const id = '0'.repeat(32)
  return {
    method,
    path: path.replace('{id}', id),
    ...(body === undefined ? {} : { body: { data: { ...body.data, id } } }),
  }
}

describe('a running server', () => {
  let server: TestServer
  let world: World
  let whole: CareClient
  let inside: CareClient
  /** Of a group that has nothing, and of another organization. */
  let outside: CareClient
  let foreign: CareClient

  beforeAll(async () => {
    server = await startServer({ worker: false })
    whole = await connectCare(server)
    const group = await createGroup(whole, 'Ours')
    inside = await connectCare(server, { groups: [group] })
    outside = await connectCare(server, { groups: [await createGroup(whole, 'Theirs')] })
    foreign = await connectCare(server, { environment: 'sandbox' })
    const { rows } = await server.context.pool.query('select id from oauth_token where client_id = $1', [whole.id])
    const known = { organization: whole.organization, group, token: toWireId(rows[0].id) }
    const asOperator: Ask = (method, path, body) => askCare(server, server.keys.live, method, path, body)
    world = { ask: whole.ask, ids: await createOneOfEach(whole.ask, asOperator, known) }
  })
  afterAll(() => server.stop())

  test.each(publishedOperations)('answers $id, whatever of its parameters is sent', async (operation) => {
    const requests = operation.id === 'createToken' ? tokenRequests() : await requestsOf(operation, world)
    const found: unknown[] = []
    for (const request of requests) {
      const { body } = await expectAnswer(operation, { request, token: whole.token, status: operation.status })
      found.push(...[body.data ?? []].flat())
    }
    // What is valid only because there is nothing of it proves nothing.
    if (operation.answers !== undefined) expect(found.length).toBeGreaterThan(0)
  })

  test.each(publishedOperations)('refuses $id with each of its errors', async (operation) => {
    const refused = operation.id === 'createToken' ? tokenRefusals() : await refusalsOf(operation)
    for (const each of refused) await expectAnswer(operation, each)
    const covered = refused.map(({ status }) => status)
    expect(covered).toEqual(
      expect.arrayContaining(operation.errors.filter((status) => status !== 403 || !seenByAll.includes(operation.id))),
    )
  })

  type Asked = { request: Request; token: string | undefined; status: number }

  async function expectAnswer(operation: PublishedOperation, { request, token, status }: Asked) {
    const { method, path, body } = request
    const answer = await askCare(server, token, method, path, body)
    const seen = [method, path, answer.status, answer.headers.get('content-type')]
    expect([...seen, ...invalidIn(operation, answer.status, answer.body)]).toEqual([method, path, status, MEDIA_TYPE])
    return answer
  }

  async function refusalsOf(operation: PublishedOperation): Promise<Asked[]> {
    const { id, path, status, query = {}, oneOf = [] } = operation
    const [request] = (await requestsOf(operation, world)) as [Request]
    const { token } = whole
    const at = (there: string) => ({ ...request, path: there })
    const [bare] = request.path.split('?') as [string]
    const isNeeding = oneOf.length > 0 || Object.keys(query).some((name) => name.endsWith('!'))
    return [
      { request, token: undefined, status: 401 },
      { request, token: outside.token, status: seenByAll.includes(id) ? status : 403 },
      ...(namingNobody.includes(id) ? [] : [{ request, token: foreign.token, status: 404 }]),
      ...(path.includes('{id}') ? [{ request: ofNobody(path, request), token, status: 404 }] : []),
      { request: at(`${request.path}${bare === request.path ? '?' : '&'}shoe=1`), token, status: 409 },
      ...(isNeeding ? [{ request: at(bare), token, status: 409 }] : []),
      ...(request.body === undefined
        ? []
        : [{ request: { ...request, body: { data: { type: 'shoe' } } }, token, status: 409 }]),
    ]
  }

  const tokenRequest = (attributes: object = {}, query = ''): Request => ({
    method: 'POST',
    path: `/oauth/token${query}`,
    body: {
      data: {
        type: 'token',
        attributes: {
          grant_type: 'client_credentials',
          client_id: inside.id,
          client_secret: inside.secret,
          ...attributes,
        },
      },
    },
  })
  const tokenRequests = () =>
    ['', '?include=groups', '?include=organization', '?include=groups,organization'].map((query) =>
      tokenRequest({}, query),
    )
  const tokenRefusals = (): Asked[] => [
    { request: tokenRequest({ client_secret: 'x' }), token: undefined, status: 401 },
    { request: tokenRequest({ grant_type: 'password' }), token: undefined, status: 403 },
    { request: tokenRequest({ client_id: undefined }), token: undefined, status: 409 },
    { request: tokenRequest({}, '?shoe=1'), token: undefined, status: 409 },
  ]
})
