import { v7 as uuidv7 } from 'uuid'
import type { PrismaClient } from '../database/prisma.ts'
import { OperatorError } from '../errors.ts'
import { hashCredential, randomToken } from './credential.ts'

/** What a client of the Care API authenticates with. The secret can be read this once. */
export type OAuthClient = { id: string; secret: string }

/**
 * Creates a client of an organization, for all of it or for some of its groups. An account's id stands for its live
 * organization. Throws OperatorError where one of them does not exist.
 */
export async function createOAuthClient(
  prisma: PrismaClient,
  organizationId: string,
  groupIds?: string[],
): Promise<OAuthClient> {
  const isIt = { OR: [{ id: organizationId }, { accountId: organizationId, environment: 'live' }] }
  const tenant = await prisma.tenant.findFirst({ where: isIt })
  if (tenant === null) throw new OperatorError(`There is no organization ${organizationId}.`)
  const known = await prisma.careGroup.findMany({ where: { tenantId: tenant.id, id: { in: groupIds ?? [] } } })
  const missing = groupIds?.find((id) => !known.some((group) => group.id === id))
  if (missing !== undefined) throw new OperatorError(`The organization has no group ${missing}.`)
  const client = { id: uuidv7(), secret: randomToken() }
  await storeOAuthClient(prisma, tenant.id, client, groupIds)
  return client
}

/** Makes sure that an organization has a client that was made elsewhere. Throws OperatorError where it was revoked. */
export async function ensureOAuthClient(prisma: PrismaClient, tenantId: string, client: OAuthClient): Promise<void> {
  const known = await prisma.oAuthClient.findUnique({ where: { id: client.id } })
  if (known === null) return storeOAuthClient(prisma, tenantId, client)
  if (known.tenantId !== tenantId || !known.isForOrganization || known.revokedAt !== null) {
    throw new OperatorError(`The client ${client.id} was revoked, or is somebody else's. Configure another.`)
  }
  const secretHash = hashCredential(client.secret)
  await prisma.oAuthClient.update({ where: { id: client.id }, data: { secretHash } })
}

async function storeOAuthClient(
  prisma: PrismaClient,
  tenantId: string,
  { id, secret }: OAuthClient,
  groupIds?: string[],
): Promise<void> {
  await prisma.oAuthClient.create({
    data: {
      id,
      tenantId,
      secretHash: hashCredential(secret),
      isForOrganization: groupIds === undefined,
      groups: { create: (groupIds ?? []).map((groupId) => ({ groupId })) },
    },
  })
}

export type ListedOAuthClient = {
  id: string
  tenantId: string
  groups: string[]
  isForOrganization: boolean
  createdAt: Date
  revokedAt: Date | null
}

/** Every client, for the operator's command line. */
export async function listOAuthClients(prisma: PrismaClient): Promise<ListedOAuthClient[]> {
  const clients = await prisma.oAuthClient.findMany({ include: { groups: true }, orderBy: { createdAt: 'asc' } })
  return clients.map(({ secretHash: _, groups, ...client }) => ({
    ...client,
    groups: groups.map(({ groupId }) => groupId),
  }))
}

/** Ends a client and its tokens. Returns how many were in force until now. */
export async function revokeOAuthClient(prisma: PrismaClient, id: string, now: Date): Promise<number> {
  const { count } = await prisma.oAuthClient.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: now } })
  return count
}
