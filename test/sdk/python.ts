import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServerProcess } from '../support/process.ts'

/** Runs the Python SDK's tests against a server on a Postgres of its own. Arguments go to unittest. */
const FOLDER = join(import.meta.dirname, '../../sdk/python')
/** The system's own has the packages that the distribution installs; another on the path may not. */
const python = process.env['PYTHON'] ?? (existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3')

process.exitCode = await main()

async function main(): Promise<number> {
  await using cleanup = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'pulsewell-sdk-python-'))
  cleanup.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  const key = `sk_live_${newSecret()}`
  const sandboxKey = `sk_test_${newSecret()}`
  const server = await startServerProcess({
    DATA_DIR: join(folder, 'data'),
    BOOTSTRAP_SECRET_KEY: key,
    BOOTSTRAP_SANDBOX_KEY: sandboxKey,
    LOG_LEVEL: 'warn',
    // The tests ask more in a minute than a partner may.
    RATE_LIMIT_KEY: '100000',
    RATE_LIMIT_STUDIES: '100000',
    RATE_LIMIT_AUTHENTICATION: '1000',
    WEBHOOK_WINDOW_MS: '100',
  })
  cleanup.defer(async () => void (await server.kill('SIGTERM')))
  const code = await runTests({
    PULSEWELL_URL: server.url,
    PULSEWELL_KEY: key,
    PULSEWELL_SANDBOX_KEY: sandboxKey,
  })
  if (code !== 0) process.stderr.write(`\nThe server printed:\n${server.output()}\n`)
  return code
}

function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** unittest fails on its own where a test does; before 3.12, not where it finds none. */
async function runTests(environment: Record<string, string>): Promise<number> {
  const selected = process.argv.slice(2)
  const args = selected.length > 0 ? selected : ['discover', '--start-directory', 'tests', '--top-level-directory', '.']
  const child = spawn(python, ['-m', 'unittest', ...args], {
    cwd: FOLDER,
    env: { ...process.env, ...environment, PYTHONPATH: join(FOLDER, 'src'), PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', 'inherit', 'pipe'],
  })
  let report = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    process.stderr.write(text)
    report += text
  })
  const [code] = (await once(child, 'close')) as [number | null]
  const count = /^Ran (\d+) tests?/m.exec(report)?.[1]
  if (count === undefined || count === '0') {
    process.stderr.write('No test ran.\n')
    return 1
  }
  return code ?? 1
}
