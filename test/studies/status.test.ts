import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { participantOrder, sessionOrder, studyOrder } from '../../src/studies/status-orders.ts'
import { call } from '../support/api.ts'
import { countDeadlocks } from '../support/deadlocks.ts'
import { endpointsOf } from '../support/endpoints.ts'
import { type Received, startReceiver } from '../support/receiver.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { expectStatus, studiesOf } from '../support/studies.ts'

let server: TestServer
let studies: ReturnType<typeof studiesOf>

beforeAll(async () => {
  server = await startServer({ environment: { RATE_LIMIT_STUDIES: '100000' } })
  studies = studiesOf(server)
})
afterAll(() => server.stop())

/** How each resource is made anew, and where its path is. */
const resources = [
  {
    order: studyOrder as Record<string, readonly string[]>,
    name: 'a study',
    create: async () => `/studies/${(await studies.createStudy()).id}`,
  },
  {
    order: participantOrder as Record<string, readonly string[]>,
    name: 'a participant',
    create: async () => {
      const { id } = await studies.createActiveStudy()
      return `/participants/${(await studies.createParticipant({ study_id: id })).participant_id}`
    },
  },
  {
    order: sessionOrder as Record<string, readonly string[]>,
    name: 'a session',
    create: async () => {
      const { id } = await studies.createStudy()
      const { participant_id } = await studies.createParticipant({ study_id: id })
      const battery = await studies.createBattery()
      return `/sessions/${(await studies.createSession({ participant_id, battery_id: battery.id })).session_id}`
    },
  },
]

/** The statuses that lead to one, from the first. */
function wayTo(order: Record<string, readonly string[]>, status: string): string[] {
  const before = Object.keys(order).find((from) => order[from]!.includes(status))
  return before === undefined ? [] : [...wayTo(order, before), status]
}

test('the orders are those of the contract', () => {
  expect([studyOrder, participantOrder, sessionOrder]).toEqual([
    { draft: ['active'], active: ['closed'], closed: [] },
    {
      invited: ['screening', 'withdrawn'],
      screening: ['enrolled', 'withdrawn'],
      enrolled: ['completed', 'withdrawn'],
      completed: [],
      withdrawn: [],
    },
    { scheduled: ['in_progress', 'cancelled'], in_progress: ['completed', 'cancelled'], completed: [], cancelled: [] },
  ])
})

describe.each(resources)('the status of $name', ({ order, create }) => {
  test.each(Object.keys(order))('from %s goes along its order, and nowhere else', async (from) => {
    for (const to of Object.keys(order)) {
      const path = await create()
      for (const status of wayTo(order, from)) expectStatus(200, await studies.patch(path, { status }))
      const { status, body } = await studies.patch(path, { status: to })
      if (order[from]!.includes(to)) expect([from, to, status, body.status]).toEqual([from, to, 200, to])
      else {
        expect([from, to, status, body.error.code, body.error.details.field]).toEqual([
          from,
          to,
          409,
          'CONFLICT',
          'status',
        ])
        expect((await studies.ask('GET', path)).body.status).toBe(from)
      }
    }
  })

  test('of twenty changes at once that exclude each other, one is made', async () => {
    const path = await create()
    const [first] = Object.keys(order)
    const next = order[first!]!
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => studies.patch(path, { status: next[index % next.length] })),
    )
    const made = answers.filter(({ status }) => status === 200)
    // Withdrawn and cancelled may follow what the first change came to; nothing else may.
    expect(made.length).toBeGreaterThan(0)
    expect(made.length).toBeLessThanOrEqual(next.length)
    expect(new Set(made.map(({ body }) => body.status)).size).toBe(made.length)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(20 - made.length)
  })
})

describe('who takes part in which study', () => {
  const enrol = async (participant_id: string) => {
    await studies.patch(`/participants/${participant_id}`, { status: 'screening' })
    return studies.patch(`/participants/${participant_id}`, { status: 'enrolled' })
  }

  test('only active studies take enrolments, and closed ones no participants', async () => {
    const { id } = await studies.createStudy()
    const [first, second] = [
      (await studies.createParticipant({ study_id: id })).participant_id,
      (await studies.createParticipant({ study_id: id })).participant_id,
    ]
    const early = await enrol(first)
    expect([early.status, early.body.error.details.field]).toEqual([409, 'study_id'])
    await studies.patch(`/studies/${id}`, { status: 'active' })
    const enrolled = expectStatus(200, await enrol(first))
    expect(Date.now() - Date.parse(enrolled.enrolled_at)).toBeLessThan(10_000)
    await studies.patch(`/studies/${id}`, { status: 'closed' })
    expect((await enrol(second)).status).toBe(409)
    const late = await studies.ask('POST', '/participants', { study_id: id })
    expect([late.status, late.body.error.details.field]).toEqual([409, 'study_id'])
    const done = await studies.patch(`/participants/${first}`, { status: 'completed' })
    expect(expectStatus(200, done).enrolled_at).toBe(enrolled.enrolled_at)
  })

  test('who has withdrawn gets no sessions', async () => {
    const { id } = await studies.createStudy()
    const { participant_id } = await studies.createParticipant({ study_id: id })
    const battery = await studies.createBattery()
    await studies.patch(`/participants/${participant_id}`, { status: 'withdrawn' })
    const { status, body } = await studies.ask('POST', '/sessions', { participant_id, battery_id: battery.id })
    expect([status, body.error.details.field]).toEqual([409, 'participant_id'])
  })
})

describe('a session', () => {
  const create = async () => {
    const { id } = await studies.createStudy()
    const { participant_id } = await studies.createParticipant({ study_id: id })
    const battery = await studies.createBattery()
    return studies.createSession({ participant_id, battery_id: battery.id })
  }

  test('is told when it began and ended; what has not begun has no results', async () => {
    const path = `/sessions/${(await create()).session_id}`
    const early = await studies.patch(path, { results: { score: 1 } })
    expect([early.status, early.body.error.details.field]).toEqual([409, 'results'])
    const begun = expectStatus(200, await studies.patch(path, { status: 'in_progress', results: [1, { a: null }] }))
    expect(begun).toMatchObject({ started_at: expect.any(String), completed_at: null, results: [1, { a: null }] })
    const moved = await studies.patch(path, { scheduled_at: '2026-01-01T00:00:00Z' })
    expect([moved.status, moved.body.error.details.field]).toEqual([409, 'scheduled_at'])
    const ended = expectStatus(200, await studies.patch(path, { status: 'completed' }))
    expect(ended).toMatchObject({ started_at: begun.started_at, completed_at: expect.any(String) })
    expect(expectStatus(200, await studies.patch(path, { results: { score: 2 } })).results).toEqual({ score: 2 })
    expect(expectStatus(200, await studies.patch(path, { results: null })).results).toBe(null)
  })

  test.each([
    ['65 kB', { text: Array.from({ length: 66 }, () => 'x'.repeat(1000)) }],
    ['11 levels', JSON.parse(`${'{"a":'.repeat(11)}1${'}'.repeat(11)}`)],
    ['NUL', { text: 'nul \0' }],
    ['a number', 7],
  ])('refuses results of %s', async (_, results) => {
    const path = `/sessions/${(await create()).session_id}`
    const { status, body } = await studies.patch(path, { status: 'in_progress', results })
    expect([status, body.error.details.field]).toEqual([422, 'results'])
    expect((await studies.ask('GET', path)).body.status).toBe('scheduled')
  })
})

test('webhooks are told of an enrolment and of a completed session, once, and of nothing else', async () => {
  const receiver = await startReceiver()
  await endpointsOf(server).create(receiver.url, { events: ['participant.*', 'session.completed'] })
  const study = await studies.createActiveStudy()
  const { participant_id } = await studies.createParticipant({ study_id: study.id, email: 'a@example.org' })
  const battery = await studies.createBattery()
  const path = `/participants/${participant_id}`
  await studies.patch(path, { status: 'screening' })
  await Promise.all(Array.from({ length: 5 }, () => studies.patch(path, { status: 'enrolled' })))
  const { session_id } = await studies.createSession({ participant_id, battery_id: battery.id })
  await studies.patch(`/sessions/${session_id}`, { status: 'in_progress' })
  const done = { status: 'completed', results: { score: 3 } }
  await Promise.all(Array.from({ length: 5 }, () => studies.patch(`/sessions/${session_id}`, done)))
  const isAbout = (event: string) => (received: Received) => received.body.event === event
  const enrolled = await receiver.waitFor(isAbout('participant.enrolled'))
  expect(enrolled.body.data).toEqual((await studies.ask('GET', path)).body)
  const completed = await receiver.waitFor(isAbout('session.completed'))
  expect(completed.body.data).toEqual((await studies.ask('GET', `/sessions/${session_id}`)).body)
  expect(completed.body.data).toMatchObject({ session_id, participant_id, results: { score: 3 } })
  expect(receiver.received).toHaveLength(2)
  const { body } = await studies.ask('GET', '/../changes?type=session.*')
  expect(body.data.at(-1)).toMatchObject({
    type: 'session.completed',
    data: { session_id, participant_id, study_id: study.id },
  })
  await receiver.stop()
})

test('whoever is deleted while their sessions end is gone, and nothing meets a deadlock', async () => {
  const { id: study_id } = await studies.createStudy()
  const { id: battery_id } = await studies.createBattery()
  for (let round = 0; round < 3; round++) {
    const { participant_id, user_id } = await studies.createParticipant({ study_id })
    const paths: string[] = []
    for (let number = 0; number < 12; number++) {
      const { session_id } = await studies.createSession({ participant_id, study_id, battery_id })
      expectStatus(200, await studies.patch(`/sessions/${session_id}`, { status: 'in_progress' }))
      paths.push(`/sessions/${session_id}`)
    }
    const before = await countDeadlocks(server)
    const end = (path: string) => studies.patch(path, { status: 'completed' })
    const [deleted, ...ended] = await Promise.all([
      call(server, 'DELETE', `/user/${user_id}`, { key: server.keys.live }),
      ...paths.map(end),
      studies.patch(`/participants/${participant_id}?study_id=${study_id}`, { email: 'a@example.org' }),
    ])
    expect(deleted.status).toBe(200)
    expect(new Set(ended.map(({ status }) => status)).difference(new Set([200, 404]))).toEqual(new Set())
    expect((await countDeadlocks(server)) - before).toBe(0)
  }
})
