import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newApiKey } from '../../src/accounts/credential.ts'
import { freePort } from '../../src/database/free-port.ts'
import { call, createUserWithToken, send, stepSamples } from '../support/api.ts'
import { runCommand, type ServerProcess, startServerProcess } from '../support/process.ts'
import { cloneDatabase } from '../support/server.ts'
import { askFor, printedBy, readSnippets, runBash, type Snippet } from '../support/snippets.ts'

const ROOT = join(import.meta.dirname, '../..')
const key = newApiKey('secret', 'live')
const sandboxKey = newApiKey('secret', 'sandbox')
const tokens = { USER_ID: 'userId', TOKEN: 'access_token' }

let folder: string
let environment: Record<string, string>
let server: ServerProcess
let organization: string

beforeAll(async () => {
  // Below the checkout, where packages are found.
  folder = await mkdtemp(join(ROOT, '.snippets-'))
  environment = { DATABASE_URL: await cloneDatabase(), DATA_DIR: await mkdtemp(join(tmpdir(), 'pulsewell-readme-')) }
  const webhooks = { WEBHOOK_WINDOW_MS: '50', WEBHOOK_ALLOW_HTTP: 'true', WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8' }
  const keys = { BOOTSTRAP_SECRET_KEY: key, BOOTSTRAP_SANDBOX_KEY: sandboxKey }
  server = await startServerProcess({ ...environment, ...webhooks, ...keys })
  const account = await runCommand(['accounts', 'create', '--name', 'Clinic'], environment)
  organization = /account +(\S+)/.exec(account.output)![1]!
}, 120_000)
afterAll(async () => {
  await server.kill('SIGTERM')
  await rm(folder, { recursive: true, force: true })
  await rm(environment['DATA_DIR']!, { recursive: true, force: true })
})

/** As a reader would have it: their own server, key and user in the places that the document leaves open. */
const fill = (code: string) =>
  code
    .replaceAll('http://127.0.0.1:3000', server.url)
    .replaceAll('localhost:3000', server.url)
    .replaceAll('sk_live_...', key)

const userOfAlice = `KEY=${key}
USER_ID=$(curl -s -X POST -H "x-api-key: $KEY" 'http://127.0.0.1:3000/user?appUserId=alice' | sed -E 's/.*"userId":"([^"]+)".*/\\1/')
`

async function expectPrinted(snippet: Snippet, before = ''): Promise<void> {
  expect(await runBash(fill(before + askFor(snippet.code, tokens)))).toMatch(printedBy(snippet))
}

/** A program of the document, run until it ends or is ended. */
async function start(code: string, name: string, variables: Record<string, string>) {
  const path = join(folder, name)
  await writeFile(path, fill(code))
  const { PATH, HOME } = process.env
  const child = spawn(process.execPath, [path], { env: { PATH, HOME, ...variables } })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return { child, ended, output: () => output }
}

/** Blocks that are run here, by their first lines. In their order: what one makes, a later one may read. */
const run: Record<string, (snippet: Snippet) => Promise<void>> = {
  'KEY=sk_live_...                  # as the first start showed it': (snippet) => expectPrinted(snippet),

  'curl -H "x-api-key: $KEY" "http://127.0.0.1:3000/activity/sources?userId=$USER_ID&date=2024-05-01"': (snippet) =>
    expectPrinted(snippet, userOfAlice),

  // The body of a batch.
  '{': async ({ code }) => {
    const { token } = await createUserWithToken({ url: server.url, keys: { live: key, sandbox: '', client: '' } })
    const headers = { 'content-type': 'application/vnd.pulsewell.columns+json' }
    const { status, body } = await call(server, 'POST', '/api/v2/samples', { token, headers, body: code })
    expect([status, body.inserted]).toEqual([200, 3])
  },

  'npm run pulsewell -- oauth-clients create --organization <account id>   # a client_id and a client_secret': async ({
    code,
  }) => {
    const [create = '', ...ask] = code.split('\n')
    const client = await runBash(create.replace('<account id>', organization), environment)
    const asking = ask.join('\n').replace(/"client_id":"..."/, `"client_id":"${/client_id +(\S+)/.exec(client)![1]!}"`)
    const secret = /client_secret +(\S+)/.exec(client)![1]!
    const answer = await runBash(fill(asking.replace(/"client_secret":"..."/, `"client_secret":"${secret}"`)))
    const { attributes, relationships } = JSON.parse(answer).data
    expect(attributes).toMatchObject({ expires_in: 3600, refresh_token: expect.any(String) })
    expect(relationships.organization.data.id).toEqual(expect.any(String))
  },

  [`post() { curl -H "authorization: Bearer $KEY" -H 'content-type: application/json' "http://127.0.0.1:3000/api/$1" -d "$2"; }`]:
    (snippet) => expectPrinted(snippet, `KEY=${key}\n`),

  "import { MetriportDevicesApi } from '@metriport/api-sdk'": async ({ code }) => {
    const { ended, output } = await start(code, 'client.ts', { PULSEWELL_KEY: key })
    expect([await ended, output()]).toEqual([0, '216\n'])
  },

  "import { createHmac, timingSafeEqual } from 'node:crypto'": async ({ code }) => {
    const port = await freePort()
    const webhookUrl = `http://127.0.0.1:${port}/`
    const settings = await call(server, 'POST', '/settings', { key, json: { webhookUrl } })
    const receiver = await start(code.replace('4000', String(port)), 'receiver.ts', {
      WEBHOOK_KEY: settings.body.webhookKey,
    })
    const forge = () =>
      fetch(webhookUrl, { method: 'POST', body: '{}' }).then(
        ({ status }) => status,
        () => 0,
      )
    await expect.poll(forge).toBe(401)
    const { token } = await createUserWithToken({ url: server.url, keys: { live: key, sandbox: '', client: '' } })
    await send(server, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 3))
    await expect.poll(receiver.output).toContain('"type":"devices.health-data"')
    await expect.poll(receiver.output).toContain('"type":"ping"')
    receiver.child.kill()
    await receiver.ended
  },

  [`curl -H "x-api-key: $KEY" -H 'content-type: application/json' http://127.0.0.1:3000/api/webhooks -d '`]: (
    snippet,
  ) => expectPrinted(snippet, `KEY=${key}\n`),

  'npm run --silent sandbox:draw -- somebody 2026-10-01 > month.svg': async ({ code }) => {
    const picture = join(folder, 'month.svg')
    await runBash(code.replace('month.svg', picture))
    expect(await readFile(picture, 'utf8')).toMatch(/^<svg [^]*<\/svg>\s*$/)
  },

  [`curl -H "x-api-key: $SANDBOX_KEY" -H 'x-sandbox-fault: latency=500, status=503' http://127.0.0.1:3000/user`]: (
    snippet,
  ) => expectPrinted(snippet, `SANDBOX_KEY=${sandboxKey}\n`),
}

/** Blocks that are not run, and why. */
const notRun: Record<string, string> = {
  'npm ci && npm start   # the server, on a Postgres of its own': '.ci/run does it, in a fresh checkout',
  'Pulsewell is running at http://127.0.0.1:3000': 'what is printed: test/first-request.test.ts runs it',
  'flowchart LR': 'a picture',
  'npm run pulsewell -- serve                          # API and worker; what `npm start` runs':
    'test/operations/command-line.test.ts and process.test.ts run these commands',
  '// src/samples/types/push-count.ts': 'a declaration: the types that there are have the same form',
  '// src/providers/polar.ts': 'a declaration: the providers that there are have the same form',
  "import { PulsewellClient } from '@pulsewell/sdk'": 'test/sdk/typescript/readme.test.ts runs it',
  'from pulsewell import PulsewellClient': 'sdk/python/tests/test_readme.py runs it',
  'export PULSEWELL_KEY=sk_live_...                                    # as the first start showed it':
    'needs exports of people: test/sdk/import runs the tool on files in their form',
  'https://health.example.org/widget/?token=<connect token>&providers=oura,fitbit&colorMode=dark&customColor=%23336699':
    'an address: test/widget opens it in a browser',
  'GOOGLE_ACCESS_TOKEN="$(gcloud auth print-access-token)" npm run pulsewell -- google subscribe --project my-project':
    'needs gcloud: test/providers/google-health-connect.test.ts runs the command against a stand-in',
  'cat > .env <<END': 'needs Docker',
  'npm ci': 'needs hosts with Postgres and Redis: test/operations/process.test.ts starts both roles',
  'health.example.org {': 'needs Caddy',
  'docker compose exec -T postgres pg_dump -U pulsewell -Fc pulsewell > pulsewell.dump': 'needs Docker',
  'npm run bench              # all of them': 'takes half an hour',
}

const snippets = await readSnippets('README.md')

test('every block of the README is run, or there is a reason why not', () => {
  const known = [...Object.keys(run), ...Object.keys(notRun)]
  expect(snippets.map(({ name }) => name).filter((name) => !known.includes(name))).toEqual([])
})

test('every block of the benchmarks that is run by hand is known', async () => {
  const ofBenchmarks = (await readSnippets('bench/README.md')).filter(({ language }) => language !== '')
  const known = Object.keys(notRun)
  expect(ofBenchmarks.map(({ name }) => name).filter((name) => !known.includes(name))).toEqual([])
  const there = [...snippets, ...ofBenchmarks].map(({ name }) => name)
  expect([...known, ...Object.keys(run)].filter((name) => !there.includes(name))).toEqual([])
})

for (const snippet of snippets.filter(({ name }) => name in run)) {
  test(`it does what it says: ${snippet.name.slice(0, 60)}`, () => run[snippet.name]!(snippet))
}
