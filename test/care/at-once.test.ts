import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fromWireId } from '../../src/care/ids.ts'
import { lockKeys } from '../../src/care/json-api/lock-keys.ts'
import { withTransaction } from '../../src/database/transaction.ts'
import { call } from '../support/api.ts'
import {
  type CareAnswer,
  type CareClient,
  connectCare,
  createGroup,
  createPatient,
  patientIn,
} from '../support/care.ts'
import { countDeadlocks } from '../support/deadlocks.ts'
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

const numbers = Array.from({ length: 20 }, (_, number) => number)
/** Every second time the other way round. */
const turned = <Item>(items: Item[], time: number) => (time % 2 === 0 ? items : items.toReversed())

async function withoutDeadlocks(requests: (() => Promise<CareAnswer>)[], expected: number[]): Promise<void> {
  const before = await countDeadlocks(server)
  const answers = await Promise.all(requests.map((request) => request()))
  expect(new Set(answers.map(({ status }) => status)).difference(new Set(expected))).toEqual(new Set())
  expect((await countDeadlocks(server)) - before).toBe(0)
}

describe('at once, in different orders', () => {
  test('patients with the same identifiers', async () => {
    const data = numbers.map((value) =>
      patientIn([group], { identifiers: [{ system: 'a', value: `${value}`, unique: false }] }),
    )
    const sent = (time: number) => ({ data: turned(data, time), meta: { ignore_duplicates: true } })
    await withoutDeadlocks(
      numbers.slice(0, 8).map((time) => () => care.ask('POST', '/patient', sent(time))),
      [201],
    )
    const found = await care.ask('GET', `/patient?filter[groups]=${group}`)
    expect(found.body.meta.count).toBe(20)
  })

  test('patients in groups that are named, and created so', async () => {
    const data = numbers.map((number) => ({
      type: 'patient',
      relationships: {
        groups: { data: [{ type: 'group', meta: { query: { organization: care.organization, name: `G${number}` } } }] },
      },
    }))
    await withoutDeadlocks(
      numbers.slice(0, 6).map((time) => () => care.ask('POST', '/patient', { data: turned(data, time) })),
      [201],
    )
    const { body } = await care.ask('GET', `/group?filter[organization]=${care.organization}`)
    expect(body.meta.count).toBe(21)
  })

  test('metrics of the same times', async () => {
    const patient = await createPatient(care, [group], { identifiers: [{ system: 'm', value: '1' }] })
    const query = { identifier: { system: 'm', value: '1' }, organization: care.organization }
    const data = numbers.map((day) => ({
      type: 'patient_health_metric',
      attributes: { type: 'weight', value: day, occurred_at: new Date(Date.UTC(2024, 0, day + 1)).toISOString() },
      relationships: { patient: { data: { type: 'patient', meta: { query } } } },
    }))
    const sent = (time: number) => ({ data: turned(data, time), meta: { ignore_duplicates: true } })
    await withoutDeadlocks(
      numbers.slice(0, 8).map((time) => () => care.ask('POST', '/patient_health_metric', sent(time))),
      [200],
    )
    const { body } = await care.ask('GET', `/patient_health_metric?filter[patient]=${patient}`)
    expect(body.meta.count).toBe(20)
  })

  test('upserts by one of two identifiers, and updates, of the same patient', async () => {
    const identifiers = ['a', 'b'].map((system) => ({ system: `up-${system}`, value: '1' }))
    const patient = await createPatient(care, [group], { identifiers })
    const upsert = (time: number) => () =>
      care.ask('PUT', '/patient', {
        data: { type: 'patient', attributes: { identifiers: turned(identifiers, time) } },
        meta: { query: { identifier: identifiers[time % 2]!, groups: [group] } },
      })
    const update = (time: number) => () =>
      care.ask('PATCH', `/patient/${patient}`, {
        data: { type: 'patient', id: patient, attributes: { identifiers: turned(identifiers, time) } },
      })
    await withoutDeadlocks(
      numbers.slice(0, 12).map((time) => (time % 3 === 0 ? update(time) : upsert(time))),
      [200],
    )
    const { body } = await care.ask('GET', `/patient/${patient}`)
    expect(body.data.attributes.identifiers).toHaveLength(2)
  })

  test('changes of a plan and of a calendar, and the deletion of their patient', async () => {
    for (let round = 0; round < 3; round++) {
      const patient = await createPatient(care, [group])
      const plan = { data: { type: 'patient_plan_summary', id: patient } }
      const create = async (type: string, attributes: object, relationships: object) =>
        (await care.ask('POST', `/${type}`, { data: { type, attributes, relationships } })).body.data
      const item = { type: 'weight', title: 'x', effective_from: '2024-01-01T00:00:00Z' }
      const action = await create('action', item, { plan })
      const bundle = await create('bundle', item, { plan })
      const visit = { type: 'reminder', title: 'x', start_at: '2024-01-01T09:00:00Z' }
      const event = await create('calendar_event', visit, { owner: { data: { type: 'patient', id: patient } } })
      const again =
        ({ type, id, attributes, relationships }: any) =>
        () =>
          care.ask('PATCH', `/${type}/${id}`, { data: { type, id, attributes, relationships } })
      const changes = [action, bundle, event].map(again)
      const remove = () => call(server, 'DELETE', `/user/${fromWireId(patient)}`, { key: server.keys.live })
      await withoutDeadlocks([...changes, ...changes, remove, ...changes], [200, 404])
      expect((await care.ask('GET', `/patient/${patient}`)).status).toBe(404)
    }
  })
})

test('a bulk takes few locks of those that Postgres has for everybody', async () => {
  const { context } = server
  const grant = { tokenId: '', clientId: '', organizationId: care.organization, groupIds: null }
  const held = await withTransaction(context.pool, async (tx) => {
    const keys = Array.from({ length: 12_000 }, (_, number) => ['identifier', 'system', `${number}`])
    await lockKeys({ context, tx, grant, now: new Date() }, keys)
    const { rows } = await tx.query(
      `select count(*)::int as n from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()`,
    )
    return rows[0].n
  })
  expect(held).toBe(256)
})
