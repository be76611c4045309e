import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newApiKey } from '../../src/accounts/credential.ts'
import { openPool, type Pool } from '../../src/database/pool.ts'
import { call, createUserWithToken, send, stepSamples } from '../support/api.ts'
import { agree, begin, comeBack } from '../support/connecting.ts'
import { connectOura, ouraEnvironment } from '../support/connect-oura.ts'
import { clientId, clientSecret } from '../support/google-health-oauth.ts'
import { type GoogleHealth, startGoogleHealth } from '../support/google-health-server.ts'
import { type OuraServer, startOuraServer } from '../support/oura-server.ts'
import { type ServerProcess, spawnMain, startServerProcess } from '../support/process.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { cloneDatabase } from '../support/server.ts'

const DAY_MS = 86_400_000
const today = new Date().toISOString().slice(0, 10)
const dayOf = (daysAgo: number) => new Date(Date.parse(today) - daysAgo * DAY_MS).toISOString().slice(0, 10)
const thirtyDays = Array.from({ length: 30 }, (_, daysAgo) => dayOf(daysAgo))

const key = newApiKey('secret', 'live')
const keys = { live: key, sandbox: '', client: '' }
let [dataDir, environment]: [string, Record<string, string>] = ['', {}]
let pool: Pool
let oura: OuraServer
let google: GoogleHealth
let receiver: Receiver
let api: ServerProcess
let server: { url: string; keys: typeof keys }
let userId: string
const workers: Pick<ServerProcess, 'kill'>[] = []

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'pulsewell-kill-backfill-'))
  ;[oura, google, receiver] = await Promise.all([startOuraServer(), startGoogleHealth(), startReceiver()])
  oura.api.pageSize = { documents: 50, rows: 5000 }
  const databaseUrl = await cloneDatabase()
  pool = openPool(databaseUrl, 2, pino({ level: 'silent' }))
  environment = {
    ...ouraEnvironment(oura),
    GOOGLE_HEALTH_CLIENT_ID: clientId,
    GOOGLE_HEALTH_CLIENT_SECRET: clientSecret,
    GOOGLE_HEALTH_BASE_URL: google.url,
    DATA_DIR: dataDir,
    DATABASE_URL: databaseUrl,
    ENCRYPTION_KEYS: randomBytes(32).toString('base64'),
    BOOTSTRAP_SECRET_KEY: key,
    WEBHOOK_ALLOW_HTTP: 'true',
    WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8',
    RATE_LIMIT_AUTHENTICATION: '10000',
  }
  api = await startServerProcess(environment, ['serve', '--no-worker'])
  server = { url: api.url, keys }
})
afterAll(async () => {
  for (const worker of workers) await worker.kill('SIGKILL')
  await api?.kill('SIGTERM')
  await pool?.end()
  await Promise.all([oura?.stop(), google?.stop(), receiver?.stop()])
  await rm(dataDir, { recursive: true, force: true })
})

function startWorkerProcess(): Pick<ServerProcess, 'kill'> {
  const { child } = spawnMain(['worker'], environment)
  const ended = once(child, 'exit')
  const kill = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    return (await ended)[0] as number | null
  }
  return { kill }
}

const get = async (path: string) => (await call(server, 'GET', path, { key })).body
const backfills = async (): Promise<any[]> => (await get(`/user/${userId}/backfills?per_page=100`)).data
/** A process that died is waited for until its lease has run out: that time has passed now. */
const runOutLeases = () => pool.query('update backfill set lease_until = now() where lease_until is not null')

/** The days that Oura was asked for the heart rates of, which are read last of a day. */
const daysOfOura = () =>
  oura.requests.flatMap((request) => /\/heartrate\?start_datetime=(\d{4}-\d\d-\d\d)/.exec(request)?.[1] ?? [])
/** The days that Google was asked for the steps of, which are read first; those of `google` and of `fitbit`. */
const daysOfGoogle = () =>
  google.paths.flatMap((path, index) =>
    path.includes('/dataTypes/steps/') ? google.filters[index]!.match(/\d{4}-\d\d-\d\d/)![0] : [],
  )

async function connectFitbit(): Promise<string | null> {
  const { token } = await get(`/user/connect/token?userId=${userId}`)
  const { body } = await begin(server, { 'api-token': token }, 'provider=fitbit')
  return (await comeBack(server, await agree(body))).headers.get('location')
}

test('kill -9 in the middle of two backfills: another worker goes on where they were, and everything is there once', async () => {
  await call(server, 'POST', '/settings', { key, json: { webhookUrl: receiver.url } })
  const phone = await createUserWithToken(server)
  userId = phone.userId
  expect((await send(server, phone.token, 'steps', stepSamples(`${dayOf(3)}T08:00:00Z`, 10, 50))).status).toBe(200)

  // Of a day in the middle, the last that is read of it: the rest of the day was read, and is not stored.
  const stuck = oura.hold(`/v2/usercollection/heartrate?start_datetime=${dayOf(12)}`)
  const first = startWorkerProcess()
  expect(await connectOura(server as never, oura, userId)).toBe('/widget/?result=connected&provider=oura')
  expect(await connectFitbit()).toBe('/widget/?result=connected&provider=fitbit')
  await stuck.asked
  await expect
    .poll(async () => (await backfills()).find((each) => each.provider === 'fitbit').days_done)
    .toBeGreaterThan(4)
  expect(await first.kill('SIGKILL')).toBe(null)

  const done = new Map((await backfills()).map(({ provider, days_done: days }) => [provider, days as number]))
  expect(done.get('oura')).toBe(12)
  expect(done.get('fitbit')).toBeLessThan(30)
  const [readOfOura, readOfGoogle] = [daysOfOura().length, daysOfGoogle().length]
  await runOutLeases()
  workers.push(startWorkerProcess())
  const states = async () => (await backfills()).map(({ status, days_done: days }) => [status, days])
  await expect.poll(states, { timeout: 60_000, interval: 200 }).toEqual([
    ['done', 30],
    ['done', 30],
  ])

  // Days that were done are not read again; the one under way is.
  expect(daysOfOura().slice(readOfOura)).toEqual(thirtyDays.slice(12))
  expect(daysOfGoogle().slice(readOfGoogle)).toEqual(thirtyDays.slice(done.get('fitbit')))

  for (const { provider, samples } of await backfills()) {
    const { rows } = await pool.query(
      `select count(*)::int as all, count(distinct (data_type, device_name, start_date, end_date, value))::int as once
       from samples where user_id = $1 and provider = $2`,
      [userId, provider],
    )
    expect(rows[0]).toEqual({ all: samples, once: samples })
  }
}, 100_000)

test('the days of both stand beside what the phone sent, and webhooks tell of them', async () => {
  const days: any[] = await get(`/activity?userId=${userId}&date=${dayOf(3)}`)
  const steps = Object.fromEntries(
    days.map(({ metadata, summary }) => [metadata.source, summary.movement?.steps_count]),
  )
  expect(steps).toEqual({
    apple: 500,
    oura: oura.person.documents('daily_activity', dayOf(3))[0]!.steps,
    fitbit: expect.any(Number),
  })
  for (const source of ['oura', 'fitbit']) {
    const told = () =>
      receiver.received.flatMap(({ body }) =>
        (body.users ?? [])
          .filter((user: any) => user.userId === userId)
          .flatMap(({ activity = [] }: any) => activity)
          .filter(({ metadata }: any) => metadata.source === source)
          .map(({ metadata }: any) => metadata.date),
      )
    await expect.poll(() => new Set(told()).size, { timeout: 20_000 }).toBeGreaterThanOrEqual(29)
  }
})

/** Two processes, each with a worker, and the names by which they call Oura. */
async function startTwoProcesses() {
  for (const worker of workers.splice(0)) await worker.kill('SIGKILL')
  await runOutLeases()
  for (const host of ['127.0.0.1', 'localhost']) {
    const environmentOf = { ...environment, OURA_BASE_URL: oura.url.replace('127.0.0.1', host) }
    workers.push(await startServerProcess(environmentOf, ['serve']))
  }
}

const refreshes = () => oura.oauth.exchanged.filter((grant) => grant === 'refresh_token').length

/** More days than one process reads at once: each of the two has some of them, and none a token. */
async function askForDaysWithoutToken() {
  oura.oauth.expireAccessTokens()
  await pool.query(`update provider_grant set expires_at = now() where provider = 'oura'`)
  const asked = thirtyDays.slice(0, 8).map((day) => {
    const json = { provider: 'oura', from: day, to: day }
    return call(server, 'POST', `/user/${userId}/backfills`, { key, json })
  })
  for (const { status } of await Promise.all(asked)) expect(status).toBe(200)
}
const allRun = () =>
  expect
    .poll(async () => (await backfills()).filter(({ status }) => status === 'running').length, { timeout: 9000 })
    .toBe(8)
const allAreDone = () =>
  expect
    .poll(async () => (await backfills()).every(({ status }) => status === 'done'), { timeout: 60_000, interval: 200 })
    .toBe(true)

test('two processes that need the same token make one request for it', async () => {
  await startTwoProcesses()
  const before = refreshes()
  const held = oura.hold('/oauth/token')
  await askForDaysWithoutToken()
  await allRun()
  held.release()
  await allAreDone()
  expect(refreshes()).toBe(before + 1)
}, 100_000)

test('a process that is killed while it refreshes is made up for: nobody is disconnected', async () => {
  const before = refreshes()
  const held = oura.hold('/oauth/token')
  await askForDaysWithoutToken()
  const dying = workers[(await held.asked).startsWith('localhost') ? 1 : 0]!
  await allRun()
  await dying.kill('SIGKILL')
  expect(refreshes()).toBe(before)
  await runOutLeases()
  await pool.query('update provider_grant set refresh_until = now() where refresh_until is not null')
  await allAreDone()
  expect(refreshes()).toBe(before + 1)
  expect((await get(`/user/${userId}/connected-providers`)).connectedProviders).toEqual(['apple', 'fitbit', 'oura'])
}, 100_000)
