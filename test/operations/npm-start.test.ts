import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

let dataDir: string

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'pulsewell-npm-'))
})
afterEach(() => rm(dataDir, { recursive: true, force: true }))

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test.each(['SIGTERM', 'SIGINT'] as const)('%s to npm stops the server and its Postgres', async (signal) => {
  const { PATH, HOME } = process.env
  const npm = spawn('npm', ['start'], {
    cwd: join(import.meta.dirname, '../..'),
    env: { PATH, HOME, DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await expect.poll(() => output, { timeout: 25_000 }).toContain('Pulsewell is running at')
  const server = Number(/"pid":(\d+)/.exec(output)![1])
  const postmaster = Number.parseInt(await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8'), 10)
  expect([server, postmaster].map(isAlive)).toEqual([true, true])
  const ended = once(npm, 'exit')
  npm.kill(signal)
  await ended
  await expect.poll(() => [server, postmaster].map(isAlive)).toEqual([false, false])
  expect(output).toContain('"msg":"stopping"')
})
