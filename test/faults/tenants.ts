import { createAccount } from '../../src/accounts/create-account.ts'
import { createKey } from '../../src/accounts/keys.ts'
import { openLog } from '../../src/context.ts'
import { openPool } from '../../src/database/pool.ts'
import { openPrisma } from '../../src/database/prisma.ts'
import { drawBehaviour } from './behaviours.ts'
import type { Client } from './client.ts'
import type { Random } from './random.ts'
import type { Choose, Receivers } from './receivers.ts'

/** `healthy` endpoints fail only while the storm lasts, `failing` ones always; a `gone` one says so, after a while. */
type Kind = 'healthy' | 'failing' | 'gone'
export type Tenant = { name: string; id: string; key: string; kind: Kind }

const KINDS: Kind[] = ['healthy', 'healthy', 'healthy', 'healthy', 'healthy', 'healthy', 'failing', 'gone']
/** Requests that the endpoint which is gone takes before it goes. */
const GONE_AFTER = 25

/** Accounts with an endpoint each, set through the API. */
export async function createTenants(
  databaseUrl: string,
  client: Client,
  receivers: Receivers,
  random: Random,
): Promise<Tenant[]> {
  const tenants = await createAccounts(databaseUrl)
  for (const { name, key, kind } of tenants) {
    const webhookUrl = receivers.open(name, chooseFor(kind, random))
    const { status, body } = await client.ask('POST', '/settings', { key, json: { webhookUrl } })
    if (status !== 200) throw new Error(`no URL was set: ${JSON.stringify(body)}`)
    receivers.setKey(name, body.webhookKey)
  }
  return tenants
}

async function createAccounts(databaseUrl: string): Promise<Tenant[]> {
  const pool = openPool(databaseUrl, 2, openLog({ logLevel: 'warn' }))
  const prisma = openPrisma(pool)
  const tenants: Tenant[] = []
  for (const [index, kind] of KINDS.entries()) {
    const name = `${kind}-${index}`
    const { live } = await createAccount(prisma, name)
    tenants.push({ name, id: live.id, key: await createKey(prisma, live, 'secret'), kind })
  }
  await prisma.$disconnect()
  await pool.end()
  return tenants
}

function chooseFor(kind: Kind, random: Random): Choose {
  let requests = 0
  if (kind === 'failing') return () => '500'
  if (kind === 'gone') return () => (++requests > GONE_AFTER ? '410' : 'accept')
  return (isCalm) => (isCalm ? 'accept' : drawBehaviour(random))
}
