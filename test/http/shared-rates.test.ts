import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { closeContext, openContext, openLog } from '../../src/context.ts'
import { type Answer, call, createUserWithToken } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

const redisUrl = process.env['REDIS_URL']
const LIMIT = 6
const limited = {
  RATE_LIMIT_KEY: '20',
  RATE_LIMIT_SAMPLES: '6',
  RATE_LIMIT_AUTHENTICATION: '6',
  RATE_LIMIT_STUDIES: '6',
}

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

async function start(environment: Record<string, string>): Promise<TestServer> {
  const server = await startServer({ worker: false, environment })
  stops.push(server.stop)
  return server
}

/** Another process of the same service: what it shares with the first is the database, and Redis where there is one. */
async function startBeside({ context: { config }, databaseUrl }: TestServer): Promise<{ url: string }> {
  const context = await openContext(config, databaseUrl, openLog({ logLevel: 'silent' }))
  const app = await buildApp(context)
  stops.unshift(async () => {
    await app.close()
    await closeContext(context)
  })
  return { url: await app.listen({ host: '127.0.0.1', port: 0 }) }
}

type Ask = (server: { url: string }) => Promise<Answer>

/** One ask after the other, in turns: what is left after each. */
async function leftInTurns(servers: { url: string }[], ask: Ask, count: number): Promise<number[]> {
  const left = []
  for (let i = 0; i < count; i++) {
    const { headers } = await ask(servers[i % servers.length]!)
    left.push(Number(headers.get('x-ratelimit-remaining')))
  }
  return left
}

async function asksOf(server: TestServer): Promise<[name: string, limit: number, ask: Ask][]> {
  const { keys } = server
  const { token } = await createUserWithToken(server)
  const json = { grant_type: 'refresh_token', refresh_token: 'guess' }
  return [
    ['a key', 20, (at) => call(at, 'GET', '/settings', { key: keys.sandbox })],
    ['a key in the Studies API', LIMIT, (at) => call(at, 'GET', '/api/studies', { key: keys.live })],
    ['a user token', LIMIT, (at) => call(at, 'POST', '/api/v2/samples', { token, json: {} })],
    ['an address that renews tokens', LIMIT, (at) => call(at, 'POST', '/oauth/token', { json })],
    ['an address with unknown keys', 20, (at) => call(at, 'GET', '/settings', { key: `sk_live_${randomUUID()}` })],
    ['an address whose paths are not there', 20, (at) => call(at, 'GET', '/nothing')],
  ]
}

const countdown = (from: number, count: number) => Array.from({ length: count }, (_, i) => from - i - 1)

// Said out loud rather than skipped: without REDIS_URL there is nothing to test against.
if (redisUrl === undefined) test('over processes: not run, REDIS_URL is not set', () => undefined)
else {
  test('processes with one Redis count together', async () => {
    const server = await start({ ...limited, REDIS_URL: redisUrl })
    const servers = [server, await startBeside(server)]
    for (const [name, limit, ask] of await asksOf(server)) {
      expect([name, await leftInTurns(servers, ask, 4)]).toEqual([name, countdown(limit, 4)])
      if (limit !== LIMIT) continue
      await leftInTurns(servers, ask, LIMIT - 4)
      for (const each of servers) expect([name, (await ask(each)).status]).toEqual([name, 429])
    }
  })
}

test('without Redis each process counts for itself', async () => {
  const server = await start(limited)
  const servers = [server, await startBeside(server)]
  for (const [name, limit, ask] of await asksOf(server)) {
    expect([name, await leftInTurns(servers, ask, 4)]).toEqual([name, [limit - 1, limit - 1, limit - 2, limit - 2]])
  }
})

test('an address has one count for all the places that give tokens', async () => {
  const server = await start(limited)
  const json = { grant_type: 'refresh_token', refresh_token: 'guess' }
  const asks: Ask[] = [
    (at) => call(at, 'POST', '/oauth/token', { json }),
    (at) => call(at, 'POST', '/connect/token', { headers: { 'api-token': 'guess' }, json: { provider: 'apple' } }),
    (at) => call(at, 'POST', '/pub/oauth/token', { json: { ...json, client_id: 'guess', client_secret: 'guess' } }),
  ]
  const answers = []
  for (let i = 0; i < 9; i++) answers.push(await asks[i % 3]!(server))
  const left = answers.map(({ headers }) => Number(headers.get('x-ratelimit-remaining')))
  expect(left).toEqual([5, 4, 3, 2, 1, 0, 0, 0, 0])
  expect(answers.map(({ status }) => status === 429)).toEqual(left.map((_, i) => i >= LIMIT))
})

describe('where nothing is configured', () => {
  test('60 for studies, 6000 for samples, 10 to authenticate, 600 elsewhere; every refusal says what is left', async () => {
    const unset = Object.fromEntries(Object.keys(limited).map((name) => [name, '']))
    const server = await start(unset)
    const limits = []
    for (const [, , ask] of await asksOf(server))
      limits.push(Number((await ask(server)).headers.get('x-ratelimit-limit')))
    expect(limits).toEqual([600, 60, 6000, 10, 600, 600])
  })

  test('the refusal of one too many says it too, whatever was refused', async () => {
    const server = await start({ RATE_LIMIT_KEY: '2' })
    const refusals: Ask[] = [
      (at) => call(at, 'GET', '/api/studies', { token: 'guess' }),
      (at) => call(at, 'GET', '/user', { key: 'guess' }),
      (at) => call(at, 'POST', '/api/v2/samples', { token: 'guess', json: {} }),
      (at) => call(at, 'GET', '/pub/patient', { token: 'guess' }),
    ]
    for (let i = 0; i < 2; i++) {
      const { status, headers } = await refusals[i]!(server)
      expect([status, headers.get('x-ratelimit-limit'), headers.get('x-ratelimit-remaining')]).toEqual([
        401,
        '2',
        `${1 - i}`,
      ])
    }
    for (const ask of refusals) {
      const { status, headers } = await ask(server)
      expect([status, headers.get('x-ratelimit-limit'), headers.get('x-ratelimit-remaining')]).toEqual([429, '2', '0'])
      const [reset, wait] = [headers.get('x-ratelimit-reset'), headers.get('retry-after')]
      expect(Number(wait)).toBeGreaterThan(0)
      expect(reset).toBe(wait)
    }
  })
})
