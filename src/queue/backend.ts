import { createPostgresBackend, createRedisBackend, runMigrations, withBackend } from 'bullmq'
import { Redis } from 'ioredis'
import pg from 'pg'
import type { Config } from '../config.ts'

/** The part of BullMQ that Pulsewell uses, the same on both backends. */
export type Backend = {
  openQueue: (name: string) => BullQueue
  openWorker: (name: string, concurrency: number, run: (payload: unknown) => Promise<void>) => BullWorker
  ping: () => Promise<void>
  close: () => Promise<void>
}

type JobOptions = { delay: number }
type Closable = { close: () => Promise<unknown>; on: (event: 'error', listener: (error: Error) => void) => unknown }
export type BullQueue = Closable & {
  add: (name: string, data: unknown, opts: JobOptions) => Promise<unknown>
  addBulk: (jobs: { name: string; data: unknown; opts: JobOptions }[]) => Promise<unknown>
}
export type BullWorker = Closable

/** A finished job has nothing to tell: its outcome is in the tables. A few failed ones are kept to look at. */
const KEEP = { removeOnComplete: { count: 0 }, removeOnFail: { count: 100 } }

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
  const connection = (max: number) => ({ connectionString, max, application_name: 'pulsewell-queue' })
  return {
    openQueue: (name) => new Queue(name, { connection: connection(2), defaultJobOptions: KEEP }),
    openWorker: (name, concurrency, run) =>
      new Worker(name, (job) => run(job.data), { connection: connection(2), concurrency, ...KEEP }),
    // The pool of the tables is checked on its own; the queue lives in the same database.
    ping: async () => undefined,
    close: async () => undefined,
  }
}

function redisBackend(url: string, prefix: string): Backend {
  const { Queue, Worker } = withBackend(createRedisBackend)
  // A request never waits for Redis: what cannot be queued at once is left to the sweeper.
  const producer = new Redis(url, { maxRetriesPerRequest: 1, enableOfflineQueue: false, lazyConnect: false })
  const consumer = new Redis(url, { maxRetriesPerRequest: null })
  for (const client of [producer, consumer]) client.on('error', () => undefined)
  return {
    openQueue: (name) => new Queue(name, { connection: producer, prefix, defaultJobOptions: KEEP }),
    openWorker: (name, concurrency, run) =>
      new Worker(name, (job) => run(job.data), { connection: consumer, prefix, concurrency, ...KEEP }),
    ping: async () => {
      await producer.ping()
    },
    close: async () => {
      producer.disconnect()
      consumer.disconnect()
    },
  }
}
