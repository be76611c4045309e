import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askCare, type CareClient, connectCare, createGroup, patientIn } from '../support/care.ts'
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

const coachIn = (groups: string[], attributes: object = {}) => ({
  data: {
    type: 'coach',
    attributes,
    relationships: { groups: { data: groups.map((id) => ({ type: 'group', id })) } },
  },
})
const create = (groups: string[], attributes: object = {}, key = server.keys.live) =>
  askCare(server, key, 'POST', '/coach', coachIn(groups, attributes))

describe('coaches', () => {
  test('are created and updated with a secret key, and with nothing else', async () => {
    const { status, body } = await create([group], { first_name: 'Grace', last_name: 'H' })
    expect([status, body.data.attributes]).toMatchObject([201, { first_name: 'Grace', last_name: 'H' }])
    const path = `/coach/${body.data.id}`
    const change = { data: { type: 'coach', attributes: { last_name: 'Hopper' } } }
    expect((await askCare(server, server.keys.live, 'PATCH', path, change)).status).toBe(200)
    expect((await care.ask('GET', path)).body.data.attributes.last_name).toBe('Hopper')
    expect((await create([group], {}, care.token)).status).toBe(401)
    expect((await create([group], {}, server.keys.client)).status).toBe(403)
    expect((await create([group], {}, server.keys.sandbox)).status).toBe(404)
    expect((await askCare(server, server.keys.sandbox, 'PATCH', path, change)).status).toBe(404)
  })

  test('are listed by group and by organization', async () => {
    const own = await createGroup(care, 'Own')
    const { body } = await create([own])
    const listed = async (filter: string) => {
      const answer = await care.ask('GET', `/coach?${filter}`)
      return answer.body.data.map(({ id }: any) => id)
    }
    expect(await listed(`filter[groups]=${own}`)).toEqual([body.data.id])
    expect(await listed(`filter[groups]=${group},${own}`)).toContain(body.data.id)
    expect(await listed(`filter[organization]=${care.organization}`)).toContain(body.data.id)
  })

  test("are a patient's, the primary one among them, in the order in which they were sent", async () => {
    const [one, two] = [(await create([group])).body.data.id, (await create([group])).body.data.id]
    const coaches = [
      { type: 'coach', id: two, meta: { primary: true } },
      { type: 'coach', id: one, meta: { primary: false } },
    ]
    const patient = patientIn([group])
    const data = { ...patient, relationships: { ...patient.relationships, coaches: { data: coaches } } }
    const { body } = await care.ask('POST', '/patient', { data })
    expect(body.data.relationships.coaches.data).toEqual(coaches)
    const listed = await care.ask('GET', `/patient/${body.data.id}/coaches`)
    expect(listed.body.data.map(({ id }: any) => id).toSorted()).toEqual([one, two].toSorted())
    const missing = {
      ...data,
      relationships: { ...data.relationships, coaches: { data: [{ type: 'coach', id: 'x' }] } },
    }
    const refused = await care.ask('POST', '/patient', { data: missing })
    expect([refused.status, refused.body.errors[0].source.pointer]).toEqual([
      404,
      '/data/relationships/coaches/data/0/id',
    ])
  })

  test('share what is unique with patients', async () => {
    const identifiers = [{ system: 'badge', value: '7' }]
    expect((await create([group], { identifiers })).status).toBe(201)
    expect((await care.ask('POST', '/patient', { data: patientIn([group], { identifiers }) })).status).toBe(409)
  })
})
