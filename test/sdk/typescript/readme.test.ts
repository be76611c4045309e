import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PulsewellClient } from '../../../sdk/typescript/src/index.ts'
import { freePort } from '../../../src/database/free-port.ts'
import { readPrograms } from '../../support/snippets.ts'
import { startServer, type TestServer } from '../../support/server.ts'

/** What the documents say is run as it stands, against this server. */
let server: TestServer
let client: PulsewellClient
let folder: string

beforeAll(async () => {
  server = await startServer({ environment: { RATE_LIMIT_STUDIES: '10000' } })
  client = new PulsewellClient({ baseUrl: server.url, apiToken: server.keys.live })
  folder = await mkdtemp(join(tmpdir(), 'pulsewell-readme-'))
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  await client.studies.create({ name: 'Sleep' })
  await client.studies.update(1, { status: 'active' })
  await client.batteries.create({ name: 'Memory' })
  await client.participants.create({ studyId: 1 })
  for (const status of ['screening', 'enrolled'] as const) await client.participants.update('P001', { status })
})
afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})

const SOURCES = join(import.meta.dirname, '../../../sdk/typescript/src')
let count = 0

/** A snippet as a program, on the SDK's sources. */
async function start(snippet: string, environment: Record<string, string> = {}) {
  const path = join(folder, `snippet-${count++}.ts`)
  const sourceOf = (name: string) => `from '${pathToFileURL(join(SOURCES, name)).href}'`
  const program = snippet
    .replaceAll("from '@pulsewell/sdk/node'", sourceOf('node.ts'))
    .replaceAll("from '@pulsewell/sdk'", sourceOf('index.ts'))
    .replaceAll('http://localhost:3000', server.url)
  await writeFile(path, program)
  const env = { ...process.env, PULSEWELL_KEY: server.keys.live, ...environment }
  const child = spawn(process.execPath, [path], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk
  })
  return { child, ended: once(child, 'close'), output: () => output }
}

async function run(snippet: string): Promise<string> {
  const { ended, output } = await start(snippet)
  expect(await ended).toEqual([0, null])
  return output()
}

test('the contract', async () => {
  const output = await run(`
    import { PulsewellClient } from '@pulsewell/sdk'
    const client = new PulsewellClient({ baseUrl: 'http://localhost:3000/api', apiToken: '${server.keys.live}' })
    await client.participants.list({ studyId: 1 })
    const session = await client.sessions.create({ participantId: 'P001', batteryId: 'battery_1' })
    console.log(session.status)`)
  expect(output).toBe('scheduled\n')
})

test('the README of the SDK', async () => {
  const [first, lists, upload, webhooks, errors, ...more] = await readPrograms('sdk/typescript/README.md')
  expect(more).toEqual([])
  expect(await run(first!)).toBe('700\n')
  expect(await run(lists!)).toBe('1 of 1\nP001\n')
  expect(await run(upload!)).toMatch(/10000 samples are done.*samples: 10000,\s+batches: 10,.*inserted: 10000/s)
  expect(await run(upload!)).toMatch(/skipped: 10,\s+inserted: 0/)
  expect(await run(errors!)).toMatch(/^422 VALIDATION_ERROR \{\s+field: 'name',\s+reason: '.+'\s+\}\n$/)
  await expectReceiver(webhooks!)
})

async function expectReceiver(snippet: string): Promise<void> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/hook`
  const { secret } = await client.webhooks.create({ url, events: ['session.*'] })
  const { child, ended, output } = await start(snippet, { PORT: String(port), WEBHOOK_SECRET: secret })
  const forge = () => fetch(url, { method: 'POST', body: '{}' }).then(({ status }) => status, String)
  await expect.poll(forge).toBe(401)
  await hangUpInTheMiddle(port)
  const { session_id: sessionId } = await client.sessions.create({ participantId: 'P001', batteryId: 'battery_1' })
  await client.sessions.update(sessionId, { status: 'in_progress' })
  await client.sessions.update(sessionId, { status: 'completed' })
  await expect.poll(output).toBe(`${sessionId}\n`)
  child.kill()
  await ended
}

/** As any stranger can: it must not end the receiver. */
async function hangUpInTheMiddle(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.write('POST /hook HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 100\r\n\r\n{')
  // It says so once it has begun to read.
  await once(socket, 'data')
  socket.resetAndDestroy()
}

test('the README of the repository', async () => {
  const snippets = await readPrograms('README.md')
  expect(snippets).toHaveLength(1)
  expect(await run(snippets[0]!)).toBe('P001\nP001\n')
})
