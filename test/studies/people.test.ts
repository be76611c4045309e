import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call, createUserWithToken, send, sendAny, stepSamples } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { expectStatus, newTenantKey, studiesOf } from '../support/studies.ts'

let server: TestServer
let studies: ReturnType<typeof studiesOf>
const NOW = new Date('2026-03-10T12:00:00Z')

beforeAll(async () => {
  server = await startServer({ worker: false, environment: { RATE_LIMIT_STUDIES: '100000' }, now: () => NOW })
  studies = studiesOf(server)
})
afterAll(() => server.stop())

describe('ids', () => {
  test('of twenty created at once no two are the same; another account begins at 1', async () => {
    const [key, other] = [await newTenantKey(server), await newTenantKey(server)]
    const twenty = <Made>(make: () => Promise<Made>) => Promise.all(Array.from({ length: 20 }, make))
    const made = await twenty(() => studies.createStudy({}, key))
    expect(made.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
    const people = await twenty(() => studies.createParticipant({ study_id: 1 }, key))
    const ids = people.map(({ participant_id }) => participant_id)
    expect(ids.toSorted()).toEqual(Array.from({ length: 20 }, (_, i) => `P${String(i + 1).padStart(3, '0')}`))
    await studies.createStudy({}, other)
    expect((await studies.createParticipant({ study_id: 1 }, other)).participant_id).toBe('P001')
    expect((await studies.createBattery({}, other)).id).toBe('battery_1')
  })

  test('what the server gives is nobody’s in the account, also where somebody sent it first', async () => {
    const key = await newTenantKey(server)
    for (let i = 0; i < 2; i++) await studies.createStudy({}, key)
    await studies.createParticipant({ study_id: 1, participant_id: 'P002' }, key)
    const given = async (study_id: number) => (await studies.createParticipant({ study_id }, key)).participant_id
    expect([await given(2), await given(2), await given(1)]).toEqual(['P001', 'P003', 'P004'])
    await server.context.pool.query(`update study_counter set last = 999 where kind = 'participant' and last = 4`)
    expect(await given(1)).toBe('P1000')
  })

  test('what was sent is unique in its study; where two studies have it, study_id says which', async () => {
    const key = await newTenantKey(server)
    for (let i = 0; i < 2; i++) await studies.createStudy({}, key)
    await studies.createBattery({}, key)
    const ask = (method: string, path: string, json?: unknown) => studies.ask(method, path, json, { key })
    const people = [1, 2].map((study_id) => ({ study_id, participant_id: 'alice' }))
    for (const one of people) await studies.createParticipant(one, key)
    const again = await ask('POST', '/participants', people[0])
    expect([again.status, again.body.error.details.field]).toEqual([409, 'participant_id'])
    const requests: [string, string, unknown?][] = [
      ['GET', '/participants/alice'],
      ['PATCH', '/participants/alice', { status: 'screening' }],
      ['GET', '/participants/alice/days?start_date=2026-01-01'],
      ['DELETE', '/participants/alice'],
      ['POST', '/sessions', { participant_id: 'alice', battery_id: 'battery_1' }],
    ]
    for (const [method, path, json] of requests) {
      const { status, body } = await ask(method, path, json)
      expect([method, path, status, body.error.details.field]).toEqual([method, path, 409, 'study_id'])
    }
    const session = { participant_id: 'alice', battery_id: 'battery_1', study_id: 2 }
    expect((await studies.createSession(session, key)).study_id).toBe(2)
    expect((await ask('PATCH', '/participants/alice?study_id=1', { status: 'screening' })).body.study_id).toBe(1)
    expect((await ask('GET', '/participants/alice?study_id=2')).body).toMatchObject({ study_id: 2, status: 'invited' })
    expect((await ask('GET', '/participants/alice?study_id=3')).status).toBe(404)
    expect((await ask('DELETE', '/participants/alice?study_id=1')).status).toBe(204)
    expect((await ask('GET', '/participants/alice')).body.study_id).toBe(2)
  })
})

describe('a participant is a user', () => {
  test('of the Devices API, whichever API created them; once in a study', async () => {
    const { userId } = await createUserWithToken(server)
    const [one, other] = [await studies.createStudy(), await studies.createStudy()]
    const participant = await studies.createParticipant({ study_id: one.id, user_id: userId, email: 'a@example.org' })
    expect(participant.user_id).toBe(userId)
    const twice = await studies.ask('POST', '/participants', { study_id: one.id, user_id: userId })
    expect([twice.status, twice.body.error.details.field]).toEqual([409, 'user_id'])
    expect((await studies.createParticipant({ study_id: other.id, user_id: userId })).email).toBe('a@example.org')
    const made = await studies.createParticipant({ study_id: one.id })
    const { body } = await call(server, 'GET', '/user', { key: server.keys.live })
    const users = body.connectedUsers.map((user: any) => user.metriportUserId)
    expect(users).toContain(made.user_id)
    const all = expectStatus(200, await studies.ask('GET', `/participants?user_id=${userId}`))
    expect(all.pagination.total).toBe(2)
  })

  test('of five who add the same user at once, one does', async () => {
    const { userId } = await createUserWithToken(server)
    const { id } = await studies.createStudy()
    const json = { study_id: id, user_id: userId }
    const answers = await Promise.all(Array.from({ length: 5 }, () => studies.ask('POST', '/participants', json)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409])
  })

  test('a user who is refused leaves nobody behind', async () => {
    const count = () => server.context.prisma.user.count()
    const { id } = await studies.createStudy()
    await studies.createParticipant({ study_id: id, participant_id: 'taken' })
    const before = await count()
    expect((await studies.ask('POST', '/participants', { study_id: id, participant_id: 'taken' })).status).toBe(409)
    expect(await count()).toBe(before)
  })

  test('deleting the user deletes participants and sessions; deleting a participant leaves the user', async () => {
    const { userId } = await createUserWithToken(server)
    const battery = await studies.createBattery()
    const sessions: string[] = []
    const people: string[] = []
    for (let i = 0; i < 2; i++) {
      const { id } = await studies.createStudy()
      const { participant_id } = await studies.createParticipant({ study_id: id, user_id: userId })
      people.push(participant_id)
      sessions.push((await studies.createSession({ participant_id, battery_id: battery.id })).session_id)
    }
    const stays = await studies.createParticipant({ study_id: (await studies.createStudy()).id })
    const status = async (path: string) => (await studies.ask('GET', path)).status
    expect((await studies.ask('DELETE', `/participants/${people[0]}`)).status).toBe(204)
    expect(await status(`/sessions/${sessions[0]}`)).toBe(404)
    expect(await status(`/../user/${userId}/connected-providers`)).toBe(200)
    expect(await status(`/sessions/${sessions[1]}`)).toBe(200)
    await call(server, 'DELETE', `/user/${userId}`, { key: server.keys.live })
    expect(await status(`/participants/${people[1]}`)).toBe(404)
    expect(await status(`/sessions/${sessions[1]}`)).toBe(404)
    expect(await status(`/participants/${stays.participant_id}`)).toBe(200)
  })

  test('what belongs to another account does not exist, also in bodies', async () => {
    const key = await newTenantKey(server)
    const { userId } = await createUserWithToken(server)
    const own = await studies.createStudy()
    const theirs = await studies.createStudy({}, key)
    const participant = await studies.createParticipant({ study_id: own.id, participant_id: 'only-ours' })
    await studies.createParticipant({ study_id: theirs.id, participant_id: 'theirs' }, key)
    const battery = await studies.createBattery({}, key)
    for (const [path, json, field] of [
      ['/participants', { study_id: 999 }, 'study_id'],
      ['/participants', { study_id: theirs.id, user_id: userId }, 'user_id'],
      ['/sessions', { participant_id: participant.participant_id, battery_id: battery.id }, 'participant_id'],
      ['/sessions', { participant_id: 'theirs', battery_id: 'battery_999' }, 'battery_id'],
    ] as const) {
      const { status, body } = await studies.ask('POST', path, json, { key })
      expect([path, status, body.error.details.field]).toEqual([path, 404, field])
    }
  })
})

describe('GET /participants/:id/days', () => {
  let participant: string
  let study: any
  const days = async (query: string, status = 200) =>
    expectStatus(status, await studies.ask('GET', `/participants/${participant}/days${query}`))
  const datesOf = ({ data }: any) => data.map(({ date }: any) => date)

  beforeAll(async () => {
    const { userId, token } = await createUserWithToken(server)
    for (const [day, value] of [
      ['2026-03-01', 1],
      ['2026-03-02', 2],
      ['2026-03-05', 5],
    ] as const) {
      await send(server, token, 'steps', stepSamples(`${day}T10:00:00Z`, 3, value))
    }
    const night = { device_name: 'Watch', start_date: '2026-03-01T22:00:00Z', end_date: '2026-03-02T05:00:00Z' }
    await sendAny(server, token, 'sleep', [{ ...night, kind: 'deep' }])
    study = await studies.createStudy({ start_date: '2026-03-02', end_date: '2026-03-04' })
    participant = (await studies.createParticipant({ study_id: study.id, user_id: userId })).participant_id
  })

  test('are those of the window, both ends included, with what the Devices API answers', async () => {
    const page = await days('?start_date=2026-03-01&end_date=2026-03-05')
    expect(datesOf(page)).toEqual(['2026-03-02', '2026-03-03', '2026-03-04'])
    const [first, second] = page.data
    expect(first.activity).toEqual([
      { metadata: { date: '2026-03-02', source: 'apple' }, summary: { movement: { steps_count: 6 } } },
    ])
    expect(first.sleep[0].durations.total_seconds).toBe(7 * 3600)
    expect(second).toEqual({ date: '2026-03-03', activity: [], biometrics: [], body: [], nutrition: [], sleep: [] })
    expect(page).toEqual(await days(''))
    expect(page.pagination).toMatchObject({ total: 3, total_pages: 1 })
  })

  test.each([
    ['?end_date=2026-03-02', ['2026-03-02']],
    ['?start_date=2026-03-04', ['2026-03-04']],
    ['?start_date=2026-03-05', []],
    ['?end_date=2026-03-01', []],
    ['?order=desc&per_page=2', ['2026-03-04', '2026-03-03']],
    ['?per_page=2&page=2', ['2026-03-04']],
    ['?per_page=2&page=3', []],
  ])('%s', async (query, expected) => {
    expect(datesOf(await days(query))).toEqual(expected)
  })

  test('`fields` chooses shapes; `timezone_id` says whose days they are', async () => {
    expect((await days('?fields=date,sleep&per_page=1')).data).toEqual([
      { date: '2026-03-02', sleep: [expect.any(Object)] },
    ])
    const { data } = await days('?timezone_id=Pacific/Kiritimati')
    expect(data[0].activity[0].summary.movement.steps_count).toBe(3)
  })

  test('an open window ends today, and has to be begun by the request', async () => {
    await studies.patch(`/studies/${study.id}`, { start_date: null, end_date: null })
    const { body, status } = await studies.ask('GET', `/participants/${participant}/days`)
    expect([status, body.error.details.field]).toEqual([422, 'start_date'])
    const page = await days('?start_date=2025-01-01&per_page=100&order=desc')
    expect(page.pagination.total).toBe(434)
    expect([page.data.length, page.data[0].date, page.data[5].activity.length]).toEqual([100, '2026-03-10', 1])
  })
})
