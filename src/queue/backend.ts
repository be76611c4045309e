import { createPostgresBackend, createRedisBackend, type PostgresConnection, runMigrations, withBackend } from 'bullmq'
import { Redis } from 'ioredis'
import pg from 'pg'
import type { Config } from '../config.ts'
import { superviseWorker, type Supervised } from './supervise-worker.ts'

/** The part of BullMQ that Pulsewell uses, the same on both backends. */
export type Backend = {
  openQueue: (name: string) => BullQueue
  openWorker: (name: string, options: WorkerOptions) => Supervised
  /** Throws when the queue cannot be reached. */
  ping: () => Promise<void>
  close: () => Promise<void>
}

export type WorkerOptions = {
  concurrency: number
  run: (payload: unknown) => Promise<void>
  onError: (error: Error) => void
}

type PostgresPool = PostgresConnection['pool']
type JobOptions = { delay: number }
export type BullQueue = {
  add: (name: string, data: unknown, opts: JobOptions) => Promise<unknown>
  addBulk: (jobs: { name: string; data: unknown; opts: JobOptions }[]) => Promise<unknown>
  on: (event: 'error', listener: (error: Error) => void) => unknown
  close: () => Promise<unknown>
}

/** A finished job has nothing to tell: its outcome is in the tables. A few failed ones are kept to look at. */
const KEEP = { removeOnComplete: { count: 0 }, removeOnFail: { count: 100 } }
/** For adding, for fetching, and a connection that listens for each worker. */
const POSTGRES_CONNECTIONS = 8
const REDIS_TIMEOUT_MS = 1000

/** Redis or Valkey with `redisUrl`, the server's Postgres (schema `bullmq`) without it. */
export function openBackend(config: Config, databaseUrl: string): Backend {
  return config.redisUrl === undefined
    ? postgresBackend(databaseUrl)
    : redisBackend(config.redisUrl, config.redisPrefix)
}

/** Creates BullMQ's own tables. Part of `migrate`; does nothing where they are up to date. */
export async function migrateQueue(client: pg.Client): Promise<void> {
  await runMigrations(client)
}

function postgresBackend(connectionString: string): Backend {
  const { Queue, Worker } = withBackend(createPostgresBackend)
  const pool = new pg.Pool({
    connectionString,
    max: POSTGRES_CONNECTIONS,
    connectionTimeoutMillis: 5000,
    application_name: 'pulsewell-queue',
    // BullMQ's statements name its tables without their schema.
    options: '-c search_path=bullmq',
    keepAlive: true,
  })
  // BullMQ listens for errors on the connections that it knows are idle. Any other that is lost would end the process.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  // BullMQ describes the part of pg.Pool that it uses in types of its own, which pg's do not quite fit.
  const connection = pool as unknown as PostgresPool
  return {
    openQueue: (name) => new Queue(name, { connection, defaultJobOptions: KEEP }),
    openWorker: (name, { concurrency, run, onError }) =>
      superviseWorker(
        () => new Worker(name, (job) => run(job.data), { connection, concurrency, autorun: false, ...KEEP }),
        onError,
      ),
    ping: async () => {
      await pool.query('select 1')
    },
    close: () => pool.end(),
  }
}

function redisBackend(url: string, prefix: string): Backend {
  const { Queue, Worker } = withBackend(createRedisBackend)
  // A request never waits for Redis: what cannot be queued at once is left to the sweeper.
  const producer = new Redis(url, {
    commandTimeout: REDIS_TIMEOUT_MS,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
  })
  const consumer = new Redis(url, { maxRetriesPerRequest: null })
  for (const client of [producer, consumer]) client.on('error', () => undefined)
  return {
    openQueue: (name) => new Queue(name, { connection: producer, prefix, defaultJobOptions: KEEP }),
    openWorker: (name, { concurrency, run, onError }) =>
      superviseWorker(
        () =>
          new Worker(name, (job) => run(job.data), {
            connection: consumer,
            prefix,
            concurrency,
            autorun: false,
            ...KEEP,
          }),
        onError,
      ),
    ping: async () => {
      await producer.ping()
    },
    close: async () => {
      producer.disconnect()
      consumer.disconnect()
    },
  }
}
