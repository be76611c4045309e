import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { newApiKey } from '../../src/accounts/credential.ts'
import { call, createUserWithToken, send, stepSamples } from '../support/api.ts'
import { runCommand, type ServerProcess, startServerProcess } from '../support/process.ts'
import { answerLikeAPartner, type Received, startReceiver } from '../support/receiver.ts'
import { cloneDatabase } from '../support/server.ts'

let dataDir: string
const running: ServerProcess[] = []

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'pulsewell-process-'))
})
afterEach(async () => {
  for (const server of running.splice(0)) await server.kill('SIGTERM')
  await rm(dataDir, { recursive: true, force: true })
})

async function start(environment: Record<string, string> = {}, args?: string[]): Promise<ServerProcess> {
  const server = await startServerProcess({ DATA_DIR: dataDir, ...environment }, args)
  running.push(server)
  return server
}

async function stop(server: ServerProcess): Promise<number | null> {
  running.splice(running.indexOf(server), 1)
  return server.kill('SIGTERM')
}

describe('the first start', () => {
  test('shows keys once, and lines that work when pasted; later starts reuse the data', async () => {
    const first = await start()
    await expect.poll(() => first.output()).toContain('/docs')
    const pasted = /# 1\.[\s\S]*(?=# 5\.)/.exec(first.output())![0]
    const { stdout, status } = spawnSync('bash', ['-c', pasted.replace(/^\{.*$/gm, '')], { encoding: 'utf8' })
    expect(status).toBe(0)
    expect(stdout).toContain('"inserted":3')
    expect(stdout).toContain('"steps_count":216')
    const key = /sk_live_[\w-]{43}/.exec(first.output())![0]
    expect(first.output()).toMatch(/sk_test_[\w-]{43}/)
    expect(await stop(first)).toBe(0)

    const second = await start()
    await expect.poll(() => second.output()).toContain('Pulsewell is running')
    expect(second.output()).not.toContain('sk_live_')
    const { body } = await call(second, 'GET', '/user', { key })
    expect(body.connectedUsers).toMatchObject([{ appUserId: 'alice', connectedProviders: ['apple'] }])
    const files = ['encryption.key', 'postgres.password'].map((name) => stat(join(dataDir, name)))
    for (const { mode } of await Promise.all(files)) expect(mode & 0o777).toBe(0o600)
  })

  test('BOOTSTRAP_SECRET_KEY and BOOTSTRAP_SANDBOX_KEY are keys of one account, also the second time', async () => {
    const [live, sandbox] = [newApiKey('secret', 'live'), newApiKey('secret', 'sandbox')]
    const environment = { BOOTSTRAP_SECRET_KEY: live, BOOTSTRAP_SANDBOX_KEY: sandbox }
    const first = await start(environment)
    expect(first.output()).not.toContain('sk_')
    await call(first, 'POST', '/user?appUserId=ada', { key: live })
    await stop(first)
    const second = await start(environment)
    expect((await call(second, 'GET', '/user', { key: live })).body.connectedUsers).toHaveLength(1)
    expect((await call(second, 'GET', '/user', { key: sandbox })).body.connectedUsers).toHaveLength(0)
    await stop(second)
    const { output } = await runCommand(['keys', 'list'], { DATA_DIR: dataDir })
    expect(output.trim().split('\n')).toHaveLength(2)
    expect(
      new Set(
        output
          .trim()
          .split('\n')
          .map((line) => line.split('\t')[4]),
      ).size,
    ).toBe(1)
  })
})

describe('refusals are sentences', () => {
  test('the data folder is in use', async () => {
    await start()
    const { code, output } = await runCommand(['serve'], { DATA_DIR: dataDir, PORT: '0' })
    expect(code).toBe(1)
    expect(output.trim()).toBe(
      `The data folder ${dataDir} is in use by another Pulsewell. Stop it, or set DATA_DIR to another folder.`,
    )
  })

  test('the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const { code, output } = await runCommand(['serve'], { DATA_DIR: dataDir, PORT: String(port) })
    expect(code).toBe(1)
    expect(output.trim()).toBe(`Port ${port} is in use. Stop what listens there, or set PORT.`)
    other.close()
    await once(other, 'close')
  })

  test('the data folder cannot be made', async () => {
    await writeFile(join(dataDir, 'file'), '')
    const { code, output } = await runCommand(['serve'], { DATA_DIR: join(dataDir, 'file') })
    expect(code).toBe(1)
    expect(output).toMatch(/^The data folder .* cannot be made: /)
  })

  test('the configuration is wrong: every bad variable is named', async () => {
    const { code, output } = await runCommand(['serve'], {
      PORT: 'http',
      DATABASE_URL: 'mysql://x',
      BOOTSTRAP_SECRET_KEY: 'sk_live_short',
    })
    expect(code).toBe(1)
    for (const name of ['PORT', 'DATABASE_URL', 'BOOTSTRAP_SECRET_KEY']) expect(output).toContain(`  ${name}: `)
    expect(output).not.toContain('sk_live_short')
  })

  test('the database cannot be reached', async () => {
    const { code, output } = await runCommand(['serve'], {
      DATA_DIR: dataDir,
      DATABASE_URL: 'postgresql://ada:secret@127.0.0.1:1/x',
    })
    expect(code).toBe(1)
    expect(output).toMatch(/^The database at 127\.0\.0\.1:1 cannot be reached: /)
    expect(output).not.toContain('secret')
  })

  test('a worker alone needs a database that others share', async () => {
    const { code, output } = await runCommand(['worker'], { DATA_DIR: dataDir })
    expect(code).toBe(1)
    expect(output).toContain('DATABASE_URL')
  })
})

describe('stopping', () => {
  test('a request under way finishes, no new ones are taken, and the process ends with 0', async () => {
    const server = await start({ BOOTSTRAP_SECRET_KEY: newApiKey('secret', 'live') })
    const { port } = new URL(server.url)
    const socket = connect(Number(port), '127.0.0.1')
    const json = JSON.stringify({ grant_type: 'refresh_token', refresh_token: 'x' })
    socket.write(
      `POST /oauth/token HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nexpect: 100-continue\r\ncontent-length: ${json.length}\r\n\r\n`,
    )
    let answer = ''
    socket.on('data', (chunk) => (answer += chunk.toString()))
    const closed = once(socket, 'close')
    // The server has read the head and waits for the body.
    await expect.poll(() => answer).toContain('100 Continue')
    const ended = stop(server)
    await expect.poll(() => server.output()).toContain('"msg":"stopping"')
    await expect.poll(() => call(server, 'GET', '/healthz').catch(() => 'refused')).toBe('refused')
    socket.write(json)
    expect(await ended).toBe(0)
    await closed
    expect(answer).toMatch(/HTTP\/1\.1 400 [\s\S]*connection: close/i)
  })

  test('an endpoint that hangs does not hold up the stop; its delivery is given back', async () => {
    const key = newApiKey('secret', 'live')
    const environment = {
      BOOTSTRAP_SECRET_KEY: key,
      DATABASE_URL: await cloneDatabase(),
      WEBHOOK_ALLOW_HTTP: 'true',
      WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8',
    }
    const isConnected = ({ body }: Received) => body.meta.type === 'devices.provider-connected'
    const endpoint = await startReceiver(() => undefined)
    const server = await start(environment)
    await call(server, 'POST', '/settings', { key, json: { webhookUrl: endpoint.url } })
    await createUserWithToken({ url: server.url, keys: { live: key, sandbox: '', client: '' } })
    await endpoint.waitFor(isConnected)
    const from = Date.now()
    expect(await stop(server)).toBe(0)
    expect(Date.now() - from).toBeLessThan(10_000)

    endpoint.handle = answerLikeAPartner
    const again = await start(environment)
    await expect.poll(() => endpoint.received.filter(isConnected).length).toBe(2)
    expect(await stop(again)).toBe(0)
    await endpoint.stop()
  })
})

test('API and worker as processes of their own, on one database', async () => {
  const key = newApiKey('secret', 'live')
  const shared = {
    DATABASE_URL: await cloneDatabase(),
    ENCRYPTION_KEYS: Buffer.alloc(32, 7).toString('base64'),
    BOOTSTRAP_SECRET_KEY: key,
    WEBHOOK_ALLOW_HTTP: 'true',
    WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8',
    WEBHOOK_WINDOW_MS: '50',
  }
  expect((await runCommand(['migrate'], { DATA_DIR: dataDir, ...shared })).output).toContain('up to date')
  const receiver = await startReceiver()
  const [api, second] = await Promise.all([
    start(shared, ['serve', '--no-worker']),
    start(shared, ['serve', '--no-worker']),
  ])
  await call(api, 'POST', '/settings', { key, json: { webhookUrl: receiver.url } })
  const { userId, token } = await createUserWithToken({ url: second.url, keys: { live: key, sandbox: '', client: '' } })
  await send(second, token, 'steps', stepSamples('2024-01-05T10:00:00Z', 3))
  expect(receiver.received).toEqual([])

  const worker = await startWorkerProcess({ DATA_DIR: dataDir, ...shared })
  const told = await receiver.waitFor(({ body }) => body.meta.type === 'devices.health-data')
  expect(told.body.users[0].userId).toBe(userId)
  worker.kill('SIGTERM')
  const [code] = await once(worker, 'exit')
  expect(code).toBe(0)
  await receiver.stop()
})

async function startWorkerProcess(environment: Record<string, string>) {
  const { spawn } = await import('node:child_process')
  const { PATH, HOME } = process.env
  return spawn(process.execPath, [join(import.meta.dirname, '../../src/main.ts'), 'worker'], {
    cwd: '/',
    env: { PATH, HOME, ...environment },
    stdio: 'ignore',
  })
}
