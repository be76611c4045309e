import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { reencryptGrants } from '../../src/connect/reencrypt-grants.ts'
import { openSecretBox } from '../../src/secret-box.ts'
import { call } from '../support/api.ts'
import { agree, begin, comeBack, newConnectToken } from '../support/connecting.ts'
import { replaceOura } from '../support/oauth-provider.ts'
import { type OAuthServer, startOAuthServer } from '../support/oauth-server.ts'
import { startServer, type TestServer } from '../support/server.ts'

beforeAll(replaceOura)

let provider: OAuthServer
let server: TestServer
let at = Date.now()

beforeAll(async () => {
  provider = await startOAuthServer()
  server = await startServer({ worker: false, environment: provider.environment, now: () => new Date(at) })
})
afterAll(async () => {
  await server.stop()
  await provider.stop()
})
afterEach(() => {
  at = Date.now()
  provider.answer('/oauth/token', undefined)
  provider.answer('/v1/person', undefined)
})

const connectedOf = async (userId: string) =>
  (await call(server, 'GET', `/user/${userId}/connected-providers`, { key: server.keys.live })).body.connectedProviders

const start = async (query?: string, more: Record<string, string> = {}) => {
  const { userId, headers } = await newConnectToken(server)
  const begun = await begin(server, { ...headers, ...more }, query)
  expect(begun.status, JSON.stringify(begun.body)).toBe(200)
  return { userId, url: new URL(begun.body), begun }
}

const whereOf = ({ headers }: { headers: Headers }) => headers.get('location')
const EXPIRED = '/widget/?result=expired&provider=oura'

test('the whole dance connects, with PKCE that the provider checks, and keeps tokens sealed', async () => {
  const { userId, url } = await start()
  expect(url.origin).toBe(provider.url)
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    response_type: 'code',
    scope: 'days person',
    redirect_uri: `${server.url}/connect/oura`,
    code_challenge_method: 'S256',
    prompt: 'consent',
  })
  const back = await comeBack(server, await agree(url.href))
  expect(back.status).toBe(302)
  expect(whereOf(back)).toBe('/widget/?result=connected&provider=oura')
  expect(back.headers.get('referrer-policy')).toBe('no-referrer')
  expect(await connectedOf(userId)).toEqual(['oura'])

  const { rows } = await server.context.pool.query('select * from provider_grant where user_id = $1', [userId])
  expect(rows[0]).toMatchObject({ application: 'oura', external_user_id: provider.personId, scopes: ['days'] })
  expect(server.context.secrets.open(rows[0].access_token)).toMatch(/^access-/)
  expect(rows[0].access_token.toString('latin1')).not.toContain('access-')
})

test('neither state, code nor tokens are logged, nor stored in clear', async () => {
  const { url } = await start()
  const callback = await agree(url.href)
  await comeBack(server, callback)
  const logged = server.logged.join('\n')
  for (const secret of [
    'access-',
    'refresh-',
    callback.searchParams.get('code')!,
    callback.searchParams.get('state')!,
  ]) {
    expect(logged).not.toContain(secret)
  }
  const { url: other } = await start()
  const { rows } = await server.context.pool.query('select row_to_json(s)::text as text from connect_state s')
  expect(rows.some(({ text }) => text.includes(other.searchParams.get('state')))).toBe(false)
})

test('a state is good once', async () => {
  const { url } = await start()
  const callback = await agree(url.href)
  expect(whereOf(await comeBack(server, callback))).toContain('result=connected')
  expect(whereOf(await comeBack(server, callback))).toBe(EXPIRED)
})

test('of two that come back with a state at once, one is connected', async () => {
  const { url } = await start()
  const callback = await agree(url.href)
  const back = await Promise.all(Array.from({ length: 5 }, () => comeBack(server, callback)))
  expect(back.filter((each) => whereOf(each)?.includes('connected'))).toHaveLength(1)
})

test.each(['', 'state=', 'state=made-up', 'state=a&state=b'])(
  'a state of nobody connects nobody: %s',
  async (query) => {
    const back = await call(server, 'GET', `/connect/oura?code=abc&${query}`)
    expect([back.status, whereOf(back)]).toEqual([302, EXPIRED])
  },
)

test('a state is of one provider, and used up by another', async () => {
  const { userId, url } = await start()
  const callback = await agree(url.href)
  const mixedUp = new URL(callback)
  mixedUp.pathname = '/connect/fitbit'
  expect(whereOf(await comeBack(server, mixedUp))).toBe('/widget/?result=expired&provider=fitbit')
  expect(whereOf(await comeBack(server, callback))).toBe(EXPIRED)
  expect(await connectedOf(userId)).toEqual([])
})

test('a state ends after ten minutes, and what it says of where to go with it', async () => {
  await call(server, 'PUT', '/settings/connect', {
    key: server.keys.live,
    json: { redirectOrigins: ['https://app.example.org'] },
  })
  const { userId, url } = await start('provider=oura&failRedirectUrl=https://app.example.org/no')
  const callback = await agree(url.href)
  at += 600_001
  expect(whereOf(await comeBack(server, callback))).toBe(EXPIRED)
  expect(await connectedOf(userId)).toEqual([])
})

test('begun by a page of ours, it ends in the same browser only', async () => {
  const { userId, url, begun } = await start(undefined, { 'sec-fetch-site': 'same-origin' })
  const cookie = begun.headers.get('set-cookie')!
  expect(cookie).toMatch(/^connect_[0-9a-f]{16}=[\w-]{43}; Path=\/connect; Max-Age=600; HttpOnly; SameSite=Lax$/)
  const pair = cookie.split(';')[0]!
  expect(whereOf(await comeBack(server, await agree(url.href), { cookie: `a=b; ${pair}` }))).toContain('connected')
  expect(await connectedOf(userId)).toEqual(['oura'])

  for (const headers of [{}, { cookie: pair }, { cookie: `${pair.split('=')[0]}=${'x'.repeat(43)}` }]) {
    const other = await start(undefined, { 'sec-fetch-site': 'same-origin' })
    expect(whereOf(await comeBack(server, await agree(other.url.href), headers))).toBe(EXPIRED)
    expect(await connectedOf(other.userId)).toEqual([])
  }
})

test('a code without its verifier, of somebody else, or with a foreign issuer connects nothing', async () => {
  const [mine, theirs] = [await start(), await start()]
  const [callback, stolen] = [await agree(mine.url.href), await agree(theirs.url.href)]
  // Somebody's code put into one's own callback: the verifier is another.
  callback.searchParams.set('code', stolen.searchParams.get('code')!)
  expect(whereOf(await comeBack(server, callback))).toBe('/widget/?result=failed&provider=oura')
  expect(await connectedOf(mine.userId)).toEqual([])

  const asked = provider.counts.get('/oauth/token')
  for (const change of [
    (url: URL) => url.searchParams.set('iss', 'https://other.example.com'),
    (url: URL) => url.searchParams.append('code', 'another'),
  ]) {
    const foreign = await start()
    const url = await agree(foreign.url.href)
    change(url)
    expect(whereOf(await comeBack(server, url))).toContain('result=failed')
    expect(await connectedOf(foreign.userId)).toEqual([])
  }
  expect(provider.counts.get('/oauth/token')).toBe(asked)
})

test.each<[string, Parameters<OAuthServer['answer']>[1]]>([
  ['HTML', () => ({ headers: { 'content-type': 'text/html' }, text: '<h1>access-1</h1>' })],
  ['garbage', () => ({ headers: { 'content-type': 'application/json' }, text: '{"access_token": "access-2' })],
  ['an array', () => ({ body: ['access-3'] })],
  ['no token', () => ({ body: { token_type: 'bearer' } })],
  ['another kind of token', () => ({ body: { access_token: 'access-4', token_type: 'mac' } })],
  ['numbers', () => ({ body: { access_token: 4, token_type: 'bearer' } })],
  ['a token without end', () => ({ body: { access_token: `access-${'x'.repeat(10_000)}`, token_type: 'bearer' } })],
  ['eleven megabytes', () => ({ headers: { 'content-type': 'application/json' }, text: ' '.repeat(11_000_000) })],
  ['a failure', () => ({ status: 500, text: 'access-5' })],
  ['a redirect', () => ({ status: 302, headers: { location: 'https://elsewhere.example.com/' } })],
])('a token endpoint that answers %s connects nothing', async (_, handle) => {
  const { userId, url } = await start()
  provider.answer('/oauth/token', handle)
  expect(whereOf(await comeBack(server, await agree(url.href)))).toBe('/widget/?result=failed&provider=oura')
  expect(await connectedOf(userId)).toEqual([])
  expect(server.logged.join('\n')).not.toMatch(/access-\d/)
})

test('a consent whose person cannot be told is given back', async () => {
  const { userId, url } = await start()
  provider.answer('/v1/person', () => ({ status: 500 }))
  expect(whereOf(await comeBack(server, await agree(url.href)))).toContain('result=failed')
  expect(await connectedOf(userId)).toEqual([])
  expect(provider.revoked.at(-1)).toMatch(/^refresh-/)
})

test('rotated keys of encryption: tokens are sealed anew, those of consents to be given back too', async () => {
  const { userId, url } = await start()
  await comeBack(server, await agree(url.href))
  const { pool, secrets } = server.context
  const gone = await start()
  await comeBack(server, await agree(gone.url.href))
  await call(server, 'DELETE', `/user/${gone.userId}`, { key: server.keys.live })
  const [newKey, dataDir] = [randomBytes(32).toString('base64'), server.context.config.dataDir]
  const oldKey = (await readFile(join(dataDir, 'encryption.key'), 'utf8')).trim()
  const both = await openSecretBox({ encryptionKeys: [newKey, oldKey], dataDir })
  expect(await reencryptGrants({ pool, secrets: both })).toBeGreaterThanOrEqual(3)

  const newOnly = await openSecretBox({ encryptionKeys: [newKey], dataDir })
  const { rows } = await pool.query(`
    select access_token as token from provider_grant union all select refresh_token from provider_grant
    union all select token from provider_revocation`)
  expect(rows.length).toBeGreaterThanOrEqual(3)
  for (const { token } of rows) {
    expect(newOnly.open(token)).toMatch(/^(access|refresh)-/)
    expect(() => secrets.open(token)).toThrow('needs encryption key')
  }
  await pool.query('delete from app_user where id = $1', [userId])
})
