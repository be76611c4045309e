import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toWireId } from '../../src/care/ids.ts'
import { bpmSamples, call, createUserWithToken, send, sendAny, stepSamples } from '../support/api.ts'
import { type CareClient, connectCare, createGroup, createPatient } from '../support/care.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let care: CareClient
let group: string

beforeAll(async () => {
  server = await startServer({ worker: false })
  care = await connectCare(server)
  group = await createGroup(care, 'Ours')
})
afterAll(() => server.stop())

/** A user of an app, with a phone; `patient` is the same person. */
async function wearer() {
  const { userId, token } = await createUserWithToken(server)
  return { userId, token, patient: toWireId(userId) }
}

async function resultsOf(patient: string, more = ''): Promise<any[]> {
  const { status, body } = await care.ask('GET', `/result?filter[patient]=${patient}${more}`)
  expect([status, body.meta?.count]).toEqual([200, body.data?.length])
  return body.data.toSorted((a: any, b: any) => (a.attributes.occurred_at < b.attributes.occurred_at ? -1 : 1))
}

const createMetric = async (patient: string, attributes: object) => {
  const data = {
    type: 'patient_health_metric',
    attributes,
    relationships: { patient: { data: { type: 'patient', id: patient } } },
  }
  const { body } = await care.ask('POST', '/patient_health_metric', { data })
  return body.data.id as string
}

async function createAction(patient: string, attributes: object) {
  const plan = { data: { type: 'patient_plan_summary', id: patient } }
  const data = { type: 'action', attributes: { title: 'x', ...attributes }, relationships: { plan } }
  const { status, body } = await care.ask('POST', '/action', { data })
  expect([status, body.errors]).toEqual([201, undefined])
  return body.data
}

/** Long samples, thrice the same: a batch has three samples at least. */
const stepsOver = (from: string, to: string, value: number) =>
  Array.from({ length: 3 }, () => ({ device_name: 'iPhone', start_date: from, end_date: to, value, unit: 'count' }))

describe('of metrics', () => {
  test('what care teams measured is a result, and says of which metric', async () => {
    const patient = await createPatient(care, [group])
    const metric = await createMetric(patient, {
      type: 'weight',
      value: 70,
      unit: 'kg',
      occurred_at: '2024-03-01T08:00:00Z',
    })
    const [result, ...more] = await resultsOf(patient)
    expect(more).toEqual([])
    expect(result.type).toBe('result')
    expect(result.attributes).toMatchObject({
      type: 'weight',
      metric_type: 'weight',
      occurred_at: '2024-03-01T08:00:00.000Z',
      data: { value: 70, unit: 'kg' },
    })
    expect(result.relationships).toEqual({
      patient: { data: { type: 'patient', id: patient } },
      metric: { data: { type: 'patient_health_metric', id: metric } },
    })
    const { body } = await care.ask('GET', `/result/${result.id}`)
    expect(body.data).toEqual([result])
  })

  test('a blood pressure has both of its values', async () => {
    const patient = await createPatient(care, [group])
    const at = { occurred_at: '2024-03-01T08:00:00Z' }
    await createMetric(patient, { type: 'blood_pressure', systolic: 120, diastolic: 80, unit: 'mmHg', ...at })
    const [{ attributes }] = await resultsOf(patient)
    expect(attributes.data).toEqual({ systolic: 120, diastolic: 80, unit: 'mmHg' })
  })
})

describe('of devices', () => {
  test('a day of steps is their sum, and one of heart rate the mean, with the device and its provider', async () => {
    const { patient, token, userId } = await wearer()
    await send(server, token, 'steps', stepSamples('2024-03-01T08:00:00Z', 10))
    await send(server, token, 'bpm', bpmSamples('2024-03-02T08:00:00Z', [60, 70, 80]))
    const results = await resultsOf(patient)
    expect(results.map(({ attributes }) => attributes)).toMatchObject([
      {
        type: 'steps',
        occurred_at: '2024-03-01T00:00:00.000Z',
        occurred_at_time_zone: 'UTC',
        data: { value: 100, unit: 'count' },
        source: { name: 'iPhone', metadata: { provider: 'apple' } },
        aggregation: 'sum',
      },
      {
        type: 'heart_rate',
        metric_type: 'heart_rate',
        occurred_at: '2024-03-02T00:00:00.000Z',
        data: { value: 70, unit: 'count/min' },
        source: { name: 'Apple Watch' },
        aggregation: 'mean',
      },
    ])
    expect(results[0].attributes.metric_type).toBeUndefined()
    const day = await call(server, 'GET', `/activity?userId=${userId}&date=2024-03-01`, { key: server.keys.live })
    expect(day.body[0].summary.movement.steps_count).toBe(results[0].attributes.data.value)
    for (const { id } of results) expect((await care.ask('GET', `/result/${id}`)).body.data[0].id).toBe(id)
  })

  test('more of a day changes its result, which keeps its id', async () => {
    const { patient, token } = await wearer()
    await send(server, token, 'steps', stepSamples('2024-03-01T08:00:00Z', 10))
    const [before] = await resultsOf(patient)
    const between = new Date().toISOString()
    await send(server, token, 'steps', stepSamples('2024-03-01T10:00:00Z', 5))
    const [after] = await resultsOf(patient)
    expect([after.id, after.attributes.data.value]).toEqual([before.id, 150])
    expect(after.attributes.created_at).toBe(before.attributes.created_at)
    const range = (from: string) => encodeURIComponent(`${from}..2999-01-01T00:00:00Z`)
    const changed = await resultsOf(patient, `&filter[updated_at]=${range(between)}`)
    expect(changed.map(({ id }) => id)).toEqual([after.id])
    expect(await resultsOf(patient, `&filter[created_at]=${range(between)}`)).toEqual([])
  })

  test('what a sample leaves to the days after it is theirs, each with an id', async () => {
    const { patient, token, userId } = await wearer()
    await send(server, token, 'steps', stepsOver('2024-03-01T12:00:00Z', '2024-03-03T12:00:00Z', 400))
    const shown = async () =>
      (await resultsOf(patient)).map(({ attributes }) => [attributes.occurred_at.slice(0, 10), attributes.data.value])
    expect(await shown()).toEqual([
      ['2024-03-01', 100],
      ['2024-03-02', 200],
      ['2024-03-03', 100],
    ])
    const all = await resultsOf(patient)
    expect(new Set(all.map(({ id }) => id)).size).toBe(3)
    for (const result of all) expect((await care.ask('GET', `/result/${result.id}`)).body.data).toEqual([result])
    // The third day gets samples of its own, the second a part of another.
    await send(server, token, 'steps', stepSamples('2024-03-03T20:00:00Z', 7, 1))
    await send(server, token, 'steps', stepsOver('2024-03-01T18:00:00Z', '2024-03-02T06:00:00Z', 20))
    expect(await shown()).toEqual([
      ['2024-03-01', 110],
      ['2024-03-02', 210],
      ['2024-03-03', 107],
    ])
    for (const [date, value] of await shown()) {
      const day = await call(server, 'GET', `/activity?userId=${userId}&date=${date}`, { key: server.keys.live })
      // One device: overlapping samples of its own are all counted.
      expect([date, day.body[0].summary.movement.steps_count]).toEqual([date, value])
    }
  })

  test('keep their ids whatever is sent, and are changed by what others no longer leave to them', async () => {
    const { patient, token } = await wearer()
    await send(server, token, 'steps', stepsOver('2024-03-01T12:00:00Z', '2024-03-03T12:00:00Z', 400))
    const third = async () =>
      (await resultsOf(patient)).find((each) => each.attributes.occurred_at.startsWith('2024-03-03'))
    const before = await third()
    await send(server, token, 'steps', stepSamples('2024-03-03T20:00:00Z', 30, 1))
    expect((await third()).id).toBe(before.id)
    const between = new Date().toISOString()
    const json = { data_type: 'steps', start: '2024-03-01T00:00:00Z', end: '2024-03-02T00:00:00Z' }
    await call(server, 'DELETE', '/api/v2/samples', { token, json })
    const range = encodeURIComponent(`${between}..2999-01-01T00:00:00Z`)
    const changed = await resultsOf(patient, `&filter[updated_at]=${range}`)
    expect(changed.map(({ id, attributes }) => [id, attributes.data.value])).toEqual([[before.id, 30]])
  })

  test('are those of connected providers', async () => {
    const { patient, token, userId } = await wearer()
    await send(server, token, 'steps', stepSamples('2024-03-01T08:00:00Z', 10))
    const [{ id }] = await resultsOf(patient)
    await call(server, 'DELETE', `/user/${userId}/revoke?provider=apple`, { key: server.keys.live })
    expect(await resultsOf(patient)).toEqual([])
    expect((await care.ask('GET', `/result/${id}`)).status).toBe(404)
  })

  test('an interval, which measures nothing, is none', async () => {
    const { patient, token } = await wearer()
    const night = { device_name: 'Watch', start_date: '2024-03-01T22:00:00Z', end_date: '2024-03-02T06:00:00Z' }
    await sendAny(server, token, 'sleep', [{ ...night, value: 'asleep' }])
    expect(await resultsOf(patient)).toEqual([])
  })

  test('no id of another day, or of nothing, finds one', async () => {
    const { patient, token } = await wearer()
    await send(server, token, 'steps', stepSamples('2024-03-01T08:00:00Z', 10))
    const [{ id }] = await resultsOf(patient)
    expect((await care.ask('GET', `/result/${id.slice(0, -1)}${id.endsWith('1') ? 2 : 1}`)).status).toBe(404)
  })
})

describe('of actions', () => {
  test('results of what an action tracks, while it is in effect, are of the action and its thread', async () => {
    const { patient, token } = await wearer()
    const walk = await createAction(patient, {
      type: 'walking',
      // What a device has of the day on which it begins is of it.
      effective_from: '2024-03-02T12:00:00Z',
      effective_to: '2024-03-04T00:00:00Z',
      metrics: [{ metric_type: 'steps', unit: 'count' }],
    })
    for (const day of [1, 2, 3, 4]) await send(server, token, 'steps', stepSamples(`2024-03-0${day}T08:00:00Z`, 3))
    const of = async (more: string) =>
      (await resultsOf(patient, more)).map(({ attributes }) => attributes.occurred_at.slice(8, 10))
    expect(await of(`&filter[actions]=${walk.id}`)).toEqual(['02', '03'])
    expect(await of(`&filter[threads]=other,${walk.attributes['_thread']}`)).toEqual(['02', '03'])
    expect(await of('&filter[threads]=other')).toEqual([])
    const [, second] = await resultsOf(patient)
    expect(second.attributes['_thread']).toBe(walk.attributes['_thread'])
    expect(second.relationships.action.data).toEqual({ type: 'action', id: walk.id })
  })

  test('what two actions ask for is a result of both', async () => {
    const patient = await createPatient(care, [group])
    const weigh = () => createAction(patient, { type: 'weight', effective_from: '2024-01-01T00:00:00Z' })
    const [morning, evening] = [await weigh(), await weigh()]
    await createMetric(patient, { type: 'weight', value: 70, occurred_at: '2024-03-01T08:00:00Z' })
    for (const { id } of [morning, evening]) expect(await resultsOf(patient, `&filter[actions]=${id}`)).toHaveLength(1)
  })

  test('an action that does not track has none', async () => {
    const { patient, token } = await wearer()
    const metrics = [{ metric_type: 'steps' }]
    const from = { effective_from: '2024-01-01T00:00:00Z' }
    const { id } = await createAction(patient, { type: 'walking', tracking: false, metrics, ...from })
    await send(server, token, 'steps', stepSamples('2024-03-01T08:00:00Z', 3))
    expect(await resultsOf(patient, `&filter[actions]=${id}`)).toEqual([])
  })
})

describe('filters', () => {
  test('start_at and end_at are after and before', async () => {
    const patient = await createPatient(care, [group])
    for (const day of [1, 2, 3])
      await createMetric(patient, { type: 'weight', value: day, occurred_at: `2024-03-0${day}T00:00:00Z` })
    const of = async (more: string) => (await resultsOf(patient, more)).map(({ attributes }) => attributes.data.value)
    expect(await of('&filter[start_at]=2024-03-01T00:00:00Z')).toEqual([2, 3])
    expect(await of('&filter[end_at]=2024-03-03T00:00:00Z')).toEqual([1, 2])
    expect(await of('&filter[start_at]=2024-03-01T00:00:00Z&filter[end_at]=2024-03-03T00:00:00Z')).toEqual([2])
  })

  test('the patient is required, and bad values are refused by name', async () => {
    const patient = await createPatient(care, [group])
    const of = (query: string) => care.ask('GET', `/result?${query}`)
    const parameterOf = async (query: string) => {
      const { status, body } = await of(query)
      return [status, body.errors[0].source.parameter]
    }
    expect(await parameterOf('')).toEqual([409, 'filter[patient]'])
    expect(await parameterOf(`filter[patient]=${patient}&filter[start_at]=yesterday`)).toEqual([
      409,
      'filter[start_at]',
    ])
    expect(await parameterOf(`filter[patient]=${patient}&filter[actions]=${patient}`)).toEqual([404, 'filter[actions]'])
    const threads = Array.from({ length: 101 }, String).join(',')
    expect(await parameterOf(`filter[patient]=${patient}&filter[threads]=${threads}`)).toEqual([409, 'filter[threads]'])
  })

  test('pages by cursor over metrics and days together', async () => {
    const { patient, token } = await wearer()
    for (const day of [1, 2, 3]) {
      await createMetric(patient, { type: 'weight', value: day, occurred_at: `2024-03-0${day}T00:00:00Z` })
      await send(server, token, 'steps', stepSamples(`2024-03-0${day}T08:00:00Z`, 3))
    }
    const seen: string[] = []
    for (let path: string | undefined = `/result?filter[patient]=${patient}&page[limit]=2`; path !== undefined;) {
      const { body } = await care.ask('GET', path)
      expect(body.meta.count).toBe(6)
      seen.push(...body.data.map(({ id }: any) => id))
      path = body.links.next?.replace('/pub', '')
    }
    expect([seen.length, new Set(seen).size]).toEqual([6, 6])
  })
})
