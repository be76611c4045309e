import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call } from '../support/api.ts'
import { askCare, type CareClient, connectCare, createGroup, createPatient } from '../support/care.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let care: CareClient
let group: string
/** Ids of definitions: of everybody, in two categories; of women alone. */
let sleep: string
let mood: string
let women: string

beforeAll(async () => {
  server = await startServer({ worker: false })
  care = await connectCare(server)
  group = await createGroup(care, 'Prevention')
  sleep = await define('lifestyle_behaviors')
  mood = await define('mental_wellbeing')
  women = await define('lifestyle_behaviors', [{ property: 'gender', shouldBeEqual: true, value: 'female' }])
})
afterAll(() => server.stop())

const operate = (method: string, path: string, body: unknown) => askCare(server, server.keys.live, method, path, body)

async function define(category: string, requirements: object[] = []): Promise<string> {
  const attributes = { category, text: 'How?', format: { type: 'choice' }, requirements }
  const { body } = await operate('POST', '/health_question_definition', {
    data: { type: 'health_question_definition', attributes },
  })
  return body.data.id
}

const type = 'health_profile_answer'
const answer = (patient: string, question_id: string, latest: object = { value: '1' }) =>
  operate('POST', `/${type}`, {
    data: {
      type,
      attributes: { question_id, latest },
      relationships: { patient: { data: { type: 'patient', id: patient } } },
    },
  })
const answerAnew = (id: string, attributes: object, relationships: object = {}) =>
  operate('PATCH', `/${type}/${id}`, { data: { type, id, attributes, relationships } })
const get = (path: string) => care.ask('GET', path)
const idsOf = (data: { id: string }[]) => data.map(({ id }) => id)
const definitionsOf = (data: any[]) => data.map(({ relationships }) => relationships.question_definition.data.id)

const statsOf = (lifestyle: number[], mental: number[]) => {
  const preventative = [0, 0]
  const overall = lifestyle.map((count, i) => count + mental[i]!)
  return Object.entries({
    lifestyle_behaviors: lifestyle,
    mental_wellbeing: mental,
    preventative_care: preventative,
    overall,
  }).map(([category, [answered, total]]) => ({ category, answered, total }))
}

test('a token of another group does not learn from an id whom a question is asked', async () => {
  const outside = await connectCare(server, { groups: [await createGroup(care, 'Others')] })
  const questionOf = async (patient: string) => {
    const { body } = await get(`/health_profile_question?filter[patient]=${patient}`)
    return body.data.find((each: any) => definitionsOf([each])[0] === women)?.id
  }
  const [woman, man] = [await createPatient(care, [group], { gender: 'female' }), await createPatient(care, [group])]
  const asked: string = await questionOf(woman)
  const number = (id: string) => BigInt(`0x${id}`)
  const notAsked = (number(asked) ^ number(woman) ^ number(man)).toString(16).padStart(32, '0')
  const statusOf = async (id: string) => (await outside.ask('GET', `/health_profile_question/${id}`)).status
  expect([await statusOf(asked), await statusOf(notAsked)]).toEqual([403, 403])
  expect((await get(`/health_profile_question/${notAsked}`)).status).toBe(404)
})

describe('a profile', () => {
  test('is there with its patient, and counts questions and answers', async () => {
    const patient = await createPatient(care, [group], { gender: 'female' })
    const profile = async () => {
      const { body } = await get(`/health_profile?filter[patient]=${patient}`)
      expect(body.meta.count).toBe(1)
      const [found] = body.data
      expect((await get(`/health_profile/${found.id}`)).body.data).toEqual(found)
      return found
    }
    const before = await profile()
    const question = { type: 'health_profile_question', id: expect.any(String) }
    expect(before).toEqual({
      type: 'health_profile',
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      attributes: { stats: statsOf([0, 2], [0, 1]), created_at: expect.any(String), updated_at: expect.any(String) },
      relationships: {
        patient: { data: { type: 'patient', id: patient } },
        questions: { data: [question, question, question] },
      },
      links: { self: `/pub/health_profile/${before.id}` },
    })
    await answer(patient, sleep)
    await answer(patient, mood)
    const after = await profile()
    expect(after.attributes.stats).toEqual(statsOf([1, 2], [1, 1]))
    expect(after.attributes.updated_at > before.attributes.updated_at).toBe(true)
    expect(after.relationships).toEqual(before.relationships)
  })

  test('is there of a user of the Devices API too, and goes with them', async () => {
    const { userId } = (await call(server, 'POST', '/user?appUserId=abc', { key: server.keys.live })).body
    const [profile] = (await get(`/health_profile?filter[patient]=${userId}`)).body.data
    expect(profile.attributes.stats).toEqual(statsOf([0, 1], [0, 1]))
    const given = (await answer(userId, sleep)).body.data.id
    const question = profile.relationships.questions.data[0].id
    const paths = [`/health_profile/${profile.id}`, `/health_profile_question/${question}`, `/${type}/${given}`]
    const statuses = () => Promise.all(paths.map(async (path) => (await get(path)).status))
    expect(await statuses()).toEqual([200, 200, 200])
    await call(server, 'DELETE', `/user/${userId}`, { key: server.keys.live })
    expect(await statuses()).toEqual([404, 404, 404])
  })

  test('includes its patient and questions, also in a list', async () => {
    const own = await createGroup(care, 'Included')
    const patients = [await createPatient(care, [own]), await createPatient(care, [own])]
    const { body } = await get(`/health_profile?filter[groups]=${own}&include=patient,questions`)
    const questions = body.data.flatMap(({ relationships }: any) => relationships.questions.data)
    const expected = [...patients.map((id) => ({ type: 'patient', id })), ...questions]
    const found = body.included.map((each: any) => ({ type: each.type, id: each.id }))
    expect(found).toHaveLength(6)
    expect(found).toEqual(expect.arrayContaining(expected))
    const one = await get(`/health_profile/${body.data[0].id}?include=questions`)
    expect(idsOf(one.body.included)).toEqual(expect.arrayContaining(idsOf(one.body.data.relationships.questions.data)))
  })
})

describe('a question', () => {
  test('relates the answer to the definition, and keeps its id', async () => {
    const patient = await createPatient(care, [group])
    const path = `/health_profile_question?filter[patient]=${patient}`
    const find = async () => {
      const { body } = await get(`${path}&include=answer,question_definition`)
      return { ...body, found: body.data.find((each: any) => definitionsOf([each])[0] === sleep) }
    }
    const before = await find()
    expect([before.meta.count, before.found.relationships.answer]).toEqual([2, undefined])
    expect(idsOf(before.included).toSorted()).toEqual([sleep, mood].toSorted())
    const given = (await answer(patient, sleep)).body.data
    const { found, included } = await find()
    expect(found).toEqual({
      type: 'health_profile_question',
      id: before.found.id,
      attributes: {},
      relationships: {
        answer: { data: { type, id: given.id } },
        question_definition: { data: { type: 'health_question_definition', id: sleep } },
        profile: { data: { type: 'health_profile', id: expect.any(String) } },
      },
      links: { self: `/pub/health_profile_question/${found.id}` },
    })
    expect(included).toContainEqual(given)
    const fetched = await get(`/health_profile_question/${found.id}?include=answer`)
    expect([fetched.body.data, fetched.body.included]).toEqual([found, [given]])
    const profile = await get(`/health_profile/${found.relationships.profile.data.id}`)
    expect(idsOf(profile.body.data.relationships.questions.data)).toContain(found.id)
  })

  test('that is no more asked is none, and its answer is kept', async () => {
    const patient = await createPatient(care, [group], { gender: 'female' })
    const listed = (await get(`/health_profile_question?filter[patient]=${patient}`)).body.data
    const question = listed.find((each: any) => definitionsOf([each])[0] === women).id
    const given = (await answer(patient, women)).body.data
    const change = (gender: string) =>
      care.ask('PATCH', `/patient/${patient}`, { data: { type: 'patient', id: patient, attributes: { gender } } })
    await change('male')
    expect((await get(`/health_profile_question/${question}`)).status).toBe(404)
    const [profile] = (await get(`/health_profile?filter[patient]=${patient}`)).body.data
    expect(profile.attributes.stats).toEqual(statsOf([0, 1], [0, 1]))
    expect((await get(`/${type}/${given.id}`)).body.data).toEqual(given)
    await change('female')
    const { body } = await get(`/health_profile_question/${question}`)
    expect(body.data.relationships.answer.data.id).toBe(given.id)
  })

  test('is listed once over all pages, in whatever way they are asked for', async () => {
    const own = await createGroup(care, 'Paged')
    const inside = await connectCare(server, { groups: [own] })
    for (let i = 0; i < 5; i++) await createPatient(care, [own], i % 2 === 0 ? { gender: 'female' } : {})
    const path = `/health_profile_question?filter[groups]=${own}`
    for (const client of [care, inside]) {
      const all = (await client.ask('GET', path)).body
      expect([all.meta.count, new Set(idsOf(all.data)).size]).toEqual([13, 13])
      const seen: string[] = []
      let next: string | undefined = `/pub${path}&page[limit]=2`
      while (next !== undefined) {
        const { body } = await client.ask('GET', next.slice('/pub'.length))
        seen.push(...idsOf(body.data))
        next = body.links.next
      }
      expect(seen).toEqual(idsOf(all.data))
      expect(idsOf((await client.ask('GET', `${path}&page[number]=3&page[size]=5`)).body.data)).toEqual(seen.slice(10))
    }
  })

  test('of nobody is not there', async () => {
    for (const id of ['0'.repeat(32), sleep, 'x']) {
      expect((await get(`/health_profile_question/${id}`)).status).toBe(404)
    }
  })
})

describe('an answer', () => {
  const at = (day: number) => `2017-10-0${day}T12:45:16.720Z`

  test("is the patient's, given now, where nothing else is said; what it was before is its history", async () => {
    const patient = await createPatient(care, [group])
    const { status, body } = await answer(patient, sleep, { value: '2', answered_at: '2017-10-01T14:45:16.72+02:00' })
    const { id } = body.data
    const [first, third] = [
      { value: '2', answered_at: at(1), _created_by: patient },
      { value: '3', answered_at: at(3), _created_by: patient },
    ]
    const written = { created_at: expect.any(String), updated_at: expect.any(String) }
    expect([status, body.data]).toEqual([
      201,
      {
        type,
        id,
        attributes: { question_id: sleep, latest: first, history: [], ...written },
        relationships: { patient: { data: { type: 'patient', id: patient } } },
        links: { self: `/pub/${type}/${id}` },
      },
    ])
    const group2 = await createGroup(care, 'Coaches')
    const coach = await operate('POST', '/coach', {
      data: { type: 'coach', relationships: { groups: { data: [{ type: 'group', id: group2 }] } } },
    })
    const second = { value: '1', answered_at: at(2), _created_by: coach.body.data.id }
    await answerAnew(id, { latest: second, history: [] })
    const last = await answerAnew(id, { latest: { value: '3', answered_at: at(3) }, question_id: sleep })
    expect(last.body.data.attributes).toEqual({
      question_id: sleep,
      latest: third,
      history: [second, first],
      ...written,
    })
    // Sent again, it is no other answer.
    expect((await answerAnew(id, { latest: third })).body.data.attributes.history).toEqual([second, first])
    const now = await answerAnew(id, { latest: { value: '3' } })
    expect(now.body.data.attributes.history).toEqual([third, second, first])
    expect(Math.abs(Date.parse(now.body.data.attributes.latest.answered_at) - Date.now())).toBeLessThan(60_000)
    expect((await answerAnew(id, {})).body.data.attributes).toEqual({ ...now.body.data.attributes, ...written })
    expect((await get(`/${type}/${id}?include=patient`)).body.included[0].id).toBe(patient)
  })

  test('is one of a patient and a definition, and none is lost, also when several come at once', async () => {
    const patient = await createPatient(care, [group])
    const created = await Promise.all(Array.from({ length: 8 }, () => answer(patient, sleep)))
    expect(created.map(({ status }) => status).toSorted()).toEqual([201, ...Array(7).fill(409)])
    const refused = created.find(({ status }) => status === 409)!.body.errors[0]
    expect(refused.source.pointer).toBe('/data/attributes/question_id')
    const { id } = created.find(({ status }) => status === 201)!.body.data
    const values = Array.from({ length: 8 }, (_, i) => `at once ${i}`)
    await Promise.all(values.map((value) => answerAnew(id, { latest: { value } })))
    const { latest, history } = (await get(`/${type}/${id}`)).body.data.attributes
    expect([latest, ...history].map(({ value }: any) => value).toSorted()).toEqual(['1', ...values])
    expect(history.at(-1).value).toBe('1')
  })

  test('of another question, patient or person is refused, and the place named', async () => {
    const [patient, other] = [await createPatient(care, [group]), await createPatient(care, [group])]
    const { id } = (await answer(patient, sleep)).body.data
    const latest = { value: '1' }
    const place = ({ status, body }: Awaited<ReturnType<typeof answer>>) => [status, body.errors[0].source.pointer]
    const attribute = (name: string) => `/data/attributes/${name}`
    expect(place(await answer(patient, '0'.repeat(32)))).toEqual([404, attribute('question_id')])
    expect(place(await answer(patient, '4'))).toEqual([404, attribute('question_id')])
    expect(place(await answer('0'.repeat(32), mood))).toEqual([404, '/data/relationships/patient/data'])
    expect(place(await answerAnew(id, { question_id: mood }))).toEqual([409, attribute('question_id')])
    const related = { patient: { data: { type: 'patient', id: other } } }
    expect(place(await answerAnew(id, {}, related))).toEqual([409, '/data/relationships/patient'])
    for (const person of [other, 'x']) {
      const by = attribute('latest/_created_by')
      expect(place(await answer(patient, mood, { ...latest, _created_by: person }))).toEqual([404, by])
    }
    const value = attribute('latest/value')
    expect(place(await answer(patient, mood, { value: '' }))).toEqual([409, value])
    expect(place(await answer(patient, mood, { value: 1 }))).toEqual([409, value])
    expect(place(await answer(patient, mood, { value: 'x'.repeat(1001) }))).toEqual([409, value])
    expect(place(await answerAnew(id, { latest: null }))).toEqual([409, attribute('latest')])
    const when = { ...latest, answered_at: 'today' }
    expect(place(await answer(patient, mood, when))).toEqual([409, attribute('latest/answered_at')])
    await server.context.pool.query(
      `update health_profile_answer set history = (select jsonb_agg(n) from generate_series(1, 10000) n)
       where id = $1`,
      [id],
    )
    expect(place(await answerAnew(id, { latest }))).toEqual([409, attribute('latest')])
  })

  test('is listed by patient, groups or organization, one of which is needed', async () => {
    const own = await createGroup(care, 'Listed')
    const patient = await createPatient(care, [own])
    const given = (await answer(patient, mood)).body.data
    for (const filter of [`filter[patient]=${patient}`, `filter[groups]=${own}`]) {
      const { body } = await get(`/${type}?${filter}&include=patient`)
      expect([body.meta.count, body.data, idsOf(body.included)]).toEqual([1, [given], [patient]])
    }
    const all = await get(`/${type}?filter[organization]=${care.organization}`)
    expect(idsOf(all.body.data)).toContain(given.id)
    for (const path of [type, 'health_profile', 'health_profile_question']) {
      const { status, body } = await get(`/${path}`)
      expect([status, body.errors[0].source]).toEqual([409, { parameter: 'filter[patient]' }])
    }
  })
})
