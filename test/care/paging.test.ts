import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fromWireId } from '../../src/care/ids.ts'
import { type CareClient, connectCare, createGroup, createPatient } from '../support/care.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let care: CareClient
let group: string

beforeAll(async () => {
  server = await startServer({ worker: false })
  care = await connectCare(server)
  group = await createGroup(care, 'Many')
})
afterAll(() => server.stop())

const list = (query: string) => care.ask('GET', `/patient?filter[groups]=${group}&${query}`)
const follow = (link: string) => care.ask('GET', link.replace(/^\/pub/, ''))

/** Patients in the group, many at once. */
async function insertPatients(count: number): Promise<void> {
  await server.context.pool.query(
    `with made as (
       insert into app_user (id, tenant_id, app_user_id)
       select gen_random_uuid(), $1, gen_random_uuid() from generate_series(1, $2) returning id
     )
     insert into patient_group (patient_id, group_id) select id, $3 from made`,
    [fromWireId(care.organization), count, fromWireId(group)],
  )
}

const idsInDatabase = async (): Promise<Set<string>> => {
  const { rows } = await server.context.pool.query('select patient_id as id from patient_group where group_id = $1', [
    fromWireId(group),
  ])
  return new Set(rows.map(({ id }) => id.replaceAll('-', '')))
}

describe('a walk over a thousand patients', () => {
  test('by cursor, while others come and go, sees each that stayed exactly once', async () => {
    await insertPatients(1000)
    const before = await idsInDatabase()
    const seen: string[] = []
    let link: string | undefined = `/pub/patient?filter[groups]=${group}&page[limit]=37`
    while (link !== undefined) {
      const { status, body }: { status: number; body: any } = await follow(link)
      expect([status, body.meta.count]).toEqual([200, (await idsInDatabase()).size])
      seen.push(...body.data.map(({ id }: any) => id))
      link = body.links.next
      await insertPatients(5)
      await server.context.pool.query(
        `delete from app_user where id in (select patient_id from patient_group order by random() limit 5)`,
      )
    }
    const after = await idsInDatabase()
    const stayed = [...before].filter((id) => after.has(id))
    expect(new Set(seen).size).toBe(seen.length)
    expect(stayed.filter((id) => !seen.includes(id))).toEqual([])
  })

  test('by number has right links on the first, a middle, the last, and a page beyond', async () => {
    const { body } = await list('page[size]=0')
    const { count } = body.meta
    expect(body.data).toEqual([])
    const last = Math.ceil(count / 100)
    const numberIn = (link: string | undefined) =>
      link === undefined ? undefined : Number(new URLSearchParams(link.split('?')[1]).get('page[number]'))
    const linksOf = async (number: number) => {
      const answer = await list(`page[number]=${number}&page[size]=100`)
      const { self, first, prev, next, last: end } = answer.body.links
      return [answer.body.data.length, ...[self, first, prev, next, end].map(numberIn)]
    }
    expect(await linksOf(1)).toEqual([100, 1, 1, undefined, 2, last])
    expect(await linksOf(3)).toEqual([100, 3, 1, 2, 4, last])
    expect(await linksOf(last)).toEqual([count - (last - 1) * 100, last, 1, last - 1, undefined, last])
    expect(await linksOf(last + 5)).toEqual([0, last + 5, 1, last, undefined, last])

    const seen: string[] = []
    let link: string | undefined = body.links.first.replace('size%5D=0', 'size%5D=250')
    while (link !== undefined) {
      const page = await follow(link)
      seen.push(...page.body.data.map(({ id }: any) => id))
      link = page.body.links.next
    }
    expect(new Set(seen)).toEqual(await idsInDatabase())
    expect(seen).toHaveLength(count)
  })

  test('an empty list is one empty page', async () => {
    const empty = await createGroup(care, 'Empty')
    const { body } = await care.ask('GET', `/patient?filter[groups]=${empty}`)
    expect([body.data, body.meta.count, Object.keys(body.links)]).toEqual([[], 0, ['self', 'first', 'last']])
    const cursor = await care.ask('GET', `/patient?filter[groups]=${empty}&page[limit]=10`)
    expect([cursor.body.data, cursor.body.links]).toEqual([[], {}])
  })
})

describe('a cursor', () => {
  const cursorOf = (link: string) => new URLSearchParams(link.split('?')[1]).get('page[after]')!
  const firstCursor = async () => cursorOf((await list('page[limit]=2')).body.links.next)

  test('goes by both of its names, though not at once', async () => {
    const cursor = await firstCursor()
    const [after, named] = await Promise.all([
      list(`page[limit]=2&page[after]=${cursor}`),
      list(`page[limit]=2&page[cursor]=${cursor}`),
    ])
    expect(after.body.data).toEqual(named.body.data)
    expect((await list(`page[after]=${cursor}&page[cursor]=${cursor}`)).status).toBe(409)
  })

  test('is refused when it was tampered with, or is of another list or client', async () => {
    const cursor = await firstCursor()
    const at = Math.floor(cursor.length / 2)
    const tampered = cursor.slice(0, at) + (cursor[at] === 'A' ? 'B' : 'A') + cursor.slice(at + 1)
    const other = await connectCare(server)
    const path = `/patient?filter[groups]=${group}&page[limit]=2&page[after]=`
    const answers = [
      await care.ask('GET', path + tampered),
      await care.ask('GET', `/patient?filter[organization]=${care.organization}&page[limit]=2&page[after]=${cursor}`),
      await list(`filter[archived]=false&page[limit]=2&page[after]=${cursor}`),
      await other.ask('GET', path + cursor),
    ]
    for (const { status, body } of answers) {
      expect([status, body.errors[0].source]).toEqual([409, { parameter: 'page[after]' }])
    }
  })
})

test('dates filter from the start to before the end', async () => {
  const [one, two] = [await createPatient(care, [group]), await createPatient(care, [group])]
  const set = (id: string, at: string) =>
    server.context.pool.query('update app_user set created_at = $2 where id = $1', [fromWireId(id), at])
  await set(one, '2017-11-01T04:00:00Z')
  await set(two, '2017-12-01T05:00:00Z')
  const found = async (range: string) => {
    const { body } = await list(`filter[created_at]=${encodeURIComponent(range)}`)
    return body.data.map(({ id }: any) => id)
  }
  expect(await found('2017-11-01T00:00:00-04:00..2017-12-01T00:00:00-05:00')).toEqual([one])
  expect(await found('2017-11-01T00:00:00-04:00..2017-12-01T00:00:00.001-05:00')).toEqual([one, two].toSorted())
})

test('archived filters in three ways', async () => {
  const own = await createGroup(care, 'Archive')
  const [kept, gone] = [await createPatient(care, [own]), await createPatient(care, [own])]
  await server.context.pool.query('update app_user set archived = true where id = $1', [fromWireId(gone)])
  const found = async (query: string) => {
    const { body } = await care.ask('GET', `/patient?filter[groups]=${own}${query}`)
    return body.data.map(({ id }: any) => id)
  }
  expect(await found('')).toEqual([kept, gone].toSorted())
  expect(await found('&filter[archived]=true')).toEqual([gone])
  expect(await found('&filter[archived]=false')).toEqual([kept])
})
