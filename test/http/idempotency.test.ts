import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { closeContext, openContext, openLog } from '../../src/context.ts'
import { reencryptAnswers, removeOldAnswers } from '../../src/http/idempotency.ts'
import { openSecretBox } from '../../src/secret-box.ts'
import { type Answer, call } from '../support/api.ts'
import { endpointsOf } from '../support/endpoints.ts'
import { bodies, readHouseRoutes } from '../support/house.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { newTenantKey, studiesOf } from '../support/studies.ts'

const HOUR_MS = 3_600_000
const REPLAYED = 'idempotent-replayed'

let server: TestServer
let studies: ReturnType<typeof studiesOf>
let values: Record<string, string>
let later = 0

beforeAll(async () => {
  const environment = { RATE_LIMIT_STUDIES: '100000' }
  server = await startServer({ worker: false, environment, now: () => new Date(Date.now() + later) })
  studies = studiesOf(server)
  await studies.createStudy()
  await studies.createBattery()
  await studies.createParticipant({ study_id: 1 })
  const endpoints = endpointsOf(server)
  const { id } = await endpoints.create('https://example.com/hook')
  values = { id, messageId: (await endpoints.ask('POST', `/${id}/test`)).body.message_id }
})
afterAll(() => server.stop())

const post = (path: string, idempotencyKey: string, json?: unknown, key?: string) =>
  studies.ask('POST', path, json, { headers: { 'idempotency-key': idempotencyKey }, ...(key && { key }) })

const countOf = async (table: string): Promise<number> =>
  (await server.context.pool.query(`select count(*)::int as n from ${table}`)).rows[0].n

const countStudies = () => countOf('study')
const isReplay = ({ headers }: Answer) => headers.get(REPLAYED) === 'true'
const refused = ({ status, body }: Answer) => [status, body.error.code, body.error.details.field]
const conflict = [409, 'CONFLICT', 'Idempotency-Key']

const posts = (await readHouseRoutes()).filter(({ method }) => method === 'POST')

test.each(posts.map((route) => [route.template, route] as const))('POST %s is done once', async (template, route) => {
  const tables = ['study', 'study_battery', 'study_participant', 'study_session', 'app_user', 'webhook_endpoint']
  const counts = () => Promise.all([...tables, 'message', 'webhook_recovery'].map(countOf))
  const path = template.replace(/^\/api/, '').replace(/\{(\w+)\}/g, (_, name: string) => values[name]!)
  const key = randomUUID()
  const first = await post(path, key, bodies[route.id])
  expect([first.status, isReplay(first)]).toEqual([expect.closeTo(201, -1), false])
  const before = await counts()
  const second = await post(path, key, bodies[route.id])
  expect([second.status, second.body, isReplay(second)]).toEqual([first.status, first.body, true])
  for (const name of ['content-type', 'cache-control']) expect(second.headers.get(name)).toBe(first.headers.get(name))
  expect(await counts()).toEqual(before)
  const changed = { ...bodies[route.id], status: 'other' }
  // What is not valid is refused for what it is, and takes no key.
  if (route.takesBody) expect((await post(path, key, changed)).status).toBe(422)
})

test('with another body it is 409, and nothing is done', async () => {
  await post('/studies', 'another-body', { name: 'A', start_date: null })
  const before = await countStudies()
  expect(refused(await post('/studies', 'another-body', { name: 'B' }))).toEqual(conflict)
  // The same, written otherwise.
  expect(isReplay(await post('/studies', 'another-body', { start_date: null, name: 'A' }))).toBe(true)
  expect(await countStudies()).toBe(before)
})

test('a key is of its account and of its route, which both prefixes lead to', async () => {
  const key = 'shared'
  const own = await post('/studies', key, { name: 'A' })
  const theirs = await post('/studies', key, { name: 'B' }, await newTenantKey(server))
  expect([own.status, theirs.status, theirs.body.id]).toEqual([201, 201, 1])
  expect(isReplay(await post('/batteries', key, { name: 'A' }))).toBe(false)
  const versioned = await post('/v1/studies/', key, { name: 'A' })
  expect([versioned.body, isReplay(versioned)]).toEqual([own.body, true])
})

test('of twenty at once one is done; the others get its answer, or that it is under way', async () => {
  const before = [await countStudies(), await countOf('app_user')]
  const all = await Promise.all(Array.from({ length: 20 }, () => post('/participants', 'twenty', { study_id: 1 })))
  const done = all.filter(({ status }) => status === 201)
  expect(new Set(done.map(({ body }) => body.participant_id)).size).toBe(1)
  expect(done.filter((answer) => !isReplay(answer))).toHaveLength(1)
  for (const answer of all.filter(({ status }) => status !== 201)) expect(refused(answer)).toEqual(conflict)
  expect([await countStudies(), (await countOf('app_user')) - 1]).toEqual(before)
})

test('while the first is under way, others are told to wait', async () => {
  const client = await server.context.pool.connect()
  await client.query('begin')
  await client.query(`select 1 from study_counter where kind = 'battery' for update`)
  const first = post('/batteries', 'under-way', { name: 'A' })
  const waits = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  await expect.poll(async () => (await client.query(waits)).rowCount).toBe(1)
  const second = await post('/batteries', 'under-way', { name: 'A' })
  expect([refused(second), second.headers.get('retry-after')]).toEqual([conflict, '1'])
  await client.query('commit')
  client.release()
  const { status, body } = await first
  expect(status).toBe(201)
  expect((await post('/batteries', 'under-way', { name: 'A' })).body).toEqual(body)
})

test('what the state of things refused is refused again, until 24 h have passed', async () => {
  const wanted = { study_id: 1, participant_id: 'later' }
  await studies.createParticipant(wanted)
  const before = await countOf('app_user')
  const first = await post('/participants', 'refused', wanted)
  // Not even the user who was made for it is left.
  expect(await countOf('app_user')).toBe(before)
  expect(refused(first)).toEqual([409, 'CONFLICT', 'participant_id'])
  await studies.ask('DELETE', '/participants/later')
  const second = await post('/participants', 'refused', wanted)
  expect([second.status, second.body, isReplay(second)]).toEqual([409, first.body, true])
  expect((await post('/participants', 'another', wanted)).status).toBe(201)
})

test.each([
  ['where the answer cannot be written nothing is done', 'trigger break before insert on idempotency_key'],
  [
    'where what was done cannot be committed it was not answered',
    'constraint trigger break after insert on study deferrable initially deferred',
  ],
])('%s: a crash in between cannot do it twice, nor lose it', async (name, trigger) => {
  const { pool } = server.context
  await pool.query(`
    create function break() returns trigger language plpgsql as $$ begin raise 'broken'; end $$;
    create ${trigger} for each row execute function break()`)
  const key = name.replaceAll(' ', '-')
  const before = await countStudies()
  const broken = await post('/studies', key, { name: 'A' })
  expect([broken.status, broken.body.error]).toEqual([500, { code: 'INTERNAL_ERROR', message: expect.any(String) }])
  expect(await countStudies()).toBe(before)
  await pool.query('drop function break cascade')
  const again = await post('/studies', key, { name: 'A' })
  expect([again.status, isReplay(again), await countStudies()]).toEqual([201, false, before + 1])
})

test('another process, or this one after a restart, gives the same answer', async () => {
  const first = await post('/studies', 'restart', { name: 'A' })
  const context = await openContext(server.context.config, server.databaseUrl, openLog({ logLevel: 'silent' }))
  const app = await buildApp(context)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const headers = { 'idempotency-key': 'restart' }
  const again = await call({ url }, 'POST', '/api/studies', { token: server.keys.live, json: { name: 'A' }, headers })
  expect([again.status, again.body, isReplay(again)]).toEqual([201, first.body, true])
  await app.close()
  await closeContext(context)
})

test('answers are sealed, and go on to a new encryption key', async () => {
  const { pool, secrets } = server.context
  const { body } = await post('/webhooks', 'sealed', { url: 'https://example.com/sealed', events: ['a.b'] })
  const read = async () => (await pool.query(`select answer from idempotency_key where key = 'sealed'`)).rows[0].answer
  const sealed: Buffer = await read()
  expect(sealed.toString('latin1')).not.toContain(body.secret.slice(6))
  expect(secrets.open(sealed)).toContain(body.secret)
  const encryptionKeys = [randomBytes(32).toString('base64')]
  const anew = await openSecretBox({ encryptionKeys, dataDir: '' })
  const both = { seal: anew.seal, open: secrets.open }
  expect(await reencryptAnswers({ pool, secrets: both })).toBe(await countOf('idempotency_key'))
  expect(anew.open(await read())).toContain(body.secret)
  await reencryptAnswers({ pool, secrets: { seal: secrets.seal, open: anew.open } })
})

test.each(['', 'a b', 'ü', 'x'.repeat(256)])('the key %j is refused', async (key) => {
  const before = await countStudies()
  const answer = await call(server, 'POST', '/api/studies', {
    token: server.keys.live,
    json: { name: 'A' },
    headers: { 'idempotency-key': key },
  })
  expect(refused(answer)).toEqual([422, 'VALIDATION_ERROR', 'Idempotency-Key'])
  expect(await countStudies()).toBe(before)
})

test('an answer about a user goes with the user', async () => {
  const wanted = { study_id: 1, email: 'secret@example.org' }
  const first = await post('/participants', 'erase', wanted)
  await call(server, 'DELETE', `/user/${first.body.user_id}`, { key: server.keys.live })
  expect(refused(await post('/participants', 'erase', wanted))).toEqual(conflict)
  const { rows } = await server.context.pool.query(
    `select octet_length(answer) as n from idempotency_key where key = 'erase'`,
  )
  expect(rows).toEqual([{ n: 0 }])
})

test('after 24 h a key is new, and a chore removes what was answered', async () => {
  const first = await post('/studies', 'a-day', { name: 'A' })
  later = 24 * HOUR_MS - 60_000
  expect(isReplay(await post('/studies', 'a-day', { name: 'A' }))).toBe(true)
  const kept = await countOf('idempotency_key')
  await removeOldAnswers(server.context, new AbortController().signal)
  expect(await countOf('idempotency_key')).toBe(kept)
  later = 24 * HOUR_MS
  const next = await post('/studies', 'a-day', { name: 'B' })
  expect([next.status, next.body.id > first.body.id]).toEqual([201, true])
  await removeOldAnswers(server.context, new AbortController().signal)
  expect(await countOf('idempotency_key')).toBe(1)
})

test('without a configuration no page of another origin may call', async () => {
  const headers = { origin: 'https://portal.example.org', 'access-control-request-method': 'GET' }
  const { status, headers: answered } = await call(server, 'OPTIONS', '/api/studies', { headers })
  expect([status, answered.get('access-control-allow-origin')]).toEqual([404, null])
})
