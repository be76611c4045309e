import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askCare, type CareClient, connectCare, createGroup, MEDIA_TYPE } from '../support/care.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let care: CareClient
let now = new Date('2026-03-01T12:00:00Z')

beforeAll(async () => {
  server = await startServer({ worker: false, now: () => now })
  care = await connectCare(server)
})
afterAll(() => server.stop())

const nested = (attributes: object) => ({ data: { type: 'token', attributes } })
const credentials = (client: CareClient = care) => ({
  grant_type: 'client_credentials',
  client_id: client.id,
  client_secret: client.secret,
})
const post = (body: unknown, headers: Record<string, string> = {}, query = '') =>
  askCare(server, undefined, 'POST', `/oauth/token${query}`, body, headers)
const refresh = (refresh_token: string, client_id = care.id) =>
  post(nested({ grant_type: 'refresh_token', client_id, refresh_token }))
const isTaken = async (token: string) =>
  (await askCare(server, token, 'GET', `/organization/${care.organization}`)).status === 200

describe('POST /pub/oauth/token', () => {
  test('answers a token for an hour, from a nested body and from a flat one', async () => {
    const first = await post(nested(credentials()))
    const id = first.body.data.id
    expect([first.status, first.headers.get('content-type'), first.headers.get('cache-control')]).toEqual([
      201,
      MEDIA_TYPE,
      'no-store',
    ])
    expect(first.body).toEqual({
      meta: { req_id: expect.any(String) },
      data: {
        type: 'token',
        id: expect.stringMatching(/^[0-9a-z]+$/),
        attributes: {
          access_token: expect.any(String),
          refresh_token: expect.any(String),
          token_type: 'bearer',
          expires_in: 3600,
        },
        relationships: {
          organization: {
            data: { type: 'organization', id: care.organization },
            links: { related: `/pub/oauth/token/${id}/organization` },
          },
        },
      },
    })
    const flat = await post(credentials(), { 'content-type': 'application/json' })
    expect([flat.status, await isTaken(flat.body.data.attributes.access_token)]).toEqual([201, true])
  })

  test('includes the groups and the organization', async () => {
    const [one, two] = [await createGroup(care, 'One'), await createGroup(care, 'Two')]
    const client = await connectCare(server, { groups: [one, two] })
    const { body } = await post(nested(credentials(client)), {}, '?include=groups,organization')
    const groups = [one, two].toSorted()
    expect(body.data.relationships.groups.data.map(({ id }: any) => id)).toEqual(groups)
    expect(body.included.map(({ type, id }: any) => [type, id])).toEqual([
      ...groups.map((id) => ['group', id]),
      ['organization', care.organization],
    ])
    const links = body.data.relationships.groups.links.related.replace('/pub', '')
    const listed = await askCare(server, body.data.attributes.access_token, 'GET', links)
    expect(listed.body.data.map(({ id }: any) => id)).toEqual(groups)
    const wrong = await post(nested(credentials(client)), {}, '?include=patients')
    expect([wrong.status, wrong.body.errors[0].source]).toEqual([409, { parameter: 'include' }])
  })

  test.each([
    ['a wrong secret', () => nested({ ...credentials(), client_secret: 'x'.repeat(43) }), 401, 'InvalidCredentials'],
    ['an unknown client', () => nested({ ...credentials(), client_id: 'nobody' }), 401, 'InvalidCredentials'],
    ['another grant', () => nested({ ...credentials(), grant_type: 'password' }), 403, 'InvalidGrantType'],
    ['no secret', () => nested({ ...credentials(), client_secret: undefined }), 409, 'InvalidBodyParameter'],
    ['no client', () => nested({ grant_type: 'client_credentials' }), 409, 'InvalidBodyParameter'],
  ])('refuses %s', async (_, body, status, code) => {
    const answer = await post(body())
    expect([answer.status, answer.body.errors[0].code]).toEqual([status, code])
    expect(answer.body.meta).toEqual({ req_id: answer.headers.get('x-request-id') })
  })

  test('another media type is 403, as published', async () => {
    const answer = await post('grant_type=client_credentials', { 'content-type': 'application/x-www-form-urlencoded' })
    expect([answer.status, answer.body.errors[0].code]).toEqual([403, 'Forbidden'])
  })

  test('a secret is not in the log or the database', async () => {
    expect(server.logged.some((line) => line.includes(care.secret) || line.includes(care.token))).toBe(false)
    const { rows } = await server.context.pool.query(
      'select c::text as text from oauth_client c union all select t::text from oauth_token t',
    )
    expect(rows.some(({ text }) => text.includes(care.secret) || text.includes(care.token))).toBe(false)
  })
})

describe('a refresh token', () => {
  test('works once; a second use ends all that descend from it', async () => {
    const first = (await post(nested(credentials()))).body.data.attributes
    const second = await refresh(first.refresh_token)
    const { access_token, refresh_token } = second.body.data.attributes
    expect([second.status, await isTaken(access_token)]).toEqual([201, true])
    expect((await refresh(first.refresh_token)).status).toBe(401)
    expect([await isTaken(access_token), await isTaken(first.access_token)]).toEqual([false, false])
    expect((await refresh(refresh_token)).status).toBe(401)
  })

  test('works once also when it is used at the same moment', async () => {
    const { refresh_token } = (await post(nested(credentials()))).body.data.attributes
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(refresh_token)))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  })

  test("is of no use to another client, which ends nobody's tokens", async () => {
    const { access_token, refresh_token } = (await post(nested(credentials()))).body.data.attributes
    const other = await connectCare(server)
    expect((await refresh(refresh_token, other.id)).status).toBe(401)
    expect(await isTaken(access_token)).toBe(true)
  })
})

describe('a token', () => {
  test('ends after an hour', async () => {
    const { access_token } = (await post(nested(credentials()))).body.data.attributes
    const before = now
    now = new Date(before.getTime() + 3_599_000)
    expect(await isTaken(access_token)).toBe(true)
    now = new Date(before.getTime() + 3_600_000)
    expect(await isTaken(access_token)).toBe(false)
    now = before
  })

  test('ends with its client', async () => {
    const client = await connectCare(server)
    await server.context.prisma.oAuthClient.update({ where: { id: client.id }, data: { revokedAt: now } })
    expect(await isTaken(client.token)).toBe(false)
    expect((await post(nested(credentials(client)))).status).toBe(401)
  })

  test('sees what it may see itself, not what others may', async () => {
    const other = (await post(nested(credentials()))).body.data
    const foreign = await connectCare(server, { environment: 'sandbox' })
    const own = `/oauth/token/${other.id}/organization`
    const token = other.attributes.access_token
    const organization = await askCare(server, token, 'GET', own)
    expect([organization.status, organization.body.data.attributes]).toEqual([200, { name: 'test' }])
    expect((await care.ask('GET', own)).status).toBe(403)
    expect((await foreign.ask('GET', own)).status).toBe(404)
  })
})
