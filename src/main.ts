import { existsSync } from 'node:fs'
import { Command, InvalidArgumentError, Option } from 'commander'
import { createAccount } from './accounts/create-account.ts'
import { createKey, findTenant, listKeys, revokeKey } from './accounts/keys.ts'
import { createOAuthClient, listOAuthClients, revokeOAuthClient } from './accounts/oauth-clients.ts'
import { environments, type Environment, type KeyKind, keyKinds } from './accounts/schemas.ts'
import { fromWireId } from './care/ids.ts'
import { type Config, readConfig } from './config.ts'
import { withDatabase } from './database/open-database.ts'
import { openPool, type Pool } from './database/pool.ts'
import { openPrisma, type PrismaClient } from './database/prisma.ts'
import { openLog } from './context.ts'
import { OperatorError } from './errors.ts'
import { firstSteps } from './first-steps.ts'
import { reencryptGrants } from './connect/reencrypt-grants.ts'
import { subscribeGoogle } from './connect/subscribe-google.ts'
import { reencryptAnswers } from './http/idempotency.ts'
import { openSecretBox } from './secret-box.ts'
import { migrateDatabase, start } from './serve.ts'
import { reencryptSecrets } from './webhooks/reencrypt-secrets.ts'

/** Orchestrators kill what has not stopped after 10 s. */
const STOP_TIMEOUT_MS = 9500
const ECHO_MS = 1000

if (existsSync('.env')) process.loadEnvFile('.env')

const program = new Command('pulsewell').description('Self-hosted health-data aggregation.')

program
  .command('serve')
  .description('run the API and a worker, with an embedded Postgres unless DATABASE_URL is set')
  .option('--no-worker', 'only the API; run `pulsewell worker` beside it')
  .action(({ worker }: { worker: boolean }) => run({ api: true, worker }))

program
  .command('worker')
  .description('run a worker alone: webhooks and other background work')
  .action(async () => {
    if (readConfig(process.env).databaseUrl === undefined) {
      throw new OperatorError(
        '`pulsewell serve` already runs a worker on the embedded Postgres. Set DATABASE_URL for more.',
      )
    }
    await run({ api: false, worker: true })
  })

program
  .command('migrate')
  .description('bring the database up to date, and exit')
  .action(() =>
    withDatabase(readConfig(process.env), async (url) => {
      const applied = await migrateDatabase(url)
      print(applied.length === 0 ? 'The database is up to date.' : `Applied: ${applied.join(', ')}`)
    }),
  )

const accounts = program.command('accounts').description('customers of this server')

accounts
  .command('create')
  .description('create an account with a live and a sandbox key, shown this once')
  .requiredOption('--name <name>', 'what the account is called')
  .action(({ name }: { name: string }) =>
    withPrisma(async (prisma) => {
      const { live, sandbox } = await createAccount(prisma, name)
      print(`account  ${live.accountId}`)
      print(`live     ${await createKey(prisma, live, 'secret')}`)
      print(`sandbox  ${await createKey(prisma, sandbox, 'secret')}`)
    }),
  )

const keys = program.command('keys').description('API keys')

keys
  .command('create')
  .description('create a key, shown this once')
  .requiredOption('--account <id>', 'the account it belongs to')
  .addOption(new Option('--environment <environment>').choices(environments).default('live'))
  .addOption(
    new Option('--kind <kind>', 'client keys may only do what a phone may').choices(keyKinds).default('secret'),
  )
  .option('--name <name>', 'what the key is for')
  .action((options: { account: string; environment: Environment; kind: KeyKind; name?: string }) =>
    withPrisma(async (prisma) => {
      const tenant = await findTenant(prisma, options.account, options.environment)
      if (tenant === undefined) throw new OperatorError(`There is no account ${options.account}.`)
      print(await createKey(prisma, tenant, options.kind, options.name))
    }),
  )

keys
  .command('list')
  .description('list the keys of every account, by their visible prefix')
  .action(() =>
    withPrisma(async (prisma) => {
      for (const key of await listKeys(prisma)) {
        const state = key.revokedAt === null ? 'active' : `revoked ${key.revokedAt.toISOString()}`
        const used = key.lastUsedAt === null ? 'never used' : `used ${key.lastUsedAt.toISOString()}`
        print(
          [
            key.id,
            `${key.prefix}...`,
            key.kind,
            key.environment,
            key.accountId,
            key.account,
            state,
            used,
            key.name ?? '',
          ].join('\t'),
        )
      }
    }),
  )

keys
  .command('revoke')
  .description('end a key, at once and in every process')
  .argument('<id>', "the key's id, or its visible prefix")
  .action((id: string) =>
    withPrisma(async (prisma) => {
      const count = await revokeKey(prisma, id.replace(/\.+$/, ''), new Date())
      if (count === 0) throw new OperatorError(`There is no active key ${id}.`)
      print(`Revoked ${count === 1 ? 'the key' : `${count} keys`}.`)
    }),
  )

const oauthClients = program.command('oauth-clients').description('clients of the Care API')

oauthClients
  .command('create')
  .description('create a client; its id and secret are shown this once')
  .requiredOption('--organization <id>', "the organization, or an account for the account's live one", parseId)
  .option('--groups <ids>', 'only these groups, separated by commas; without it the whole organization', parseIds)
  .action((options: { organization: string; groups?: string[] }) =>
    withPrisma(async (prisma) => {
      const { id, secret } = await createOAuthClient(prisma, options.organization, options.groups)
      print(`client_id      ${id}`)
      print(`client_secret  ${secret}`)
    }),
  )

oauthClients
  .command('list')
  .description('list the clients of every organization')
  .action(() =>
    withPrisma(async (prisma) => {
      for (const { id, tenantId, groups, isForOrganization, revokedAt } of await listOAuthClients(prisma)) {
        const reach = isForOrganization ? 'organization' : `groups ${groups.join(',')}`
        print([id, tenantId, reach, revokedAt === null ? 'active' : `revoked ${revokedAt.toISOString()}`].join('\t'))
      }
    }),
  )

oauthClients
  .command('revoke')
  .description('end a client and its tokens, at once and in every process')
  .argument('<id>', "the client's id")
  .action((id: string) =>
    withPrisma(async (prisma) => {
      const count = await revokeOAuthClient(prisma, id, new Date())
      if (count === 0) throw new OperatorError(`There is no active client ${id}.`)
      print('Revoked the client.')
    }),
  )

program
  .command('secrets')
  .description('stored secrets')
  .command('reencrypt')
  .description('encrypt every stored secret anew, under the first of ENCRYPTION_KEYS')
  .action(() =>
    withPrisma(async (_prisma, pool, config) => {
      const secrets = await openSecretBox(config)
      const webhooks = await reencryptSecrets(pool, secrets)
      const answers = await reencryptAnswers({ pool, secrets })
      const count = webhooks + answers + (await reencryptGrants({ pool, secrets }))
      print(`Encrypted ${count} secret${count === 1 ? '' : 's'} anew.`)
    }),
  )

program
  .command('google')
  .description('the Google Health API, for Google and Fitbit')
  .command('subscribe')
  .description('have Google tell this server what changes; GOOGLE_ACCESS_TOKEN is a token of the project')
  .requiredOption('--project <id>', 'the Google Cloud project that the OAuth client is of')
  .action(async ({ project }: { project: string }) => {
    const token = process.env.GOOGLE_ACCESS_TOKEN
    if (!token) throw new OperatorError('Set GOOGLE_ACCESS_TOKEN="$(gcloud auth print-access-token)".')
    print(`Google says that the subscriber is ${await subscribeGoogle(readConfig(process.env), project, token)}.`)
  })

await program.parseAsync().catch(refuse)

async function run(roles: { api: boolean; worker: boolean }): Promise<void> {
  const config = readConfig(process.env)
  // Before anything is started: a signal that comes meanwhile must stop what is by then running.
  const stopAsked = untilSignal()
  const lost = () => refuse(new OperatorError('The embedded Postgres stopped; see postgres.log in the data folder.'))
  const { context, url, firstKeys, stop } = await start(config, roles, lost)
  if (url !== undefined && firstKeys !== undefined) print(firstSteps(url, firstKeys, new Date()))
  else if (url !== undefined) print(`Pulsewell is running at ${url}, to be tried at ${url}/docs`)
  if (config.webhooks.allowHttp) {
    context.log.warn(
      'webhooks may go to http URLs, and to WEBHOOK_ALLOW_CIDRS (loopback by default): not for production',
    )
  }

  const signal = await stopAsked
  context.log.info({ signal }, 'stopping')
  await stop()
  process.exit(0)
}

/**
 * The first SIGTERM or SIGINT. From then on the process has 10 s, and another signal ends it at once, but for the echo
 * of the first: npm passes on the Ctrl-C that the terminal sent to both.
 */
function untilSignal(): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>()
  let askedAt: number | undefined
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (askedAt !== undefined && Date.now() - askedAt > ECHO_MS) process.exit(1)
      askedAt ??= Date.now()
      setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref()
      resolve(signal)
    })
  }
  return promise
}

/** As the Care API writes it, or with hyphens. */
function parseId(text: string): string {
  const id = fromWireId(text)
  if (id === undefined) throw new InvalidArgumentError('It must be an id.')
  return id
}

function parseIds(list: string): string[] {
  return list.split(',').map(parseId)
}

async function withPrisma(work: (prisma: PrismaClient, pool: Pool, config: Config) => Promise<void>): Promise<void> {
  const config: Config = readConfig(process.env)
  await withDatabase(config, async (url) => {
    await migrateDatabase(url)
    const pool = openPool(url, 2, openLog({ logLevel: 'warn' }))
    const prisma = openPrisma(pool)
    try {
      await work(prisma, pool, config)
    } finally {
      await prisma.$disconnect()
      await pool.end()
    }
  })
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** What the operator can mend is a sentence; anything else is a fault of ours, with its stack. */
function refuse(error: unknown): never {
  process.stderr.write(
    `${error instanceof OperatorError ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  )
  process.exit(1)
}
