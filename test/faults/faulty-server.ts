import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from '../support/process.ts'
import { type Client, openClient } from './client.ts'
import { type Fleet, openFleet } from './fleet.ts'
import { type Followers, startFollowers } from './followers.ts'
import { type Load, startLoad } from './load.ts'
import { drawPlans, type Plans } from './plans.ts'
import { type Postgres, startPostgres } from './postgres.ts'
import { seedRandom } from './random.ts'
import { type Receivers, startReceivers } from './receivers.ts'
import { settle } from './settle.ts'
import { openQueues, rage, type Storm } from './storm.ts'
import { createTenants, type Tenant } from './tenants.ts'

/** Three processes of the API and four workers, on a Postgres of their own, with everybody who calls or is called. */
export type FaultyServer = {
  postgres: Postgres
  fleet: Fleet
  plans: Plans
  receivers: Receivers
  client: Client
  tenants: Tenant[]
  hits: number
  /** Resolves when the storm is over, and every client has got its answer. */
  rage: () => Promise<Raged>
  settle: (raged: Raged) => Promise<Settled>
  stop: () => Promise<void>
}

export type Raged = { storm: Storm; load: Load; followers: Followers; seconds: number }
export type Settled = { isSettled: boolean; seconds: number }

type Options = { folder: string; seed: number; redisUrl: string | undefined; hits: number }

const FOLLOW_MS = 1000

export async function openFaultyServer({ folder, seed, redisUrl, hits }: Options): Promise<FaultyServer> {
  const random = seedRandom(seed)
  const prefix = `faults-${randomBytes(4).toString('hex')}`
  const postgres = await startPostgres(join(folder, 'database'))
  const environment = {
    DATA_DIR: folder,
    DATABASE_URL: postgres.url,
    DATABASE_POOL_SIZE: '6',
    ENCRYPTION_KEYS: randomBytes(32).toString('base64'),
    LOG_LEVEL: 'warn',
    WEBHOOK_WINDOW_MS: '100',
    WEBHOOK_ALLOW_HTTP: 'true',
    WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8',
    RATE_LIMIT_KEY: '1000000',
    RATE_LIMIT_SAMPLES: '1000000',
    // A process that is killed and started all the time should not compile the same code each time.
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
    ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl, REDIS_PREFIX: prefix }),
  }
  const migrated = await runCommand(['migrate'], environment)
  if (migrated.code !== 0) throw new Error(migrated.output)
  await mkdir(join(folder, 'strikes'))

  const plans = drawPlans(random, hits)
  const fleet = openFleet({ environment, folder: join(folder, 'strikes'), plans, outages: postgres.outages })
  const receivers = await startReceivers(fleet.strike)
  const client = openClient(fleet.urls, random.pick)
  const redis = redisUrl === undefined ? undefined : openQueues(redisUrl, prefix)
  fleet.start(['api'])
  const tenants = await createTenants(postgres.url, client, receivers, random)

  return {
    postgres,
    fleet,
    plans,
    receivers,
    client,
    tenants,
    hits,
    rage: async () => {
      const from = performance.now()
      fleet.start(['api', 'api', 'worker', 'worker', 'worker'])
      const followers = startFollowers(client, tenants, FOLLOW_MS)
      const load = startLoad(client, tenants, random)
      const storm = await rage({ postgres, redis, fleet, plans, load })
      receivers.calm()
      await load.stop()
      return { storm, load, followers, seconds: (performance.now() - from) / 1000 }
    },
    settle: async ({ followers }) => {
      const from = performance.now()
      const isSettled = await settle(postgres.url)
      await followers.stop()
      return { isSettled, seconds: (performance.now() - from) / 1000 }
    },
    stop: async () => {
      fleet.kill()
      await receivers.stop()
      await redis?.flush()
      redis?.close()
      await postgres.stop()
    },
  }
}
