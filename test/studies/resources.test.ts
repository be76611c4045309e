import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '../support/server.ts'
import { expectStatus, newTenantKey, studiesOf } from '../support/studies.ts'

let server: TestServer
let studies: ReturnType<typeof studiesOf>

beforeAll(async () => {
  server = await startServer({ worker: false, environment: { RATE_LIMIT_STUDIES: '100000' } })
  studies = studiesOf(server)
})
afterAll(() => server.stop())

const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/)
const written = { created_at: instant, updated_at: instant }

test.each([
  ['POST', '/studies', { name: ' ' }, 'name'],
  ['PATCH', '/studies/1', { name: '\u00a0\n' }, 'name'],
  ['POST', '/batteries', { name: '\t' }, 'name'],
  ['POST', '/batteries', { name: 'x', tasks: [{ id: 'a', name: ' ', duration_seconds: 1 }] }, 'tasks.0.name'],
])('%s %s: a name of blanks alone is refused', async (method, path, json, field) => {
  const { status, body } = await studies.ask(method, path, json)
  expect([status, body.error.details]).toEqual([422, { field, reason: 'must not be blank' }])
})

test("a client's first requests: a study, a battery, a participant, a session", async () => {
  const key = await newTenantKey(server)
  const ask = async (status: number, method: string, path: string, json?: unknown) =>
    expectStatus(status, await studies.ask(method, path, json, { key }))
  const study = await ask(201, 'POST', '/studies', { name: 'Sleep', start_date: '2026-01-01' })
  expect(study).toEqual({
    id: 1,
    name: 'Sleep',
    status: 'draft',
    start_date: '2026-01-01',
    end_date: null,
    ...written,
  })
  const tasks = [{ id: 'nback', name: 'N-back', duration_seconds: 90 }]
  const battery = await ask(201, 'POST', '/batteries', { name: 'Memory', tasks })
  expect(battery).toEqual({ id: 'battery_1', name: 'Memory', tasks, ...written })
  const participant = await ask(201, 'POST', '/participants', { study_id: 1, email: 'a@example.org' })
  expect(participant).toEqual({
    participant_id: 'P001',
    study_id: 1,
    status: 'invited',
    email: 'a@example.org',
    enrolled_at: null,
    user_id: expect.any(String),
    ...written,
  })
  const session = await ask(201, 'POST', '/sessions', { participant_id: 'P001', battery_id: 'battery_1' })
  expect(session).toEqual({
    session_id: 'sess_1',
    participant_id: 'P001',
    study_id: 1,
    battery_id: 'battery_1',
    status: 'scheduled',
    scheduled_at: null,
    started_at: null,
    completed_at: null,
    results: null,
    ...written,
  })
  for (const [path, one] of [
    ['/studies/1', study],
    ['/batteries/battery_1', battery],
    ['/participants/P001', participant],
    ['/sessions/sess_1', session],
  ] as const) {
    expect(await ask(200, 'GET', path)).toEqual(one)
    expect(await ask(200, 'GET', `/v1${path}`)).toEqual(one)
    const { data, pagination } = await ask(200, 'GET', path.slice(0, path.lastIndexOf('/')))
    expect([data, pagination.total]).toEqual([[one], 1])
  }
})

test('what is changed is changed, and nothing else', async () => {
  const { id } = await studies.createStudy({ start_date: '2026-01-01' })
  const change = { name: 'Other', end_date: '2026-02-01' }
  expect(expectStatus(200, await studies.patch(`/studies/${id}`, change))).toMatchObject({
    ...change,
    start_date: '2026-01-01',
    status: 'draft',
  })
  const battery = await studies.createBattery({ tasks: [{ id: 'a', name: 'A', duration_seconds: 1 }] })
  const tasks = [{ id: 'b', name: 'B', duration_seconds: 0 }]
  expect(expectStatus(200, await studies.patch(`/batteries/${battery.id}`, { tasks }))).toMatchObject({
    id: battery.id,
    name: 'Attention',
    tasks,
  })
  const { participant_id } = await studies.createParticipant({ study_id: id })
  const { session_id } = await studies.createSession({ participant_id, battery_id: battery.id })
  const at = '2026-01-05T10:00:00+02:00'
  const moved = expectStatus(200, await studies.patch(`/sessions/${session_id}`, { scheduled_at: at }))
  expect(moved).toMatchObject({ scheduled_at: '2026-01-05T08:00:00.000Z', battery_id: battery.id })
})

test.each([
  ['/studies', { name: 'x', start_date: '2026-02-30' }, 'start_date'],
  ['/studies', { name: 'x', start_date: '2026-02-02', end_date: '2026-02-01' }, 'end_date'],
  ['/studies', { name: '' }, 'name'],
  ['/studies', { name: 'nul \0' }, 'name'],
  ['/studies', { name: 'x'.repeat(201) }, 'name'],
  ['/studies', { name: 'x', status: 'active' }, 'status'],
  ['/studies', { name: 'x', id: 7 }, 'id'],
  ['/batteries', { name: 'x', tasks: Array.from({ length: 101 }, (_, i) => task(String(i))) }, 'tasks'],
  ['/batteries', { name: 'x', tasks: [task('a'), task('a')] }, 'tasks'],
  ['/batteries', { name: 'x', tasks: [{ ...task('a'), duration_seconds: -1 }] }, 'tasks.0.duration_seconds'],
  ['/participants', { study_id: 1, email: 'nobody' }, 'email'],
  ['/participants', { study_id: '1' }, 'study_id'],
  ['/participants', { study_id: 1, participant_id: 'a b' }, 'participant_id'],
  ['/participants', { study_id: 1, status: 'enrolled' }, 'status'],
  ['/participants', { study_id: 1, user_id: 'me' }, 'user_id'],
  ['/sessions', { participant_id: 'P001', battery_id: '1' }, 'battery_id'],
  ['/sessions', { participant_id: 'P001', battery_id: 'battery_2147483648' }, 'battery_id'],
  ['/sessions', { participant_id: 'P001', battery_id: 'battery_1', scheduled_at: '2026-01-01' }, 'scheduled_at'],
])('POST %s with %j is 422 and names %s', async (path, json, field) => {
  const { status, body } = await studies.ask('POST', path, json)
  expect([status, body.error.code, body.error.details.field]).toEqual([422, 'VALIDATION_ERROR', field])
})

test('the words of the contract for an email address', async () => {
  const { body } = await studies.ask('POST', '/participants', { study_id: 1, email: 'nobody' })
  expect(body.error.details).toEqual({ field: 'email', reason: 'Invalid email format' })
})

test('a window that a change would turn round is 422', async () => {
  const { id } = await studies.createStudy({ start_date: '2026-02-01' })
  const { status, body } = await studies.patch(`/studies/${id}`, { end_date: '2026-01-31' })
  expect([status, body.error.details.field]).toEqual([422, 'end_date'])
})

function task(id: string) {
  return { id, name: 'Task', duration_seconds: 1 }
}

describe('lists', () => {
  let key: string
  const list = async (query: string) => expectStatus(200, await studies.ask('GET', query, undefined, { key }))
  const idsOf = async (query: string) => (await list(query)).data.map((one: any) => Object.values(one)[0])

  beforeAll(async () => {
    key = await newTenantKey(server)
    const { createStudy, createBattery, createParticipant, createSession, ask } = studies
    await createStudy({ name: 'B', start_date: '2026-01-10', end_date: '2026-01-20' }, key)
    await createStudy({ name: 'A', start_date: '2026-02-01' }, key)
    await createStudy({ name: 'C' }, key)
    await ask('PATCH', '/studies/1', { status: 'active' }, { key })
    for (const name of ['b', 'a']) await createBattery({ name }, key)
    for (const study_id of [1, 2, 1]) await createParticipant({ study_id }, key)
    for (const status of ['screening', 'enrolled']) await ask('PATCH', '/participants/P003', { status }, { key })
    for (const [participant_id, battery_id, scheduled_at] of [
      ['P001', 'battery_1', '2026-01-05T23:59:59.999Z'],
      ['P003', 'battery_2', '2026-01-04T00:00:00Z'],
      ['P002', 'battery_1', null],
    ]) {
      await createSession({ participant_id, battery_id, scheduled_at }, key)
    }
    await ask('PATCH', '/sessions/sess_3', { status: 'cancelled' }, { key })
  })

  test.each([
    ['/studies', [1, 2, 3]],
    ['/studies?order=desc', [3, 2, 1]],
    ['/studies?sort=name', [2, 1, 3]],
    ['/studies?sort=start_date', [1, 2, 3]],
    ['/studies?sort=end_date&order=desc', [3, 2, 1]],
    ['/studies?status=active', [1]],
    ['/studies?start_date=2026-01-20&end_date=2026-01-31', [1, 3]],
    ['/studies?start_date=2026-01-21&end_date=2026-01-31', [3]],
    ['/studies?start_date=2026-01-21', [2, 3]],
    ['/studies?end_date=2026-01-10', [1, 3]],
    ['/studies?per_page=2&page=2', [3]],
    ['/batteries?sort=name', ['battery_2', 'battery_1']],
    ['/batteries?start_date=2100-01-01'.replace('2100', '2099'), []],
    ['/batteries?end_date=2099-01-01', ['battery_1', 'battery_2']],
    ['/participants', ['P001', 'P002', 'P003']],
    ['/participants?study_id=1', ['P001', 'P003']],
    ['/participants?study_id=1&status=enrolled', ['P003']],
    ['/participants?status=invited&sort=participant_id&order=desc', ['P002', 'P001']],
    ['/participants?sort=study_id', ['P001', 'P003', 'P002']],
    ['/participants?end_date=2099-01-01', ['P003']],
    ['/participants?study_id=2147483647', []],
    ['/sessions', ['sess_1', 'sess_2', 'sess_3']],
    ['/sessions?sort=scheduled_at', ['sess_2', 'sess_1', 'sess_3']],
    ['/sessions?participant_id=P001', ['sess_1']],
    ['/sessions?battery_id=battery_1', ['sess_1', 'sess_3']],
    ['/sessions?study_id=1&sort=session_id&order=desc', ['sess_2', 'sess_1']],
    ['/sessions?status=cancelled', ['sess_3']],
    ['/sessions?start_date=2026-01-04&end_date=2026-01-05', ['sess_1', 'sess_2']],
    ['/sessions?start_date=2026-01-04&end_date=2026-01-04', ['sess_2']],
    ['/sessions?start_date=2026-01-05', ['sess_1']],
  ])('%s', async (query, expected) => {
    expect(await idsOf(query)).toEqual(expected)
  })

  test('every sort of every list can be asked for, in both orders', async () => {
    const { paths } = (await studies.ask('GET', '/../openapi.json')).body
    for (const resource of ['studies', 'batteries', 'participants', 'sessions']) {
      const { parameters } = paths[`/api/${resource}`].get
      const { schema } = parameters.find(({ name }: any) => name === 'sort')
      expect(schema.enum.length).toBeGreaterThan(1)
      const whole = await idsOf(`/${resource}`)
      for (const sort of schema.enum) {
        for (const order of ['asc', 'desc']) {
          const sorted = await idsOf(`/${resource}?sort=${sort}&order=${order}`)
          expect([sort, sorted.toSorted()]).toEqual([sort, whole.toSorted()])
        }
      }
    }
  })

  test('`fields` chooses, in lists and of one', async () => {
    expect((await list('/studies?fields=id,status&per_page=1')).data).toEqual([{ id: 1, status: 'active' }])
    expect(await list('/participants/P003?fields=participant_id,study_id')).toEqual({
      participant_id: 'P003',
      study_id: 1,
    })
  })
})

describe('what cannot be deleted', () => {
  test('a study with participants, a battery with sessions: 409; without, they are gone', async () => {
    const { id } = await studies.createStudy()
    const battery = await studies.createBattery()
    const { participant_id } = await studies.createParticipant({ study_id: id })
    const { session_id } = await studies.createSession({ participant_id, battery_id: battery.id })
    const remove = async (path: string) => (await studies.ask('DELETE', path)).status
    expect(await remove(`/studies/${id}`)).toBe(409)
    expect(await remove(`/batteries/${battery.id}`)).toBe(409)
    expect(await remove(`/sessions/${session_id}`)).toBe(204)
    expect(await remove(`/sessions/${session_id}`)).toBe(404)
    expect(await remove(`/batteries/${battery.id}`)).toBe(204)
    expect(await remove(`/participants/${participant_id}`)).toBe(204)
    expect(await remove(`/studies/${id}`)).toBe(204)
    expect((await studies.ask('GET', `/studies/${id}`)).status).toBe(404)
  })
})
