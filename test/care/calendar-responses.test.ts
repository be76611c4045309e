import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

type Attendee = { _id: string; user: string; response_status: string }
type Event = { id: string; attributes: { attendees: Attendee[]; title: string; updated_at: string } }

/** An event of the patient, attended by these. */
async function createEvent(...users: string[]): Promise<Event> {
  const attributes = { type: 'reminder', start_at: '2024-01-01T09:00:00Z', title: 'x' }
  const data = {
    type: 'calendar_event',
    attributes: { ...attributes, attendees: users.map((user) => ({ user })) },
    relationships: { owner: { data: { type: 'patient', id: patient } } },
  }
  return (await care.ask('POST', '/calendar_event', { data })).body.data
}
const fetchEvent = async (id: string): Promise<Event> => (await care.ask('GET', `/calendar_event/${id}`)).body.data
const updateEvent = (id: string, attributes: object) =>
  care.ask('PATCH', `/calendar_event/${id}`, { data: { type: 'calendar_event', id, attributes } })
const statusesOf = ({ attributes }: Event) => attributes.attendees.map(({ response_status }) => response_status)
const attendeesOf = ({ attributes }: Event) => attributes.attendees.map(({ _id }) => _id)

type Response = { attendee?: string | null | undefined; user?: { type: string; id: string } | null; status?: string }
const respond = (event: string, { attendee, user, status = 'accepted' }: Response, client = care) =>
  client.ask('POST', '/calendar_event_response', {
    data: {
      type: 'calendar_event_response',
      attributes: { attendee, response_status: status },
      relationships: {
        ...(user === undefined ? {} : { user: { data: user } }),
        calendar_event: { data: { type: 'calendar_event', id: event } },
      },
    },
  })
const as = (id: string, type = 'user') => ({ user: { type, id } })
const refusalOf = ({ status, body }: { status: number; body: any }) => [
  status,
  body.errors?.map(({ source }: any) => source?.pointer),
]
const ATTENDEE = '/data/attributes/attendee'
const USER = '/data/relationships/user/data'

describe('a response', () => {
  test("is created as in the published example, and is the attendee's status on the event", async () => {
    const event = await createEvent(coach, patient)
    const [, attendee] = attendeesOf(event)
    const { status, body } = await respond(event.id, { attendee, ...as(patient) })
    expect([status, body.data]).toEqual([
      201,
      {
        type: 'calendar_event_response',
        id: expect.any(String),
        attributes: { attendee, response_status: 'accepted' },
        relationships: {
          user: { data: { type: 'patient', id: patient } },
          calendar_event: { data: { type: 'calendar_event', id: event.id } },
        },
      },
    ])
    const after = await fetchEvent(event.id)
    expect(statusesOf(after)).toEqual(['needsAction', 'accepted'])
    expect(after.attributes.updated_at > event.attributes.updated_at).toBe(true)
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      expect((await care.ask(method, `/calendar_event_response/${body.data.id}`)).status).toBe(404)
    }
  })

  test('is by the attendee, by the user, or by both; the last one stays', async () => {
    const event = await createEvent(coach, patient)
    const [attendee] = attendeesOf(event)
    const byAttendee = await respond(event.id, { attendee, user: null, status: 'declined' })
    expect([byAttendee.status, byAttendee.body.data.relationships.user.data]).toEqual([
      201,
      { type: 'coach', id: coach },
    ])
    const byUser = await respond(event.id, { ...as(coach, 'coach'), status: 'tentative' })
    expect([byUser.status, byUser.body.data.attributes.attendee]).toEqual([201, attendee])
    expect((await respond(event.id, { attendee: null, ...as(patient, 'patient'), status: 'declined' })).status).toBe(
      201,
    )
    expect(statusesOf(await fetchEvent(event.id))).toEqual(['tentative', 'declined'])
    const { rows } = await server.context.pool.query(
      `select response_status from calendar_event_response where replace(event_id::text, '-', '') = $1 order by id`,
      [event.id],
    )
    expect(rows.map(({ response_status }) => response_status)).toEqual(['tentative', 'declined'])
  })

  test('is of an attendee of that event, or it is refused and changes nothing', async () => {
    const other = await createEvent(coach, patient)
    const event = await createEvent(patient)
    const [own, others] = [attendeesOf(event)[0]!, attendeesOf(other)[0]!]
    expect(refusalOf(await respond(event.id, {}))).toEqual([409, [ATTENDEE]])
    expect(refusalOf(await respond(event.id, { attendee: others }))).toEqual([409, [ATTENDEE]])
    expect(refusalOf(await respond(event.id, { attendee: 'x', ...as(patient) }))).toEqual([409, [ATTENDEE]])
    expect(refusalOf(await respond(event.id, as(coach)))).toEqual([409, [USER]])
    expect(refusalOf(await respond(event.id, { attendee: own, ...as(coach) }))).toEqual([409, [USER]])
    const swapped = { attendee: others, ...as(patient) }
    expect(refusalOf(await respond(other.id, swapped))).toEqual([409, [USER]])
    expect(refusalOf(await respond(event.id, as(coach, 'patient')))).toEqual([404, [USER]])
    expect(refusalOf(await respond(event.id, as('x')))).toEqual([404, [`${USER}/id`]])
    expect(refusalOf(await respond(event.id, as(patient, 'group')))).toEqual([409, [`${USER}/type`]])
    for (const status of ['needsAction', 'maybe']) {
      const { body } = await respond(event.id, { ...as(patient), status })
      expect(body.errors[0].source.pointer).toBe('/data/attributes/response_status')
    }
    expect([await fetchEvent(event.id), await fetchEvent(other.id)]).toEqual([event, other])
  })

  test('is of an event that is there', async () => {
    const event = await createEvent(patient)
    await care.ask('DELETE', `/calendar_event/${event.id}`)
    const gone = await respond(event.id, as(patient))
    expect(refusalOf(gone)).toEqual([404, ['/data/relationships/calendar_event/data']])
  })

  test('is not given by a token for whom it may not see', async () => {
    const event = await createEvent(hiddenCoach, patient)
    const [attendee] = attendeesOf(event)
    expect(refusalOf(await respond(event.id, { attendee }, inside))).toEqual([403, [ATTENDEE]])
    expect(refusalOf(await respond(event.id, as(hiddenCoach), inside))).toEqual([403, [USER]])
    expect((await respond(event.id, as(patient), inside)).status).toBe(201)
    expect(statusesOf(await fetchEvent(event.id))).toEqual(['needsAction', 'accepted'])
  })
})

describe('at the same time', () => {
  test('responses of all attendees, and updates of the event, lose nothing', async () => {
    const users = [coach, patient, hiddenCoach]
    for (let i = 0; i < 5; i++) users.push(await createPatient(care, [group]))
    const [event, guest] = [await createEvent(...users), await createPatient(care, [group])]
    const answers = await Promise.all([
      ...users.map((user) => respond(event.id, as(user))),
      updateEvent(event.id, { title: 'y' }),
      updateEvent(event.id, { location: 'z' }),
      updateEvent(event.id, { attendees: [...users, guest].toReversed().map((user) => ({ user })) }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([...users.map(() => 201), 200, 200, 200])
    const { attributes } = await fetchEvent(event.id)
    expect(attributes).toMatchObject({ title: 'y', location: 'z' })
    const ids = new Map(event.attributes.attendees.map(({ _id, user }) => [user, _id]))
    expect(attributes.attendees).toEqual(
      [...users, guest].toReversed().map((user) => ({
        _id: ids.get(user) ?? expect.any(String),
        user,
        response_status: user === guest ? 'needsAction' : 'accepted',
      })),
    )
  })

  test('several lists of attendees are one of them, and responses of one attendee leave one', async () => {
    const event = await createEvent(coach)
    const lists = [[patient, coach], [coach, hiddenCoach], [patient], [hiddenCoach, patient]]
    const updates = lists.map((users) => updateEvent(event.id, { attendees: users.map((user) => ({ user })) }))
    expect((await Promise.all(updates)).map(({ status }) => status)).toEqual(lists.map(() => 200))
    const { attributes } = await fetchEvent(event.id)
    expect(lists).toContainEqual(attributes.attendees.map(({ user }) => user))
    const { user } = attributes.attendees[0]!
    const sent = ['accepted', 'declined', 'tentative', 'accepted', 'declined']
    const answers = await Promise.all(sent.map((status) => respond(event.id, { ...as(user), status })))
    expect(answers.map(({ status }) => status)).toEqual(sent.map(() => 201))
    const { rows } = await server.context.pool.query(
      `select response_status from calendar_event_response where replace(event_id::text, '-', '') = $1`,
      [event.id],
    )
    expect(rows).toEqual([{ response_status: statusesOf(await fetchEvent(event.id))[0] }])
  })

  test('a response to what is deleted, or to what its attendee is taken from, meets no fault', async () => {
    const [deleted, emptied] = [await createEvent(coach), await createEvent(coach)]
    const [gone, response, taken, refused] = await Promise.all([
      care.ask('DELETE', `/calendar_event/${deleted.id}`),
      respond(deleted.id, as(coach)),
      updateEvent(emptied.id, { attendees: [] }),
      respond(emptied.id, as(coach)),
    ])
    expect([gone.status, taken.status]).toEqual([200, 200])
    expect([201, 404]).toContain(response.status)
    expect([201, 409]).toContain(refused.status)
    expect(statusesOf(await fetchEvent(emptied.id))).toEqual([])
  })
})
