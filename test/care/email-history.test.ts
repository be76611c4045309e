import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fromWireId } from '../../src/care/ids.ts'
import { call } from '../support/api.ts'
import { askCare, type CareClient, connectCare, createGroup, createPatient } from '../support/care.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let care: CareClient
let group: string
let inside: CareClient
/** A patient and a coach of the group; and those of another. */
let patient: string
let coach: string
let hiddenPatient: string
let hiddenCoach: string

beforeAll(async () => {
  server = await startServer({ worker: false })
  care = await connectCare(server)
  group = await createGroup(care, 'Ours')
  const hidden = await createGroup(care, 'Theirs')
  inside = await connectCare(server, { groups: [group] })
  patient = await createPatient(care, [group])
  hiddenPatient = await createPatient(care, [hidden])
  coach = await createCoach(group)
  hiddenCoach = await createCoach(hidden)
})
afterAll(() => server.stop())

const operate = (method: string, path: string, data: unknown, key = server.keys.live) =>
  askCare(server, key, method, path, { data })

async function createCoach(of: string): Promise<string> {
  const relationships = { groups: { data: [{ type: 'group', id: of }] } }
  return (await operate('POST', '/coach', { type: 'coach', relationships })).body.data.id
}

const type = 'email_history'
const send_time = '2017-02-25T13:35:01.000Z'
/** Whoever it is, a patient or coach is a user. */
const create = (receiver: string, sender?: string, attributes: object = {}) =>
  operate('POST', `/${type}`, {
    type,
    attributes: { send_time, ...attributes },
    relationships: {
      receiver: { data: { type: 'user', id: receiver } },
      ...(sender === undefined ? {} : { sender: { data: { type: 'user', id: sender } } }),
    },
  })
const update = (id: string, attributes: object, key = server.keys.live) =>
  operate('PATCH', `/${type}/${id}`, { type, id, attributes }, key)
const list = async (query: string, client = care) => {
  const { status, body } = await client.ask('GET', `/${type}?${query}`)
  expect([status, body.meta.count]).toEqual([200, body.data.length])
  return body.data.map(({ id }: any) => id)
}

describe('an e-mail', () => {
  test('is created, updated and fetched, as published', async () => {
    const attributes = {
      email_address: 'tony@example.com',
      email_type: 'invite',
      send_time,
      status_times: { processed: '2017-02-25T13:35:02.000Z', delivered: '2017-02-25T13:35:03.000Z' },
      twine_email_id: '576226e5-7e25-4469-b10d-2bc6a725bfbc',
    }
    const { status, body } = await create(patient, coach, { ...attributes, created_at: send_time })
    const { id } = body.data
    const written = { created_at: expect.any(String), updated_at: expect.any(String) }
    expect([status, body.meta.ignored, body.data]).toEqual([
      201,
      ['created_at'],
      {
        type,
        id,
        attributes: { ...attributes, ...written },
        relationships: {
          receiver: { data: { type: 'patient', id: patient } },
          sender: { data: { type: 'coach', id: coach } },
        },
        links: { self: `/pub/${type}/${id}` },
      },
    ])
    const changed = await update(id, { email_type: null, status_times: { open: '2017-02-25T15:20:00+01:00' } })
    const { email_type: _, ...rest } = attributes
    expect(changed.body.data.attributes).toEqual({
      ...rest,
      ...written,
      status_times: { open: '2017-02-25T14:20:00.000Z' },
    })
    expect((await care.ask('GET', `/${type}/${id}`)).body.data).toEqual(changed.body.data)
    expect((await update(id, {}, server.keys.sandbox)).status).toBe(404)
    expect((await update(id, {}, care.token)).status).toBe(401)
  })

  test.each([
    [{ send_time: undefined }, 'send_time'],
    [{ send_time: null }, 'send_time'],
    [{ send_time: '2017-02-25' }, 'send_time'],
    [{ email_address: 'tony' }, 'email_address'],
    [{ email_type: 'x'.repeat(101) }, 'email_type'],
    [{ status_times: { lost: send_time } }, 'status_times/lost'],
    [{ status_times: { open: 'today' } }, 'status_times/open'],
    [{ twine_email_id: '' }, 'twine_email_id'],
  ])('with %j is refused, and its place named', async (attributes, place) => {
    const { status, body } = await create(patient, undefined, attributes)
    const pointers = body.errors.map(({ source }: any) => source.pointer)
    expect([status, pointers]).toEqual([409, [`/data/attributes/${place}`]])
  })

  test('keeps its time of sending, and needs a receiver who is there', async () => {
    const { id } = (await create(patient)).body.data
    expect((await update(id, { send_time: null })).status).toBe(409)
    const place = ({ status, body }: Awaited<ReturnType<typeof create>>) => [status, body.errors[0].source.pointer]
    const data = { type, attributes: { send_time } }
    expect(place(await operate('POST', `/${type}`, data))).toEqual([409, '/data/relationships'])
    expect(place(await create('0'.repeat(32)))).toEqual([404, '/data/relationships/receiver/data'])
    expect(place(await create(patient, group))).toEqual([404, '/data/relationships/sender/data'])
  })

  test('has an id of its own, also when several come at once', async () => {
    const twine_email_id = 'at once'
    const answers = await Promise.all(Array.from({ length: 8 }, () => create(patient, undefined, { twine_email_id })))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array(7).fill(409)])
    const { id } = answers.find(({ status }) => status === 201)!.body.data
    expect((await update(id, { twine_email_id })).status).toBe(200)
    const other = (await create(patient)).body.data.id
    const { status, body } = await update(other, { twine_email_id })
    expect([status, body.errors[0].source.pointer]).toEqual([409, '/data/attributes/twine_email_id'])
  })

  test('goes with the patient who sent or received it', async () => {
    const gone = await createPatient(care, [group])
    const ids = [await create(gone, coach), await create(coach, gone)].map(({ body }) => body.data.id)
    await call(server, 'DELETE', `/user/${fromWireId(gone)}`, { key: server.keys.live })
    for (const id of ids) expect((await care.ask('GET', `/${type}/${id}`)).status).toBe(404)
  })
})

describe('a list', () => {
  test('is of a receiver or a sender, whatever they are, and of a type', async () => {
    const [receiver, sender] = [await createPatient(care, [group]), await createCoach(group)]
    const types = ['invite', 'reminder', 'invite']
    const ids: string[] = []
    for (const email_type of types) ids.push((await create(receiver, sender, { email_type })).body.data.id)
    const back = (await create(sender, receiver)).body.data.id
    expect(await list(`filter[receiver]=${receiver}`)).toEqual(ids)
    expect(await list(`filter[sender]=${sender}`)).toEqual(ids)
    expect(await list(`filter[receiver]=${sender}`)).toEqual([back])
    expect(await list(`filter[sender]=${receiver}&filter[receiver]=${sender}`)).toEqual([back])
    expect(await list(`filter[sender]=${sender}&filter[emailType]=invite`)).toEqual([ids[0], ids[2]])
    expect(await list(`filter[sender]=${sender}&filter[emailType]=INVITE`)).toEqual([])
    const refused = async (query: string) => {
      const { status, body } = await care.ask('GET', `/${type}?${query}`)
      return [status, body.errors[0].source]
    }
    expect(await refused('')).toEqual([409, { parameter: 'filter[receiver]' }])
    expect(await refused('filter[emailType]=invite')).toEqual([409, { parameter: 'filter[receiver]' }])
    expect(await refused(`filter[sender]=${group}`)).toEqual([404, { parameter: 'filter[sender]' }])
    expect(await refused(`filter[sender]=${sender}&sort=email_type`)).toEqual([409, { parameter: 'sort' }])
  })

  test('is sorted by when they were sent, up or down, page after page', async () => {
    const receiver = await createPatient(care, [group])
    const byTime: string[] = []
    // Two of the same moment are told apart by their ids.
    for (const hour of [2, 0, 1, 1]) {
      const { body } = await create(receiver, undefined, { send_time: `2020-01-01T0${hour}:00:00Z` })
      byTime.push(body.data.id)
    }
    const sorted = [byTime[1], byTime[2], byTime[3], byTime[0]]
    for (const [sort, expected] of [
      ['send_time', sorted],
      ['-send_time', sorted.toReversed()],
    ] as const) {
      const path = `filter[receiver]=${receiver}&sort=${sort}`
      expect(await list(path)).toEqual(expected)
      const seen: string[] = []
      let next: string | undefined = `/pub/${type}?${path}&page[limit]=1`
      while (next !== undefined) {
        const { body } = await care.ask('GET', next.slice('/pub'.length))
        seen.push(body.data[0].id)
        next = body.links.next
      }
      expect(seen).toEqual(expected)
    }
  })
})

test('a token of a group sees an e-mail where it sees the receiver, and the sender if that is a patient', async () => {
  const cases = [
    { receiver: patient, sender: undefined, isSeen: true },
    { receiver: patient, sender: coach, isSeen: true },
    { receiver: patient, sender: hiddenCoach, isSeen: true },
    { receiver: coach, sender: patient, isSeen: true },
    { receiver: patient, sender: hiddenPatient, isSeen: false },
    { receiver: coach, sender: hiddenPatient, isSeen: false },
    { receiver: hiddenPatient, sender: coach, isSeen: false },
    { receiver: hiddenCoach, sender: coach, isSeen: false },
    { receiver: hiddenCoach, sender: patient, isSeen: false },
  ]
  const email_type = 'seen'
  for (const { receiver, sender, isSeen } of cases) {
    const { body } = await create(receiver, sender, { email_type })
    const { status, body: fetched } = await inside.ask('GET', `/${type}/${body.data.id}`)
    expect([receiver, sender, status]).toEqual([receiver, sender, isSeen ? 200 : 403])
    if (sender === hiddenCoach) expect(JSON.stringify(fetched)).not.toContain(hiddenCoach)
    for (const name of ['receiver', 'sender']) {
      const who = name === 'receiver' ? receiver : sender
      if (who === undefined) continue
      const query = `filter[${name}]=${who}&filter[emailType]=${email_type}`
      const isNamed = who === patient || who === coach
      if (isNamed) expect((await list(query, inside)).includes(body.data.id)).toBe(isSeen)
      else expect((await inside.ask('GET', `/${type}?${query}`)).status).toBe(403)
    }
  }
})
