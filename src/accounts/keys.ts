import { v7 as uuidv7 } from 'uuid'
import type { PrismaClient } from '../database/prisma.ts'
import { hashCredential, newApiKey, visiblePrefix } from './credential.ts'
import type { Environment, KeyKind, Tenant } from './schemas.ts'

/** Creates a key and returns it: the only time that it can be read. */
export async function createKey(prisma: PrismaClient, tenant: Tenant, kind: KeyKind, name?: string): Promise<string> {
  const key = newApiKey(kind, tenant.environment)
  await storeKey(prisma, tenant.id, kind, key, name)
  return key
}

/** Stores a key that was made elsewhere. */
export async function storeKey(
  prisma: PrismaClient,
  tenantId: string,
  kind: KeyKind,
  key: string,
  name?: string,
): Promise<void> {
  await prisma.apiKey.create({
    data: { id: uuidv7(), tenantId, kind, name: name ?? null, prefix: visiblePrefix(key), hash: hashCredential(key) },
  })
}

export type ListedKey = {
  id: string
  accountId: string
  account: string
  environment: string
  kind: string
  prefix: string
  name: string | null
  createdAt: Date
  lastUsedAt: Date | null
  revokedAt: Date | null
}

/** Every key of every account, for the operator's command line. */
export async function listKeys(prisma: PrismaClient): Promise<ListedKey[]> {
  const keys = await prisma.apiKey.findMany({
    include: { tenant: { include: { account: true } } },
    orderBy: { createdAt: 'asc' },
  })
  return keys.map(({ tenant, hash: _hash, tenantId: _tenantId, ...key }) => ({
    ...key,
    accountId: tenant.accountId,
    account: tenant.account.name,
    environment: tenant.environment,
  }))
}

/** Returns how many keys, with this id or visible prefix, were in force until now. */
export async function revokeKey(prisma: PrismaClient, idOrPrefix: string, now: Date): Promise<number> {
  const where = isUuid(idOrPrefix) ? { id: idOrPrefix } : { prefix: idOrPrefix }
  const { count } = await prisma.apiKey.updateMany({ where: { ...where, revokedAt: null }, data: { revokedAt: now } })
  return count
}

const isUuid = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)

export async function findTenant(
  prisma: PrismaClient,
  accountId: string,
  environment: Environment,
): Promise<Tenant | undefined> {
  if (!isUuid(accountId)) return undefined
  const tenant = await prisma.tenant.findUnique({ where: { accountId_environment: { accountId, environment } } })
  return tenant === null ? undefined : { id: tenant.id, accountId, environment }
}
