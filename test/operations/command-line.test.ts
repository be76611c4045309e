import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newApiKey } from '../../src/accounts/credential.ts'
import { call } from '../support/api.ts'
import { runCommand, type ServerProcess, startServerProcess } from '../support/process.ts'
import { cloneDatabase } from '../support/server.ts'

let dataDir: string
let server: ServerProcess

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'pulsewell-cli-'))
  server = await startServerProcess({ DATA_DIR: dataDir })
})
afterAll(async () => {
  await server.kill('SIGTERM')
  await rm(dataDir, { recursive: true, force: true })
})

const pulsewell = (...args: string[]) => runCommand(args, { DATA_DIR: dataDir })

test('accounts and keys are managed beside a running server; a revoked key ends at once', async () => {
  const account = await pulsewell('accounts', 'create', '--name', 'Clinic')
  expect(account.code).toBe(0)
  const [id, live] = [/account +(\S+)/.exec(account.output)![1]!, /live +(\S+)/.exec(account.output)![1]!]
  expect((await call(server, 'GET', '/user', { key: live })).status).toBe(200)

  const created = await pulsewell('keys', 'create', '--account', id, '--environment', 'sandbox', '--name', 'poller')
  const key = created.output.trim()
  expect(key).toMatch(/^sk_test_[\w-]{43}$/)
  expect((await call(server, 'GET', '/user', { key })).status).toBe(200)
  const client = await pulsewell('keys', 'create', '--account', id, '--kind', 'client')
  expect(client.output.trim()).toMatch(/^pk_live_[\w-]{43}$/)

  const { output } = await pulsewell('keys', 'list')
  const line = output.split('\n').find((candidate) => candidate.includes(key.slice(0, 14)))!
  expect(line).toMatch(/secret\tsandbox\t.*\tClinic\tactive\tused .*\tpoller$/)
  expect(output).not.toContain(key)

  const revoked = await pulsewell('keys', 'revoke', line.split('\t')[0]!)
  expect(revoked).toEqual({ code: 0, output: 'Revoked the key.\n' })
  expect((await call(server, 'GET', '/user', { key })).status).toBe(401)
  expect((await pulsewell('keys', 'revoke', line.split('\t')[0]!)).code).toBe(1)
})

test('clients of the Care API are managed beside a running server; a revoked one ends at once', async () => {
  const account = await pulsewell('accounts', 'create', '--name', 'Hospital')
  const organization = /account +(\S+)/.exec(account.output)![1]!
  const created = await pulsewell('oauth-clients', 'create', '--organization', organization)
  const [client_id, client_secret] = [/client_id +(\S+)/, /client_secret +(\S+)/].map(
    (it) => it.exec(created.output)![1]!,
  )
  const ask = async () => {
    const response = await fetch(`${server.url}/pub/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ grant_type: 'client_credentials', client_id, client_secret }),
    })
    return response.status
  }
  expect(await ask()).toBe(201)
  const { output } = await pulsewell('oauth-clients', 'list')
  expect(output).toMatch(new RegExp(`^${client_id}\\t\\S+\\torganization\\tactive$`, 'm'))
  expect(output).not.toContain(client_secret)
  expect(await pulsewell('oauth-clients', 'revoke', client_id!)).toEqual({ code: 0, output: 'Revoked the client.\n' })
  expect(await ask()).toBe(401)

  const nobody = '00000000-0000-4000-8000-000000000000'
  const missing = await pulsewell('oauth-clients', 'create', '--organization', organization, '--groups', nobody)
  expect(missing).toEqual({ code: 1, output: `The organization has no group ${nobody}.\n` })
  expect((await pulsewell('oauth-clients', 'create', '--organization', 'x')).output).toContain('It must be an id.')
})

test('what cannot be done is said in a sentence', async () => {
  const nobody = '00000000-0000-4000-8000-000000000000'
  expect(await pulsewell('keys', 'create', '--account', nobody)).toEqual({
    code: 1,
    output: `There is no account ${nobody}.\n`,
  })
  expect((await pulsewell('keys', 'create', '--account', 'me')).output).toBe('There is no account me.\n')
  expect((await pulsewell('keys', 'create')).output).toContain("required option '--account <id>'")
  expect((await pulsewell('keys', 'create', '--account', nobody, '--environment', 'moon')).output).toContain(
    'live, sandbox',
  )
  expect((await pulsewell('fly')).output).toContain("unknown command 'fly'")
})

test('migrate says what it did', async () => {
  expect(await pulsewell('migrate')).toEqual({ code: 0, output: 'The database is up to date.\n' })
})

test('secrets are encrypted anew under a new key, after which the old one can go', async () => {
  const databaseUrl = await cloneDatabase()
  const [oldKey, newKey] = [Buffer.alloc(32, 1).toString('base64'), Buffer.alloc(32, 2).toString('base64')]
  const key = newApiKey('secret', 'live')
  const withKeys = (ENCRYPTION_KEYS: string) => ({
    DATABASE_URL: databaseUrl,
    BOOTSTRAP_SECRET_KEY: key,
    ENCRYPTION_KEYS,
  })
  const before = await startServerProcess(withKeys(oldKey))
  const settings = await call(before, 'POST', '/settings', { key, json: { webhookUrl: 'https://example.com/hook' } })
  expect(settings.status).toBe(200)
  await before.kill('SIGTERM')

  const refused = await runCommand(['secrets', 'reencrypt'], withKeys(newKey))
  expect(refused.code).toBe(1)
  expect(refused.output).toMatch(
    /^A secret in the database needs encryption key [\da-f]{8}; ENCRYPTION_KEYS lacks it\.$/m,
  )
  const done = await runCommand(['secrets', 'reencrypt'], withKeys(`${newKey},${oldKey}`))
  expect(done).toEqual({ code: 0, output: 'Encrypted 1 secret anew.\n' })

  const after = await startServerProcess(withKeys(newKey))
  expect((await call(after, 'GET', '/settings', { key })).body).toEqual(settings.body)
  await after.kill('SIGTERM')
})
