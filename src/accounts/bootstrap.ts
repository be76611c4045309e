import type { Context } from '../context.ts'
import { OperatorError } from '../errors.ts'
import { createAccount } from './create-account.ts'
import { hashCredential } from './credential.ts'
import { createKey, findTenant, storeKey } from './keys.ts'
import { ensureOAuthClient } from './oauth-clients.ts'
import type { Environment } from './schemas.ts'

const BOOTSTRAP_ACCOUNT = 'bootstrap'

/**
 * Makes sure that the account which BOOTSTRAP_SECRET_KEY and BOOTSTRAP_SANDBOX_KEY name exists, with these keys, and that
 * its live organization has the client of BOOTSTRAP_OAUTH_CLIENT.
 */
export async function bootstrapKeys({ prisma, config, pool }: Context): Promise<void> {
  const { live, sandbox } = config.bootstrapKeys
  const client = config.bootstrapClient
  if (live === undefined && sandbox === undefined && client === undefined) return
  // Two processes that start at once must not make two accounts.
  const lock = await pool.connect()
  try {
    await lock.query(`select pg_advisory_lock(hashtextextended('pulsewell bootstrap', 0))`)
    const accountId = await bootstrapAccount()
    if (live !== undefined) await ensureKey(accountId, 'live', live)
    if (sandbox !== undefined) await ensureKey(accountId, 'sandbox', sandbox)
    if (client !== undefined) await ensureOAuthClient(prisma, (await tenantOf(accountId, 'live')).id, client)
  } finally {
    // Ends the session, and the lock with it.
    lock.release(true)
  }

  async function bootstrapAccount(): Promise<string> {
    for (const key of [live, sandbox]) {
      if (key === undefined) continue
      const known = await prisma.apiKey.findUnique({ where: { hash: hashCredential(key) }, include: { tenant: true } })
      if (known !== null) return known.tenant.accountId
    }
    // A new bootstrap key, as when it is rotated, belongs to the account that the old one made.
    const made = await prisma.account.findFirst({ where: { name: BOOTSTRAP_ACCOUNT }, orderBy: { createdAt: 'asc' } })
    return made?.id ?? (await createAccount(prisma, BOOTSTRAP_ACCOUNT)).live.accountId
  }

  async function ensureKey(accountId: string, environment: Environment, key: string): Promise<void> {
    const known = await prisma.apiKey.findUnique({ where: { hash: hashCredential(key) } })
    if (known !== null && known.revokedAt !== null) {
      throw new OperatorError(`The ${environment} bootstrap key (${known.prefix}...) was revoked. Configure another.`)
    }
    if (known !== null) return
    await storeKey(prisma, (await tenantOf(accountId, environment)).id, 'secret', key, BOOTSTRAP_ACCOUNT)
  }

  async function tenantOf(accountId: string, environment: Environment) {
    const tenant = await findTenant(prisma, accountId, environment)
    if (tenant === undefined) throw new Error(`account ${accountId} has no ${environment} environment`)
    return tenant
  }
}

/** The first start's account: created, with a key for each environment, where there is none at all. */
export async function createFirstAccount({ prisma }: Context): Promise<{ live: string; sandbox: string } | undefined> {
  if ((await prisma.account.count()) > 0) return undefined
  const { live, sandbox } = await createAccount(prisma, 'default')
  return { live: await createKey(prisma, live, 'secret'), sandbox: await createKey(prisma, sandbox, 'secret') }
}
