import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { newApiKey } from '../../src/accounts/credential.ts'
import { withClient } from '../../src/database/open-database.ts'
import { call } from '../support/api.ts'
import { runCommand, type ServerProcess, startServerProcess } from '../support/process.ts'
import { cloneDatabase } from '../support/server.ts'

let dataDir: string

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'pulsewell-start-'))
})
afterEach(() => rm(dataDir, { recursive: true, force: true }))

async function countAccounts(databaseUrl: string): Promise<number> {
  let count = 0
  await withClient(databaseUrl, async (client) => {
    count = (await client.query('select count(*)::int as n from account')).rows[0].n
  })
  return count
}

describe('the bootstrap key', () => {
  test('of two processes that start at once makes one account', async () => {
    const key = newApiKey('secret', 'live')
    const environment = { DATA_DIR: dataDir, DATABASE_URL: await cloneDatabase(), BOOTSTRAP_SECRET_KEY: key }
    let starting: Promise<ServerProcess[]> | undefined
    // Held until both are there: without it, one is as a rule done before the other begins.
    await withClient(environment.DATABASE_URL, async (client) => {
      await client.query(`select pg_advisory_lock(hashtextextended('pulsewell bootstrap', 0))`)
      starting = Promise.all([1, 2].map(() => startServerProcess(environment)))
      const waiting = `
        select from pg_locks l join pg_database d on d.oid = l.database
        where d.datname = current_database() and l.locktype = 'advisory' and not l.granted`
      await expect.poll(async () => (await client.query(waiting)).rowCount).toBe(2)
      expect((await client.query('select from account')).rowCount).toBe(0)
    })
    const servers = await starting!
    for (const server of servers) expect((await call(server, 'GET', '/user', { key })).status).toBe(200)
    expect(await countAccounts(environment.DATABASE_URL)).toBe(1)
    for (const server of servers) expect(await server.kill('SIGTERM')).toBe(0)
  })

  test('may be a client of the Care API, which every start makes valid again', async () => {
    const [id, secret] = ['care-client', 's'.repeat(32)]
    const environment = {
      DATA_DIR: dataDir,
      DATABASE_URL: await cloneDatabase(),
      BOOTSTRAP_OAUTH_CLIENT: `${id}:${secret}`,
    }
    const statusOf = async ({ url }: ServerProcess, client_secret: string) => {
      const response = await fetch(`${url}/pub/oauth/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ grant_type: 'client_credentials', client_id: id, client_secret }),
      })
      return response.status
    }
    const first = await startServerProcess(environment)
    expect([await statusOf(first, secret), await statusOf(first, 'x')]).toEqual([201, 401])
    expect(await first.kill('SIGTERM')).toBe(0)
    const other = 't'.repeat(32)
    const second = await startServerProcess({ ...environment, BOOTSTRAP_OAUTH_CLIENT: `${id}:${other}` })
    expect([await statusOf(second, other), await statusOf(second, secret)]).toEqual([201, 401])
    expect(await countAccounts(environment.DATABASE_URL)).toBe(1)
    expect(await second.kill('SIGTERM')).toBe(0)
    const bad = await runCommand(['serve'], { ...environment, BOOTSTRAP_OAUTH_CLIENT: 'short:secret' })
    expect([bad.code, bad.output.includes('BOOTSTRAP_OAUTH_CLIENT')]).toEqual([1, true])
  })

  test('is refused with a sentence when it was revoked', async () => {
    const key = newApiKey('secret', 'live')
    const environment = { DATA_DIR: dataDir, DATABASE_URL: await cloneDatabase(), BOOTSTRAP_SECRET_KEY: key }
    const server = await startServerProcess(environment)
    const { output: list } = await runCommand(['keys', 'list'], environment)
    const [id, prefix] = list.trim().split('\t')
    expect(await runCommand(['keys', 'revoke', id!], environment)).toMatchObject({ code: 0 })
    expect((await call(server, 'GET', '/user', { key })).status).toBe(401)
    expect(await server.kill('SIGTERM')).toBe(0)
    const again = await runCommand(['serve'], { ...environment, PORT: '0', LOG_LEVEL: 'silent' })
    expect(again.output).toBe(`The live bootstrap key (${prefix}) was revoked. Configure another.\n`)
    expect(again.code).toBe(1)
  })
})

test('on a database of its own, a server that nobody looks at makes no account and prints no key', async () => {
  const databaseUrl = await cloneDatabase()
  const server = await startServerProcess({ DATA_DIR: dataDir, DATABASE_URL: databaseUrl })
  await expect.poll(() => server.output()).toContain('Pulsewell is running at')
  expect(await server.kill('SIGTERM')).toBe(0)
  expect(server.output()).not.toContain('sk_')
  expect(await countAccounts(databaseUrl)).toBe(0)
})

test('keys that a failed first start would have shown are shown by the next', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const failed = await runCommand(['serve'], { DATA_DIR: dataDir, PORT: String(port) })
  expect(failed).toEqual({ code: 1, output: `Port ${port} is in use. Stop what listens there, or set PORT.\n` })
  other.close()
  await once(other, 'close')
  const server = await startServerProcess({ DATA_DIR: dataDir })
  await expect.poll(() => server.output()).toMatch(/sk_live_[\w-]{43}[\s\S]*sk_test_[\w-]{43}[\s\S]*\/docs/)
  const [key] = /sk_live_[\w-]{43}/.exec(server.output())!
  expect((await call(server, 'GET', '/user', { key })).status).toBe(200)
  expect(await server.kill('SIGTERM')).toBe(0)
})
