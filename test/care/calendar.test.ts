import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fromWireId } from '../../src/care/ids.ts'
import { call } from '../support/api.ts'
import { askCare, type CareClient, connectCare, createGroup, createPatient } from '../support/care.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let care: CareClient
/** Of the group, and not of the hidden one. */
let inside: CareClient
let group: string
let hidden: string
let patient: string
let coach: string
let hiddenCoach: string

beforeAll(async () => {
  server = await startServer({ worker: false })
  care = await connectCare(server)
  group = await createGroup(care, 'Diabetes')
  hidden = await createGroup(care, 'Others')
  inside = await connectCare(server, { groups: [group] })
  patient = await createPatient(care, [group])
  coach = await createCoach(group)
  hiddenCoach = await createCoach(hidden)
})
afterAll(() => server.stop())

async function createCoach(of: string): Promise<string> {
  const data = { type: 'coach', relationships: { groups: { data: [{ type: 'group', id: of }] } } }
  return (await askCare(server, server.keys.live, 'POST', '/coach', { data })).body.data.id
}

/** The published document's example. */
const checkIn = () => ({
  type: 'plan-check-in',
  time_zone: 'America/New_York',
  all_day: true,
  start_at: '2018-02-20T00:00:00Z',
  title: 'Plan Check-In',
  attendees: [{ user: coach }, { user: patient }],
})
const visit = {
  type: 'office-visit',
  time_zone: 'America/New_York',
  start_at: '2018-02-20T14:00:00.000Z',
  end_at: '2018-02-20T18:00:00.000Z',
  title: 'Visit',
  attendees: [],
}
const eventOf = (attributes: object, owner = patient) => ({
  type: 'calendar_event',
  attributes,
  relationships: { owner: { data: { type: 'patient', id: owner } } },
})
const create = (attributes: object, owner = patient, client = care) =>
  client.ask('POST', '/calendar_event', { data: eventOf(attributes, owner) })
const update = (id: string, attributes: object, client = care) =>
  client.ask('PATCH', `/calendar_event/${id}`, { data: { type: 'calendar_event', id, attributes } })
const createId = async (attributes: object, owner = patient): Promise<string> =>
  (await create(attributes, owner)).body.data.id
const fetchEvent = async (id: string) => (await care.ask('GET', `/calendar_event/${id}`)).body.data
const refusalOf = ({ status, body }: { status: number; body: any }) => [
  status,
  body.errors?.map(({ source }: any) => source.pointer),
]
const at = (name: string) => `/data/attributes/${name}`

describe('an event', () => {
  test('is created as in the published example, answered, fetched and deleted', async () => {
    const { status, body } = await create(checkIn())
    expect([status, body.data]).toEqual([
      201,
      {
        type: 'calendar_event',
        id: expect.any(String),
        attributes: {
          ...checkIn(),
          start_at: '2018-02-20T00:00:00.000Z',
          attendees: [coach, patient].map((user) => ({
            _id: expect.stringMatching(/^[0-9a-z]+$/),
            user,
            response_status: 'needsAction',
          })),
          created_at: expect.any(String),
          updated_at: body.data.attributes.created_at,
        },
        relationships: { owner: { data: { type: 'patient', id: patient } } },
        links: { self: `/pub/calendar_event/${body.data.id}` },
      },
    ])
    const path = `/calendar_event/${body.data.id}`
    const fetched = await care.ask('GET', path)
    expect([fetched.status, fetched.body.data]).toEqual([200, body.data])
    expect((await care.ask('DELETE', path)).status).toBe(200)
    expect((await care.ask('GET', path)).status).toBe(404)
  })

  test('has defaults, a place and a description, and read-only times', async () => {
    const sent = {
      ...visit,
      time_zone: undefined,
      location: 'Room 1',
      description: '',
      created_at: 'x',
      created_by: 'x',
    }
    const { status, body } = await create(sent)
    expect([status, body.meta.ignored]).toEqual([201, ['created_at', 'created_by']])
    expect(body.data.attributes).toMatchObject({
      time_zone: 'UTC',
      all_day: false,
      location: 'Room 1',
      description: '',
    })
    const cleared = { location: null, description: null, end_at: null, time_zone: null, all_day: null }
    const { body: after } = await update(body.data.id, cleared)
    expect(Object.keys(after.data.attributes).toSorted()).toEqual(
      ['all_day', 'attendees', 'created_at', 'start_at', 'time_zone', 'title', 'type', 'updated_at'].toSorted(),
    )
    expect(after.data.attributes.updated_at > after.data.attributes.created_at).toBe(true)
  })

  test.each([
    [{ type: undefined }, 'type'],
    [{ type: 'meeting' }, 'type'],
    [{ start_at: undefined }, 'start_at'],
    [{ start_at: '2018-02-20T14:00:00' }, 'start_at'],
    [{ title: undefined }, 'title'],
    [{ title: null }, 'title'],
    [{ title: '' }, 'title'],
    [{ title: ' ' }, 'title'],
    [{ title: 'x'.repeat(301) }, 'title'],
    [{ location: 'x'.repeat(1001) }, 'location'],
    [{ description: 'x\0' }, 'description'],
    [{ time_zone: 'America/Nowhere' }, 'time_zone'],
    [{ time_zone: '+05:00' }, 'time_zone'],
    [{ all_day: 'yes' }, 'all_day'],
    [{ attendees: Array.from({ length: 101 }, () => ({ user: 'x' })) }, 'attendees'],
    [{ attendees: [{}] }, 'attendees/0/user'],
    [{ attendees: [{ user: 'x', response_status: 'maybe' }] }, 'attendees/0/response_status'],
  ])('with %j is refused, and its place named', async (attributes, name) => {
    expect(refusalOf(await create({ ...visit, ...attributes }))).toEqual([409, [at(name)]])
  })

  test('needs an owner, who is a patient', async () => {
    const { owner } = eventOf(visit).relationships
    const ask = (data: object) => care.ask('POST', '/calendar_event', { data })
    const none = await ask({ type: 'calendar_event', attributes: visit })
    expect(refusalOf(none)).toEqual([409, ['/data/relationships']])
    const wrong = { owner: { data: { ...owner.data, type: 'coach' } } }
    const pointer = '/data/relationships/owner/data'
    expect(refusalOf(await ask({ ...eventOf(visit), relationships: wrong }))).toEqual([409, [`${pointer}/type`]])
    expect((await create(visit, coach)).status).toBe(404)
  })

  test("is told of to the owner's webhooks", async () => {
    const { body } = await create(visit)
    await update(body.data.id, { title: 'Other' })
    const select = `select type, user_id from event where data->>'id' = $1`
    const { rows } = await server.context.pool.query(select, [body.data.id])
    expect(rows).toEqual([{ type: 'calendar_event.created', user_id: fromWireId(patient) }])
  })

  test("goes with the owner's user, and so do the attendances of a user", async () => {
    const [owner, guest] = [await createPatient(care, [group]), await createPatient(care, [group])]
    const id = await createId({ ...visit, attendees: [{ user: guest }, { user: coach }] }, owner)
    const remove = (user: string) => call(server, 'DELETE', `/user/${fromWireId(user)}`, { key: server.keys.live })
    await remove(guest)
    expect((await fetchEvent(id)).attributes.attendees.map(({ user }: any) => user)).toEqual([coach])
    await remove(owner)
    expect((await care.ask('GET', `/calendar_event/${id}`)).status).toBe(404)
  })
})

describe('times', () => {
  const day = { ...visit, all_day: true, start_at: '2018-02-20T05:00:00Z', end_at: '2018-02-21T05:00:00Z' }
  const inUtc = { start_at: '2018-02-20T00:00:00Z', end_at: '2018-02-22T00:00:00Z' }

  test.each([
    ['of one day in the zone', { end_at: '2018-02-21T04:59:59Z' }],
    ['without an end', { end_at: undefined }],
    ['of days in the zone', day],
    ['of days in UTC', { ...day, ...inUtc }],
    ['of one day, which begins once', { ...day, end_at: day.start_at }],
    ['of a day before the clocks change, and of one after', { ...day, end_at: '2018-03-12T04:00:00Z' }],
    [
      'of a day that has no midnight',
      { ...day, time_zone: 'America/Sao_Paulo', start_at: '2018-11-04T03:00:00Z', end_at: '2018-11-05T02:00:00Z' },
    ],
  ])('%s are taken', async (_, attributes) => {
    expect((await create({ ...visit, ...attributes })).status).toBe(201)
  })

  test.each([
    ['on two days of the zone', { end_at: '2018-02-21T05:00:00Z' }, 'end_at'],
    ['on one day in UTC, on two in the zone', { start_at: '2018-02-20T04:00:00Z' }, 'end_at'],
    ['that end before they start', { end_at: '2018-02-20T13:59:59Z' }, 'end_at'],
    ['all day, from within one', { ...day, start_at: '2018-02-20T05:00:01Z' }, 'start_at'],
    ['all day, until within one', { ...day, end_at: '2018-02-21T12:00:00Z' }, 'end_at'],
    ['all day, from the zone to UTC', { ...day, end_at: '2018-02-22T00:00:00Z' }, 'end_at'],
    ['all day, of the wrong offset', { ...day, end_at: '2018-03-12T05:00:00Z' }, 'end_at'],
    ['all day, without an end', { ...day, end_at: undefined }, 'end_at'],
    ['of a check-in with an end', { ...day, type: 'plan-check-in' }, 'end_at'],
    ['of a check-in that is not all day', { type: 'plan-check-in', end_at: undefined }, 'all_day'],
  ])('%s are refused', async (_, attributes, name) => {
    expect(refusalOf(await create({ ...visit, ...attributes }))).toEqual([409, [at(name)]])
  })

  test('are checked with what an update leaves as it is, and the type cannot be changed', async () => {
    const id = await createId(visit)
    const before = await fetchEvent(id)
    expect(refusalOf(await update(id, { start_at: '2018-02-21T14:00:00Z' }))).toEqual([409, [at('end_at')]])
    expect(refusalOf(await update(id, { time_zone: 'Asia/Tokyo' }))).toEqual([409, [at('end_at')]])
    expect(refusalOf(await update(id, { all_day: true }))).toEqual([409, [at('start_at')]])
    expect(refusalOf(await update(id, { start_at: null }))).toEqual([409, [at('start_at')]])
    expect(refusalOf(await update(id, { type: 'reminder', title: 'x' }))).toEqual([409, [at('type')]])
    expect(refusalOf(await update(id, { title: '' }))).toEqual([409, [at('title')]])
    expect(await fetchEvent(id)).toEqual(before)
    const { status, body } = await update(id, day)
    expect([status, body.data.attributes]).toMatchObject([200, { all_day: true, end_at: '2018-02-21T05:00:00.000Z' }])
    const checkInId = await createId(checkIn())
    expect(refusalOf(await update(checkInId, { end_at: '2018-02-21T00:00:00Z' }))).toEqual([409, [at('end_at')]])
    expect(refusalOf(await update(checkInId, { all_day: false }))).toEqual([409, [at('all_day')]])
    expect((await update(checkInId, { title: 'Later', end_at: null })).status).toBe(200)
  })
})

describe('completion', () => {
  const completed_at = '2017-11-03T06:17:34.652Z'

  test('is set and unset together, with the id of a coach', async () => {
    const id = await createId(checkIn())
    const { status, body } = await update(id, { completed_at, completed_by: coach })
    expect([status, body.data.attributes]).toMatchObject([200, { completed_at, completed_by: coach }])
    const later = '2017-11-04T06:17:34.652Z'
    const changed = (await update(id, { completed_at: later })).body.data.attributes
    expect(changed).toMatchObject({ completed_at: later, completed_by: coach })
    expect(refusalOf(await update(id, { completed_at: null }))).toEqual([409, [at('completed_at')]])
    expect(refusalOf(await update(id, { completed_by: null }))).toEqual([409, [at('completed_by')]])
    const { attributes } = (await update(id, { completed_at: null, completed_by: null })).body.data
    expect([attributes.completed_at, attributes.completed_by]).toEqual([undefined, undefined])
    expect(refusalOf(await update(id, { completed_at }))).toEqual([409, [at('completed_by')]])
    expect(refusalOf(await update(id, { completed_by: coach }))).toEqual([409, [at('completed_at')]])
    expect((await create({ ...checkIn(), completed_at, completed_by: coach })).status).toBe(201)
  })

  test('is of check-ins only', async () => {
    expect(refusalOf(await create({ ...visit, completed_at, completed_by: coach }))).toEqual([
      409,
      [at('completed_at')],
    ])
    expect(refusalOf(await create({ ...visit, completed_by: coach }))).toEqual([409, [at('completed_by')]])
    expect((await create({ ...visit, completed_at: null, completed_by: null })).status).toBe(201)
  })

  test('is by a coach whom the token sees, and of others it does not say by whom', async () => {
    const id = await createId(checkIn())
    const by = (completed_by: string, client = care) => update(id, { completed_at, completed_by }, client)
    expect(refusalOf(await by(patient))).toEqual([404, [at('completed_by')]])
    expect(refusalOf(await by('nobody'))).toEqual([404, [at('completed_by')]])
    expect(refusalOf(await by(hiddenCoach, inside))).toEqual([403, [at('completed_by')]])
    expect((await by(hiddenCoach)).status).toBe(200)
    const shown = (await inside.ask('GET', `/calendar_event/${id}`)).body.data.attributes
    expect([shown.completed_at, shown.completed_by]).toEqual([completed_at, undefined])
    expect(refusalOf(await by(hiddenCoach, inside))).toEqual([403, [at('completed_by')]])
    const gone = await createCoach(group)
    expect((await by(gone)).status).toBe(200)
    await server.context.pool.query(`delete from coach where id = $1`, [fromWireId(gone)])
    const { attributes } = (await update(id, { title: 'Done' })).body.data
    expect([attributes.completed_at, attributes.completed_by]).toEqual([completed_at, undefined])
  })
})

describe('attendees', () => {
  const usersOf = ({ body }: { body: any }) => body.data.attributes.attendees.map(({ user }: any) => user)

  test('are added and removed; who stays keeps the id and the status, whatever is sent', async () => {
    const guest = await createPatient(care, [group])
    const first = [{ user: coach, response_status: 'tentative' }, { user: patient }]
    const { body } = await create({ ...visit, attendees: first })
    const [one, two] = body.data.attributes.attendees
    expect([one.response_status, two.response_status]).toEqual(['tentative', 'needsAction'])
    const sent = [{ user: guest }, { ...two, response_status: 'accepted' }, { user: coach, _id: 'x' }]
    const after = (await update(body.data.id, { attendees: sent })).body.data
    expect(after.attributes.attendees).toEqual([{ ...two, _id: expect.any(String), user: guest }, two, one])
    expect((await update(body.data.id, { title: 'Same' })).body.data.attributes.attendees).toHaveLength(3)
    expect(usersOf(await update(body.data.id, { attendees: [{ user: patient }] }))).toEqual([patient])
    expect(usersOf(await update(body.data.id, { attendees: [] }))).toEqual([])
  })

  test('must be there, seen, and named once; or nothing is written', async () => {
    const refused = async (users: string[], client = care) =>
      refusalOf(await create({ ...visit, attendees: users.map((user) => ({ user })) }, patient, client))
    const path = `/calendar_event?filter[patient]=${patient}&page[size]=0`
    const before = (await care.ask('GET', path)).body.meta.count
    expect(await refused([coach, patient, coach])).toEqual([409, [at('attendees/2/user')]])
    expect(await refused([coach, 'f'.repeat(32)])).toEqual([404, [at('attendees/1/user')]])
    expect(await refused([group])).toEqual([404, [at('attendees/0/user')]])
    expect(await refused([coach, hiddenCoach], inside)).toEqual([403, [at('attendees/1/user')]])
    expect(await refused([await createPatient(care, [hidden])], inside)).toEqual([403, [at('attendees/0/user')]])
    expect((await care.ask('GET', path)).body.meta.count).toBe(before)
  })

  test('whom a token does not see it is not shown, and does not take away', async () => {
    const id = await createId({ ...visit, attendees: [{ user: hiddenCoach }, { user: coach }] })
    expect(usersOf(await inside.ask('GET', `/calendar_event/${id}`))).toEqual([coach])
    expect(usersOf(await update(id, { attendees: [] }, inside))).toEqual([])
    expect(usersOf(await care.ask('GET', `/calendar_event/${id}`))).toEqual([hiddenCoach])
    expect((await update(id, { attendees: [{ user: hiddenCoach }] }, inside)).status).toBe(403)
  })
})

describe('a list', () => {
  let owner: string
  let guest: string
  let ids: string[]
  const range = (from: string, to: string) => `${encodeURIComponent(from)}..${encodeURIComponent(to)}`
  const list = async (query: string, client = care) => {
    const { status, body } = await client.ask('GET', `/calendar_event?${query}`)
    return status === 200 ? body.data.map(({ id }: any) => ids.indexOf(id)) : [status, body.errors[0].source]
  }

  beforeAll(async () => {
    const own = await createGroup(care, 'Own')
    owner = await createPatient(care, [own, group])
    guest = await createPatient(care, [own])
    const completed = { completed_at: '2018-03-01T00:00:00Z', completed_by: coach }
    ids = [
      await createId({ ...visit, attendees: [{ user: guest }] }, owner),
      await createId({ ...checkIn(), ...completed, attendees: [{ user: hiddenCoach }] }, owner),
      await createId({ ...visit, type: 'reminder', start_at: '2018-02-20T13:00:00Z', end_at: undefined }, owner),
    ]
  })

  test('has filters', async () => {
    const of = `filter[patient]=${owner}`
    expect(await list(of)).toEqual([0, 1, 2])
    expect(await list(`filter[organization]=${care.organization}&${of}`)).toEqual([0, 1, 2])
    expect(await list(`filter[attendees]=${guest},${hiddenCoach}&${of}`)).toEqual([0, 1])
    expect(await list(`filter[attendees]=${guest}`)).toEqual([0])
    expect(await list(`${of}&filter[type]=reminder`)).toEqual([2])
    expect(await list(`${of}&filter[completed]=true`)).toEqual([1])
    expect(await list(`${of}&filter[completed]=false`)).toEqual([0, 2])
    expect(await list(`${of}&filter[start_at]=${range('2018-02-20T08:00:00-05:00', '2018-02-20T14:00:00Z')}`)).toEqual([
      2,
    ])
    expect(await list(`${of}&filter[end_at]=${range('2018-02-20T18:00:00Z', '2018-02-20T18:00:01Z')}`)).toEqual([0])
    expect(await list(`${of}&filter[completed_at]=${range('2018-03-01T00:00:00Z', '2018-03-02T00:00:00Z')}`)).toEqual([
      1,
    ])
    for (const name of ['created_at', 'updated_at']) {
      expect(await list(`${of}&filter[${name}]=${range('2020-01-01T00:00:00Z', '2999-01-01T00:00:00Z')}`)).toHaveLength(
        3,
      )
      expect(await list(`${of}&filter[${name}]=${range('2020-01-01T00:00:00Z', '2020-01-02T00:00:00Z')}`)).toEqual([])
    }
  })

  test('is of a patient, of groups, of attendees or of the organization; and only of what the token sees', async () => {
    const alone = await createGroup(care, 'Alone')
    expect(await list(`filter[groups]=${alone}`)).toEqual([])
    expect(await list(`filter[groups]=${alone},${group}&filter[patient]=${owner}`, care)).toEqual([0, 1, 2])
    expect(await list('')).toEqual([409, { parameter: 'filter[patient]' }])
    expect(await list('filter[type]=reminder')).toEqual([409, { parameter: 'filter[patient]' }])
    expect(await list(`filter[patient]=${owner}&filter[type]=x`)).toEqual([409, { parameter: 'filter[type]' }])
    expect(await list(`filter[attendees]=${group}`)).toEqual([404, { parameter: 'filter[attendees]' }])
    expect(await list(`filter[attendees]=${hiddenCoach}`, inside)).toEqual([403, { parameter: 'filter[attendees]' }])
    const elsewhere = await createPatient(care, [hidden])
    const unseen = await createId({ ...visit, attendees: [{ user: coach }] }, elsewhere)
    const { body } = await inside.ask('GET', `/calendar_event?filter[attendees]=${coach}&page[size]=1000`)
    expect(body.data.map(({ id }: any) => id)).not.toContain(unseen)
    expect(body.data.length).toBeGreaterThan(0)
  })

  test('is sorted by start, pages by cursor, and includes the owners', async () => {
    const of = `filter[patient]=${owner}`
    expect(await list(`${of}&sort=start_at`)).toEqual([1, 2, 0])
    expect(await list(`${of}&sort=-start_at`)).toEqual([0, 2, 1])
    const { body } = await care.ask('GET', `/calendar_event?${of}&sort=start_at&page[limit]=2&include=owner`)
    expect(body.included.map(({ type, id }: any) => [type, id])).toEqual([['patient', owner]])
    const next = await care.ask('GET', body.links.next.replace('/pub', ''))
    expect(next.body.data.map(({ id }: any) => id)).toEqual([ids[0]])
    expect(await list(`${of}&sort=title`)).toEqual([409, { parameter: 'sort' }])
  })
})
