import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { newApiKey } from '../../src/accounts/credential.ts'
import { call } from '../support/api.ts'
import { runCommand, startServerProcess } from '../support/process.ts'
import { cloneDatabase } from '../support/server.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'

let dataDir: string

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'pulsewell-loss-'))
})
afterEach(() => rm(dataDir, { recursive: true, force: true }))

test('a server whose embedded Postgres dies ends, with a sentence', async () => {
  const server = await startServerProcess({ DATA_DIR: dataDir, BOOTSTRAP_SECRET_KEY: newApiKey('secret', 'live') })
  const ended = once(server.child, 'exit')
  const [pid] = (await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')
  process.kill(Number(pid), 'SIGKILL')
  expect((await ended)[0]).toBe(1)
  await expect
    .poll(() => server.output())
    .toContain('The embedded Postgres stopped; see postgres.log in the data folder.\n')
})

test('SIGTERM while Redis is away ends the process with 0 within 10 s', async () => {
  const redis = await startTcpProxy({ host: '127.0.0.1', port: 1 })
  redis.down()
  const server = await startServerProcess({
    DATA_DIR: dataDir,
    DATABASE_URL: await cloneDatabase(),
    REDIS_URL: `redis://127.0.0.1:${redis.port}`,
  })
  expect((await call(server, 'GET', '/healthz')).status).toBe(200)
  const from = performance.now()
  expect(await server.kill('SIGTERM')).toBe(0)
  expect(performance.now() - from).toBeLessThan(10_000)
  await redis.stop()
})

describe('a start is refused with a sentence', () => {
  test.each(['', 'not a key', Buffer.alloc(31).toString('base64')])(
    'when encryption.key is broken: %j',
    async (content) => {
      const path = join(dataDir, 'encryption.key')
      await writeFile(path, content)
      const { code, output } = await runCommand(['serve'], {
        DATA_DIR: dataDir,
        DATABASE_URL: await cloneDatabase(),
        PORT: '0',
        LOG_LEVEL: 'silent',
      })
      expect(output).toBe(`${path} does not hold a key of 32 bytes in base64.\n`)
      expect(code).toBe(1)
      expect(await readFile(path, 'utf8')).toBe(content)
    },
  )
})
